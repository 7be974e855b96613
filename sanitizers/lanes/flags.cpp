// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/lanes/flags.hpp"

#include "harness/base/text.hpp"

namespace extproof::sanitizers {

void add_common_flags(engines::Instrumentation& instrumentation, const facts::Compiler& compiler) {
  instrumentation.drop = {
      "sanitize",     "strip",   "lto",    "static-libstdcxx", "symbolic",
      "no-undefined", "fortify", "ndebug", "optimisation",     "omit-frame-pointer"};
  for (const char* flag : {"-O1", "-g", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls",
                           "-U_FORTIFY_SOURCE", "-UNDEBUG"}) {
    instrumentation.compile.emplace_back(flag);
  }
  if (compiler.family == facts::CompilerFamily::clang) {
    // Flags inherited from an interpreter that gcc built are many and mean nothing to clang.
    instrumentation.compile.emplace_back("-Qunused-arguments");
    instrumentation.link.emplace_back("-Qunused-arguments");
  }
  instrumentation.link.emplace_back("-Wl,--build-id=sha1");
}

void add_runtime_link(engines::Instrumentation& instrumentation, const facts::Compiler& compiler,
                      const std::string& word, const std::string& runtime) {
  instrumentation.sanitizer = word;
  instrumentation.compile.push_back("-fsanitize=" + word);
  // The debug information then tells with which flags each part was compiled: gcc does so unless it
  // was told not to, clang only when asked.
  instrumentation.compile.emplace_back("-grecord-gcc-switches");
  instrumentation.link.push_back("-fsanitize=" + word);
  if (compiler.family == facts::CompilerFamily::clang) {
    // The static runtime would come a second time, beside the preloaded one.
    instrumentation.link.emplace_back("-shared-libsan");
    instrumentation.link.push_back("-Wl,-rpath," + runtime.substr(0, runtime.rfind('/')));
  }
}

std::string join_options(const std::vector<std::string>& options) {
  return base::join(options, ":");
}

std::vector<std::string> suppression_options(const facts::Configuration& configuration) {
  std::vector<std::string> options;
  for (const std::string& file : configuration.suppressions) {
    const std::string path = file.starts_with("/") ? file : configuration.project_root + "/" + file;
    options.push_back("suppressions=\"" + path + "\"");
  }
  return options;
}

}  // namespace extproof::sanitizers
