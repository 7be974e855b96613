// SPDX-License-Identifier: Apache-2.0
//
// The virtual environment that the caller has activated, and whether the lanes run with its Python.
// Level: cli.

#pragma once

#include <string>
#include <vector>

#include "harness/facts/config.hpp"
#include "harness/facts/toolchain.hpp"
#include "harness/platform/process.hpp"

namespace extproof::cli {

// One line, ended by "\n", that says that the environment of VIRTUAL_ENV has another interpreter
// than any of `chosen`, why, and how it would be taken. Empty when there is no such environment,
// when it has one of them, or when the configuration names an interpreter: then it was meant so.
std::string note_on_active_environment(const platform::Environment& environment,
                                       const facts::Config& config,
                                       const std::vector<facts::Interpreter>& chosen);

}  // namespace extproof::cli
