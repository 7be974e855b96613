// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/lanes/flags.hpp"
#include "sanitizers/lanes/lanes.hpp"
#include "sanitizers/lanes/suite_lane.hpp"

namespace extproof::sanitizers {
namespace {

std::string lacks(const facts::Compiler& compiler) {
  if (compiler.runtimes.asan.empty()) {
    return "it has no shared AddressSanitizer runtime";
  }
  if (compiler.family == facts::CompilerFamily::clang && compiler.runtimes.symbolizer.empty()) {
    return "there is no llvm-symbolizer of its version";
  }
  return {};
}

// Each option with the reason for it.
std::vector<std::string> runtime_options(bool leaks) {
  return {
      "halt_on_error=0",  // the rest of the suite runs; the first report is kept anyway
      "exitcode=99",      // 1 would be the code of failed tests
      "handle_segv=2",    // 2: faulthandler may not take the handler away, so that a crash
      "handle_sigbus=2",  //    has its native stack; the Python stack comes by the probe
      "handle_sigfpe=2",
      "handle_sigill=2",
      "handle_abort=2",     // a C++ exception that escapes ends in abort
      "use_sigaltstack=0",  // faulthandler brings its own, and the runtime frees the wrong one
      "allocator_may_return_null=1",  // tests that ask for too much expect MemoryError
      "detect_stack_use_after_return=1",
      "strict_init_order=1",
      "verify_asan_link_order=0",  // the probe stands in front of the runtime
      "color=never",
      leaks ? "detect_leaks=1" : "detect_leaks=0",
      "leak_check_at_exit=0",  // the plugin asks once, while the interpreter is still whole
  };
}

std::vector<std::string> blind_spots(bool instrumented) {
  std::vector<std::string> spots;
  if (!instrumented) {
    spots.emplace_back(
        "freed memory that only the interpreter touches (seen after: extproof interpreters install "
        "asan)");
    // The stock interpreter has no frame pointers, so the stack of such a leak ends inside it.
    spots.emplace_back("leaked objects that the interpreter allocated for the extension");
  }
  for (const char* spot :
       {"objects that the interpreter keeps for reuse (floats, small tuples, lists, dicts)",
        "libraries that are not built here", "child processes that are not Python",
        "further tests at a place already reported (it is told once per process)"}) {
    spots.emplace_back(spot);
  }
  return spots;
}

engines::Instrumentation instrument(const facts::Configuration& configuration,
                                    const std::string& probe) {
  const facts::Compiler& compiler = configuration.compiler;
  engines::Instrumentation asan;
  add_common_flags(asan, compiler);
  add_runtime_link(asan, compiler, "address", compiler.runtimes.asan);
  asan.compile.emplace_back("-fsanitize-recover=address");
  // An instrumented interpreter is linked with its runtime; the probe stands in front of both.
  const bool instrumented = configuration.interpreter.instrumented == "asan";
  asan.preload = {probe};
  if (!instrumented) {
    asan.preload.insert(asan.preload.end(), {compiler.runtimes.asan, compiler.runtimes.libstdcxx});
  }
  std::vector<std::string> leak_options = suppression_options(configuration);
  leak_options.insert(
      leak_options.end(),
      {"print_suppressions=0", "report_objects=1"});  // their addresses lead to the tests
  asan.options = {{"ASAN_OPTIONS", join_options(runtime_options(configuration.leaks))},
                  {"LSAN_OPTIONS", join_options(leak_options)}};
  // pymalloc hands out pieces of its own arenas, in which the runtime sees no block's end; and the
  // debug hooks of a debug build put room behind each block, in which it sees nothing either.
  asan.environment = {{"PYTHONMALLOC", "malloc"}};
  asan.kind = "asan";
  asan.canary = "asan.c";
  asan.canary_kind = facts::FindingKind::heap_buffer_overflow;
  asan.evidence = {"__asan_"};
  asan.leak_check = configuration.leaks;
  asan.reserves_address_space = true;
  asan.interpreter = instrumented
                         ? "instrumented: freed memory that only the interpreter touches is seen, "
                           "which a stock one would miss"
                         : "stock: what only the interpreter touches is not seen";
  asan.blind_spots = blind_spots(instrumented);
  if (!configuration.leaks) {
    asan.blind_spots.emplace_back("leaks (switched off by leaks = false)");
  }
  return asan;
}

}  // namespace

engines::Lane asan_lane() {
  engines::Lane lane = suite_lane<instrument>(
      "asan", "overflows, use after free, double free, leaks, crashes", lacks);
  lane.sanitizer = "asan";
  return lane;
}

}  // namespace extproof::sanitizers
