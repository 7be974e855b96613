// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/cli/commands/commands.hpp"
#include "harness/cli/inputs.hpp"
#include "harness/cli/lanes.hpp"
#include "harness/engines/run.hpp"
#include "harness/platform/observe_toolchain.hpp"
#include "harness/report/json.hpp"

namespace extproof::cli {
namespace {

// A lane that ran nothing still knows its configuration.
std::vector<facts::LaneReport> described(const engines::RunPlan& plan) {
  std::vector<facts::LaneReport> lanes;
  for (const engines::PlannedLane& planned : plan.lanes) {
    lanes.push_back(planned.lane.interpret(planned.input.configuration, {}).report);
  }
  for (const engines::LeftOut& out : plan.left_out) {
    facts::LaneReport lane;
    lane.name = out.name;
    lane.outcome = facts::LaneOutcome::refused;
    lane.reason = out.refusal.headline;
    lane.requested = out.requested;
    lanes.push_back(std::move(lane));
  }
  return lanes;
}

// What each lane's tests get, by the name of its configuration.
report::ArgumentsByLane arguments_of(const engines::RunPlan& plan) {
  report::ArgumentsByLane arguments;
  for (const engines::PlannedLane& planned : plan.lanes) {
    arguments[planned.input.configuration.name] = planned.input.configuration.standing_arguments;
  }
  return arguments;
}

std::string text_of(const std::vector<facts::LaneReport>& lanes, const engines::RunPlan& plan) {
  const report::ArgumentsByLane arguments = arguments_of(plan);
  std::string text;
  for (const facts::LaneReport& lane : lanes) {
    text += lane.name + "\n";
    if (lane.compiler.empty()) {
      text += "  not run:     " + base::escape_line(lane.reason) + "\n";
      continue;
    }
    text += "  compiler:    " + base::escape_line(lane.compiler) + "\n";
    text += "  interpreter: " + base::escape_line(lane.interpreter) + "\n";
    text += "  flags:       " +
            (lane.flags.empty() ? "the project's own"
                                : base::escape_line(base::join(lane.flags, " "))) +
            "\n";
    if (const auto words = arguments.find(lane.name);
        words != arguments.end() && !words->second.empty()) {
      text += "  pytest:      " + base::escape_line(base::render_command(words->second)) + "\n";
    }
  }
  text += "\nfirst steps (what each leaves decides those that follow)\n";
  std::size_t width = 0;
  for (const facts::Step& step : plan.first_wave) {
    width = std::max(width, step.id.size());
  }
  for (const facts::Step& step : plan.first_wave) {
    std::string id = step.id;
    id.resize(width + 2, ' ');
    text += "  " + id + base::escape_line(base::render_command(step.argv)) + "\n";
  }
  return text;
}

}  // namespace

facts::ExitCode plan_command(const Request& request, const Console& console) {
  const auto inputs = read_inputs(request, console.environment());
  if (!inputs) {
    return console.refuse(inputs.error());
  }
  const auto& [project, config, asked, known] = inputs.value();
  static_cast<void>(known);  // nothing is found by planning
  const facts::Toolchain toolchain =
      platform::observe_toolchain(console.environment(), programs_named(config));
  const engines::RunPlan plan =
      engines::plan_run(asked, all_lanes(), project, config, toolchain, 0);
  const std::vector<facts::LaneReport> lanes = described(plan);
  if (request.json) {
    console.data(report::plan_json(lanes, arguments_of(plan), plan.first_wave));
  } else {
    console.data(text_of(lanes, plan));
  }
  facts::Refusals requested;
  for (const engines::LeftOut& out : plan.left_out) {
    // What several lanes lack is told once.
    const bool is_told = std::any_of(requested.begin(), requested.end(), [&](const auto& told) {
      return facts::render_refusal(told) == facts::render_refusal(out.refusal);
    });
    if (out.requested && !is_told) {
      requested.push_back(out.refusal);
    }
  }
  return console.refuse(requested);
}

}  // namespace extproof::cli
