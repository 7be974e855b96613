// SPDX-License-Identifier: Apache-2.0
#include "harness/testing/sample_machine.hpp"

#include "harness/base/text.hpp"

namespace extproof::testing {

using facts::CompilerFamily;

facts::Compiler sample_clang(int major) {
  const std::string number = std::to_string(major);
  const std::string runtimes = "/usr/lib/llvm-" + number + "/lib/clang/" + number + "/lib/linux/";
  return {.family = CompilerFamily::clang,
          .name = "clang-" + number,
          .version = number + ".1.7",
          .major = major,
          .cc = "/usr/bin/clang-" + number,
          .cxx = "/usr/bin/clang++-" + number,
          .paths = {"/usr/bin/clang-" + number},
          .runtimes = {.asan = runtimes + "libclang_rt.asan-x86_64.so",
                       .ubsan = runtimes + "libclang_rt.ubsan_standalone-x86_64.so",
                       .libstdcxx = "/usr/lib/libstdc++.so.6",
                       .symbolizer = "/usr/lib/llvm-" + number + "/bin/llvm-symbolizer"},
          .identity = "clang " + number};
}

facts::Compiler sample_gcc() {
  return {.family = CompilerFamily::gcc,
          .name = "gcc-12",
          .version = "12.2.0",
          .major = 12,
          .cc = "/usr/bin/gcc-12",
          .cxx = "/usr/bin/g++-12",
          .paths = {"/usr/bin/gcc-12"},
          .runtimes = {.asan = "/usr/lib/libasan.so.8",
                       .ubsan = "/usr/lib/libubsan.so.1",
                       .libstdcxx = "/usr/lib/libstdc++.so.6"},
          .identity = "gcc 12"};
}

facts::Interpreter sample_python(const std::string& version) {
  const auto parts = base::split(version, '.');
  const std::string minor(parts[1]);
  return {.path = "/opt/python/" + version + "/bin/python3." + minor,
          .version = version,
          .major = 3,
          .minor = static_cast<int>(base::to_integer(minor).value_or(0)),
          .tag = "cp3" + minor,
          .paths = {"/opt/python/" + version + "/bin/python3." + minor},
          .identity = "python " + version};
}

facts::Toolchain sample_machine() {
  return {.compilers = {sample_clang(19), sample_clang(14), sample_gcc()},
          .interpreters = {sample_python("3.13.0"), sample_python("3.10.11")},
          .tools = {{"uv", "/usr/bin/uv"},
                    {"ccache", "/usr/bin/ccache"},
                    {"git", "/usr/bin/git"},
                    {"make", "/usr/bin/make"},
                    {"cmake", "/usr/bin/cmake"},
                    {"ninja", "/usr/bin/ninja"},
                    {"gdb", "/usr/bin/gdb"},
                    {"python", "/usr/bin/python3"}},
          .parts = {.reaper = "/parts/extproof-reaper",
                    .worker = "/parts/extproof-worker",
                    .launcher = "/parts/extproof-python",
                    .wrapper = "/parts/extproof-cc",
                    .probe = "/parts/libextproof_probe.so",
                    .canaries = "/parts/canary",
                    .python = "/parts/python"},
          .kernel = "Linux 6.1",
          .cache = "/home/user/.cache/extproof",
          .processors = 4};
}

facts::Project sample_project() {
  return {.root = "/project",
          .name = "demo",
          .requires_python = ">=3.9",
          .backend = facts::Backend::setuptools,
          .backend_name = "setuptools.build_meta",
          .build_requires = {"setuptools>=61"}};
}

facts::Configuration sample_configuration() {
  return {.name = "asan",
          .lane = "asan",
          .run = 7,
          .compiler = sample_clang(19),
          .interpreter = sample_python("3.13.0"),
          .key = "asan-clang-19-cp313",
          .project_root = "/project",
          .project_name = "demo",
          .test_requires = {"pytest"}};
}

}  // namespace extproof::testing
