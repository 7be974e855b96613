// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/toolchain.hpp"

namespace extproof::facts {

const char* to_string(CompilerFamily family) {
  return family == CompilerFamily::clang ? "clang" : "gcc";
}

std::string build_of(const Interpreter& interpreter) {
  std::string text = interpreter.version + (interpreter.free_threaded ? "t" : "");
  text += interpreter.instrumented.empty() ? "" : "-" + interpreter.instrumented;
  return text;
}

std::string Toolchain::tool(const std::string& name) const {
  for (const Tool& one : tools) {
    if (one.name == name) {
      return one.path;
    }
  }
  return {};
}

}  // namespace extproof::facts
