#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# make_samples.sh WORK PYTHON...: builds sources/ with clang 19 and gcc 12 in the folder WORK, runs
# every case, and replaces the samples beside this file. Needs clang-19, gcc-12 and
# llvm-symbolizer-19. PYTHON are interpreters; the first of them loads the extension.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$1
shift
pythons=("$@")
symbolizer=/usr/bin/llvm-symbolizer-19
mkdir -p "$work/src"
cp "$here"/sources/* "$work/src"
cd "$work"

# Machine paths become neutral ones, so that the samples do not depend on who made them.
scrub() {
  local prefix
  prefix=$("${pythons[0]}" -c 'import sys; print(sys.base_prefix)')
  local name
  name=$("${pythons[0]}" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
  sed -e "s#$work/src#/project/src#g" -e "s#$work#/project#g" \
      -e "s#$prefix/bin/python[0-9.]*#/usr/bin/$name#g" -e "s#$prefix/lib#/usr/lib#g" \
      -e "s#$prefix/include#/usr/include#g" \
      -e "s#/[^ ():]*/Python-[0-9.]*/\(\./\)\?\(Python\|Objects\|Modules\|Programs\|Include\)/\([A-Za-z_0-9/]*\.[ch]\)#/usr/src/$name/\2/\3#g"
}

# keep RUNTIME TOOLCHAIN NAME: the log files of the last run become the sample NAME.
keep() {
  mkdir -p "$here/$1/$2"
  cat log.* 2>/dev/null | scrub > "$here/$1/$2/$3.txt"
  rm -f log.*
}

asan_cases="heap_overflow use_after_free use_after_delete_in_lambda stack_overflow_write
  stack_underflow dynamic_stack vla use_after_return use_after_scope container_overflow poisoned
  double_free invalid_free alloc_dealloc new_delete_size memcpy_overlap negative_size too_big
  calloc_overflow null_write wild_jump divide illegal abort recursion in_thread in_thread_stack
  operators global_overflow strdup_overflow out_of_memory"
shared_causes="null_write heap_index global_index stack_index far_index divide null_copy
  misaligned_overflow shifted_overflow"
common="-g -fno-omit-frame-pointer -w"

for toolchain in clang-19 gcc-12; do
  case $toolchain in
    clang-19)
      optimize=-O1 cc=clang-19 cxx=clang++-19 shared=-shared-libsan
      asan=$($cc -print-file-name=libclang_rt.asan-x86_64.so)
      ubsan_runtime=$($cc -print-file-name=libclang_rt.ubsan_standalone-x86_64.so)
      ubsan_checks=undefined,implicit-conversion,unsigned-integer-overflow,float-divide-by-zero,function
      ;;
    gcc-12)
      # GCC removes some of the mistakes when it optimizes.
      optimize=-O0 cc=gcc-12 cxx=g++-12 shared=
      asan=$($cc -print-file-name=libasan.so)
      ubsan_runtime=$($cc -print-file-name=libubsan.so)
      ubsan_checks=undefined,float-divide-by-zero,float-cast-overflow,bounds-strict
      ;;
  esac
  $cxx $common $optimize -fsanitize=address src/asan_cases.cpp -o asan_cases -pthread
  $cc $common $optimize -fsanitize=address src/lsan_cases.c -o lsan_cases
  $cxx $common $optimize -fsanitize=$ubsan_checks src/ubsan_cases.cpp -o ubsan_cases
  export ASAN_SYMBOLIZER_PATH=$symbolizer UBSAN_SYMBOLIZER_PATH=$symbolizer
  base="log_path=$work/log:detect_stack_use_after_return=1:handle_abort=1:handle_sigill=1"

  for name in $asan_cases; do
    options=$base:detect_leaks=0
    (ulimit -s 1024; ASAN_OPTIONS=$options timeout 60 ./asan_cases "$name") > /dev/null 2>&1 || true
    keep asan $toolchain "$name"
  done
  ASAN_OPTIONS=$base:detect_leaks=0:symbolize=0 ./asan_cases use_after_free > /dev/null 2>&1 || true
  keep asan $toolchain use_after_free_unsymbolized

  for name in one chain all; do
    ASAN_OPTIONS=$base:detect_leaks=1 ./lsan_cases $name > /dev/null 2>&1 || true
    keep lsan $toolchain $name
  done
  $cc $common $optimize -fsanitize=leak src/lsan_cases.c -o lsan_standalone
  LSAN_OPTIONS=log_path=$work/log LSAN_SYMBOLIZER_PATH=$symbolizer \
    ./lsan_standalone all > /dev/null 2>&1 || true
  keep lsan $toolchain standalone
  $cc $common $optimize -fsanitize=address -fsanitize-recover=address src/lsan_cases.c -o lsan_recover
  ASAN_OPTIONS=$base:detect_leaks=1:halt_on_error=0 \
    ./lsan_recover overflow_then_leak > /dev/null 2>&1 || true
  keep lsan $toolchain overflow_then_leak
  ASAN_OPTIONS=$base:detect_leaks=1 gdb -batch -ex run -ex quit --args ./lsan_cases one \
    > /dev/null 2>&1 || true
  keep lsan $toolchain under_ptrace

  for name in $shared_causes; do
    $cc $common -O1 -fsanitize=address -fsanitize-recover=address src/one_cause_cases.c -o one_cause
    ASAN_OPTIONS=$base:detect_leaks=0:halt_on_error=0 ./one_cause "$name" > /dev/null 2>&1 || true
    keep asan $toolchain "cause_$name"
    $cc $common -O1 -fsanitize=undefined src/one_cause_cases.c -o one_cause
    UBSAN_OPTIONS=report_error_type=1:print_summary=1:print_stacktrace=1:log_path=$work/log \
      ./one_cause "$name" > /dev/null 2>&1 || true
    keep ubsan $toolchain "cause_$name"
  done

  for form in plain stacks summaries both; do
    case $form in
      plain) options=print_stacktrace=0 ;;
      stacks) options=print_stacktrace=1 ;;
      summaries) options=report_error_type=1:print_summary=1 ;;
      both) options=report_error_type=1:print_summary=1:print_stacktrace=1 ;;
    esac
    UBSAN_OPTIONS=$options:log_path=$work/log ./ubsan_cases all > /dev/null 2>&1 || true
    keep ubsan $toolchain all_$form
  done
  for name in types no_return unreachable null_member divide divide_overflow; do
    UBSAN_OPTIONS=report_error_type=1:print_summary=1:print_stacktrace=1:log_path=$work/log \
      ./ubsan_cases $name > /dev/null 2>&1 || true
    keep ubsan $toolchain $name
  done

  python=${pythons[0]}
  includes=$($python -c 'import sysconfig; print(sysconfig.get_path("include"))')
  $cc $common -O1 $shared -fsanitize=address -fPIC -shared -I"$includes" src/extension.c -o extension.so
  for name in overflow stale_bytes crash; do
    LD_PRELOAD=$asan PYTHONMALLOC=malloc ASAN_OPTIONS=$base:detect_leaks=0 \
      $python -c "import extension; extension.$name()" > /dev/null 2>&1 || true
    keep asan $toolchain python_$name
  done
  LD_PRELOAD=$asan PYTHONMALLOC=malloc ASAN_OPTIONS=$base:detect_leaks=1 \
    $python -c 'import extension; extension.lose_bytes(); extension.lose_bytes()' \
    > /dev/null 2>&1 || true
  keep lsan $toolchain python_lose_bytes
  $cc $common -O1 -fsanitize=undefined $shared -fPIC -shared -I"$includes" src/extension.c -o extension.so
  LD_PRELOAD=$ubsan_runtime UBSAN_OPTIONS=print_stacktrace=1:log_path=$work/log \
    $python -c 'import extension; extension.wrap(); extension.shift(40)' > /dev/null 2>&1 || true
  keep ubsan $toolchain python_wrap_and_shift
done
