// SPDX-License-Identifier: Apache-2.0
//
// What compilers and interpreters say of themselves, remembered by their identity. Level: platform.

#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/facts/toolchain.hpp"

namespace extproof::platform {

class ObservedPrograms {
 public:
  // Reads the file if it is there; a file that cannot be read counts as empty.
  explicit ObservedPrograms(std::string file);

  // The compiler behind `path`; none when it does not answer like one. `folders` are searched for
  // its llvm-symbolizer.
  std::optional<facts::Compiler> compiler(facts::CompilerFamily family, const std::string& name,
                                          const std::string& path,
                                          const std::vector<std::string>& folders);

  // The base interpreter behind `path`, which may be one of a virtual environment.
  std::optional<facts::Interpreter> interpreter(const std::string& path);

  // Writes what was learnt since; nothing when nothing was.
  void save();

 private:
  std::string file_;
  nlohmann::json known_;
  bool changed_ = false;
};

}  // namespace extproof::platform
