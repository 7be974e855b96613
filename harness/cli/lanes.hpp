// SPDX-License-Identifier: Apache-2.0
//
// The table of all lanes. Level: cli.

#pragma once

#include <string>
#include <vector>

#include "harness/engines/lane.hpp"

namespace extproof::cli {

const std::vector<engines::Lane>& all_lanes();
std::vector<std::string> lane_names();

}  // namespace extproof::cli
