// SPDX-License-Identifier: Apache-2.0
//
// The command that shows a finding again. Level: engines. Pure.

#pragma once

#include <string>
#include <vector>

#include "harness/facts/configuration.hpp"

namespace extproof::engines {

// "extproof run LANE -- ... TEST": with what the command line of that run had for pytest but for
// the tests that it named, and this one in their place. An empty id keeps them.
std::vector<std::string> again_command(const facts::Configuration& configuration,
                                       const std::string& test);

}  // namespace extproof::engines
