// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/run.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace extproof::engines {
namespace {

const Lane* lane_named(const std::vector<Lane>& lanes, std::string_view name) {
  const auto found =
      std::find_if(lanes.begin(), lanes.end(), [&](const Lane& lane) { return lane.name == name; });
  return found == lanes.end() ? nullptr : &*found;
}

void append(std::vector<facts::Step>& all, std::vector<facts::Step> more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

// Lanes share steps (the build environment); the first of equal ones stays.
std::vector<facts::Step> without_doubles(std::vector<facts::Step> steps) {
  std::set<std::string> seen;
  std::erase_if(steps, [&](const facts::Step& step) { return !seen.insert(step.id).second; });
  return steps;
}

}  // namespace

RunPlan plan_run(const Asked& asked, const std::vector<Lane>& lanes, const facts::Project& project,
                 const facts::Config& config, const facts::Toolchain& toolchain, int run) {
  RunPlan plan;
  Configured configured = configure(asked, lanes, project, config, toolchain, run);
  plan.left_out = std::move(configured.left_out);
  for (facts::Configuration& configuration : configured.configurations) {
    const Lane* lane = lane_named(lanes, configuration.lane);
    plan.lanes.push_back({*lane, {std::move(configuration), project, config, toolchain}});
    append(plan.first_wave, lane->plan(plan.lanes.back().input));
  }
  plan.first_wave = without_doubles(std::move(plan.first_wave));
  return plan;
}

std::vector<facts::Step> next_of_run(const RunPlan& plan, const Results& results) {
  std::vector<facts::Step> steps;
  for (const PlannedLane& planned : plan.lanes) {
    append(steps, planned.lane.next(planned.input, results));
  }
  return without_doubles(std::move(steps));
}

facts::RunReport interpret_run(facts::RunReport report, const RunPlan& plan, const Results& results,
                               RunEnd end, const Known& known) {
  std::vector<LaneEnd> ends;
  for (const PlannedLane& planned : plan.lanes) {
    const facts::Configuration& configuration = planned.input.configuration;
    ends.push_back({configuration, planned.lane.interpret(configuration, results)});
  }
  return conclude(std::move(report), ends, plan.left_out, end, known);
}

facts::RunReport interpret_stored_run(facts::RunReport report,
                                      const std::vector<facts::Configuration>& configurations,
                                      const std::vector<Lane>& lanes, const Results& results) {
  std::vector<LaneEnd> ends;
  for (const facts::Configuration& configuration : configurations) {
    if (const Lane* lane = lane_named(lanes, configuration.lane)) {
      ends.push_back({configuration, lane->interpret(configuration, results)});
    }
  }
  return conclude(std::move(report), ends, {}, RunEnd::unfinished);
}

}  // namespace extproof::engines
