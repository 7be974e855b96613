// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sanitizers/lanes/flags.hpp"
#include "sanitizers/lanes/lanes.hpp"
#include "sanitizers/lanes/suite_lane.hpp"

namespace extproof::sanitizers {
namespace {

std::string lacks(const facts::Compiler& compiler) {
  if (compiler.runtimes.ubsan.empty()) {
    return "it has no shared UndefinedBehaviorSanitizer runtime";
  }
  if (compiler.family == facts::CompilerFamily::clang && compiler.runtimes.symbolizer.empty()) {
    return "there is no llvm-symbolizer of its version";
  }
  return {};
}

bool asks_for(const facts::Configuration& configuration, std::string_view check) {
  return std::find(configuration.checks.begin(), configuration.checks.end(), check) !=
         configuration.checks.end();
}

engines::Instrumentation instrument(const facts::Configuration& configuration,
                                    const std::string& probe) {
  const facts::Compiler& compiler = configuration.compiler;
  const bool clang = compiler.family == facts::CompilerFamily::clang;
  engines::Instrumentation ubsan;
  add_common_flags(ubsan, compiler);
  // The interpreter's own CFLAGS define signed overflow, and setuptools hands them on.
  ubsan.drop.emplace_back("wrap");
  add_runtime_link(ubsan, compiler, "undefined", compiler.runtimes.ubsan);
  if (clang) {
    // Every method table casts its functions; the check would report the C API itself.
    ubsan.compile.emplace_back("-fno-sanitize=function");
  }
  if (asks_for(configuration, "implicit-conversion") && clang) {
    ubsan.compile.emplace_back("-fsanitize=implicit-conversion");
  }
  if (asks_for(configuration, "bounds")) {
    ubsan.compile.emplace_back(clang ? "-fsanitize=bounds" : "-fsanitize=bounds-strict");
  }
  ubsan.preload = {probe, compiler.runtimes.ubsan};
  std::vector<std::string> options = {"print_stacktrace=1", "report_error_type=1",
                                      "print_summary=1", "halt_on_error=0", "color=never"};
  const auto suppressions = suppression_options(configuration);
  options.insert(options.end(), suppressions.begin(), suppressions.end());
  ubsan.options = {{"UBSAN_OPTIONS", join_options(options)}};
  ubsan.kind = "ubsan";
  ubsan.canary = "ubsan.c";
  ubsan.canary_kind = facts::FindingKind::undefined_behavior;
  ubsan.canary_rule = "signed-integer-overflow";
  ubsan.evidence = {"__ubsan_"};
  // Code in which nothing could go wrong gets no call of the runtime.
  ubsan.is_proved_by_flag = true;
  ubsan.tells_once = true;
  ubsan.blind_spots = {"calls through casts of function types",
                       "child processes that are not Python"};
  if (!asks_for(configuration, "implicit-conversion") || !clang) {
    ubsan.blind_spots.emplace_back(
        "values cut by implicit conversions (checks = [\"implicit-conversion\"], with clang)");
  }
  return ubsan;
}

}  // namespace

engines::Lane ubsan_lane() {
  return suite_lane<instrument>(
      "ubsan", "signed overflow, bad shifts, misaligned access, invalid values", lacks);
}

}  // namespace extproof::sanitizers
