// SPDX-License-Identifier: Apache-2.0
//
// From the lanes to the run: one finding for each fingerprint, one group for each defect, what
// fails only under a lane, the outcome and the exit code. Level: engines. Pure.

#pragma once

#include <string>
#include <vector>

#include "harness/engines/accepted.hpp"
#include "harness/engines/configure.hpp"
#include "harness/engines/lane.hpp"

namespace extproof::engines {

enum class RunEnd { complete, interrupted, unfinished };

struct LaneEnd {
  facts::Configuration configuration;
  LaneInterpretation interpretation;
};

// `report` comes with what is known of the run itself (number, start, project); the rest is filled.
// Ensures: findings are in the order extension first, then by lane and test; ids are F1, F2, ...;
//          what is accepted does not count for the exit code, nor do the tests that it fails;
//          the exit code is not 0 unless at least one requested lane judged.
facts::RunReport conclude(facts::RunReport report, const std::vector<LaneEnd>& lanes,
                          const std::vector<LeftOut>& left_out, RunEnd end,
                          const Known& known = {});

}  // namespace extproof::engines
