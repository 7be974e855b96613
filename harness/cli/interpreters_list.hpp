// SPDX-License-Identifier: Apache-2.0
//
// What `extproof interpreters list` says. Level: cli. Values to text.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/facts/interpreter_kinds.hpp"

namespace extproof::cli {

enum class InterpreterState { verified, broken, building };
std::string_view to_string(InterpreterState state);

// One that is in the cache, whole or not.
struct InstalledInterpreter {
  std::string kind;
  std::string version;
  std::string compiler;  // what built it; empty while that is not known
  std::string folder;
  InterpreterState state = InterpreterState::verified;
  std::string reason;  // why it is broken, or who builds it
  std::uint64_t bytes = 0;
  std::vector<std::string> lacks;  // modules of the standard library
};

// Every kind in order, each with what is installed of it, or with the command that installs it.
std::string render_interpreters(const std::vector<facts::InterpreterKind>& kinds,
                                const std::vector<InstalledInterpreter>& installed);

std::string render_interpreters_json(const std::vector<facts::InterpreterKind>& kinds,
                                     const std::vector<InstalledInterpreter>& installed);

}  // namespace extproof::cli
