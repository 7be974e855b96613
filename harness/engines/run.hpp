// SPDX-License-Identifier: Apache-2.0
//
// A whole run as functions from facts to facts: which lanes in which configurations, their steps,
// their meaning. Level: engines. Pure.

#pragma once

#include <string>
#include <vector>

#include "harness/engines/conclude.hpp"
#include "harness/engines/configure.hpp"
#include "harness/engines/lane.hpp"

namespace extproof::engines {

struct PlannedLane {
  Lane lane;
  LaneInput input;
};

struct RunPlan {
  std::vector<PlannedLane> lanes;  // the baseline first
  std::vector<LeftOut> left_out;   // lanes that will not run, each with its refusal
  std::vector<facts::Step> first_wave;
};

RunPlan plan_run(const Asked& asked, const std::vector<Lane>& lanes, const facts::Project& project,
                 const facts::Config& config, const facts::Toolchain& toolchain, int run);

// Every step that should exist after these results.
std::vector<facts::Step> next_of_run(const RunPlan& plan, const Results& results);

// `report` comes with what is known of the run itself.
facts::RunReport interpret_run(facts::RunReport report, const RunPlan& plan, const Results& results,
                               RunEnd end, const Known& known);

// The same for a run that was stored: its configurations instead of its plan.
facts::RunReport interpret_stored_run(facts::RunReport report,
                                      const std::vector<facts::Configuration>& configurations,
                                      const std::vector<Lane>& lanes, const Results& results);

}  // namespace extproof::engines
