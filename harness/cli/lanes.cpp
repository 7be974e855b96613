// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/lanes.hpp"

#include "sanitizers/lanes/lanes.hpp"

namespace extproof::cli {

const std::vector<engines::Lane>& all_lanes() {
  static const std::vector<engines::Lane> k_lanes = {
#define EXTPROOF_LANE(make) make(),
#include "harness/cli/lanes.inc"
#undef EXTPROOF_LANE
  };
  return k_lanes;
}

std::vector<std::string> lane_names() {
  std::vector<std::string> names;
  for (const engines::Lane& lane : all_lanes()) {
    names.emplace_back(lane.name);
  }
  return names;
}

}  // namespace extproof::cli
