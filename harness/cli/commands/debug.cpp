// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/cli/commands/commands.hpp"
#include "harness/cli/commands/stored_run.hpp"
#include "harness/cli/doctor.hpp"
#include "harness/cli/inputs.hpp"
#include "harness/cli/lanes.hpp"
#include "harness/cli/run_progress.hpp"
#include "harness/cli/session.hpp"
#include "harness/engines/debug.hpp"
#include "harness/engines/execute.hpp"
#include "harness/parsers/pytest_events.hpp"
#include "harness/platform/files.hpp"
#include "harness/platform/observe_toolchain.hpp"
#include "harness/platform/step_runner.hpp"
#include "harness/platform/stop_signals.hpp"
#include "harness/platform/surroundings.hpp"
#include "harness/report/explain.hpp"

namespace extproof::cli {
namespace {

using engines::DebugPlan;
using facts::ExitCode;
using facts::Refusal;
using facts::Refusals;

constexpr double k_gdb_seconds = 20;

// Nothing of a debugger's session is kept.
class NoRecord final : public engines::RunRecorder {
 public:
  void planned(const std::vector<facts::Step>& /*steps*/) override {}
  void started(const facts::Step& /*step*/) override {}
  void ended(const facts::Step& /*step*/, const facts::StepResult& /*result*/) override {}
};

// Why no session can begin on this machine.
Refusals missing_for_debug(const facts::Toolchain& toolchain, const Request& request) {
  Refusals missing = missing_parts(toolchain);
  const std::string gdb = toolchain.tool("gdb");
  if (gdb.empty()) {
    missing.push_back(
        {.code = "XP1203",
         .headline = "\"gdb\" was not found",
         .notes = {
             {"looked", "on PATH"}, {"so", "nothing was run"}, {"try", "apt-get install gdb"}}});
  } else if (platform::output_of({gdb, "-nx", "-batch", "-ex", "python print('python')"},
                                 k_gdb_seconds) != "python\n") {
    missing.push_back({.code = "XP1213",
                       .headline = "\"" + gdb + "\" runs no Python",
                       .notes = {{"so", "nothing was run"}, {"try", "apt-get install gdb"}}});
  }
  if (!request.batch && !(platform::is_terminal(platform::Stream::input) &&
                          platform::is_terminal(platform::Stream::output))) {
    missing.push_back({.code = "XP1005",
                       .headline = "there is no terminal for gdb's prompt",
                       .notes = {{"looked", "at standard input and output"},
                                 {"so", "nothing was run"},
                                 {"try", "extproof debug " + request.subject + " --batch"}}});
  }
  return missing;
}

// Whether the report came from another process than that of the tests, as their logs tell.
bool came_from_child(const std::string& root, const DebugPlan& plan) {
  const std::size_t name_at = plan.log.rfind("/san.");
  if (name_at == std::string::npos) {
    return false;
  }
  const auto events =
      platform::read_text(root + "/" + plan.log.substr(0, name_at) + "/events.jsonl");
  const auto pid = base::to_integer(std::string_view(plan.log).substr(name_at + 5));
  return events && pid && parsers::parse_pytest_events(events->view).pid != *pid;
}

// A plan that came to be without tests: why, as the lane itself says.
Refusals why_not(const engines::PlannedLane& planned, const engines::Results& results,
                 const DebugPlan& plan) {
  facts::LaneReport report = planned.lane.interpret(planned.input.configuration, results).report;
  Refusals refusals;
  for (Refusal& refusal : report.refusals) {
    if (refusal.severity == facts::Severity::error) {
      refusals.push_back(std::move(refusal));
    }
  }
  if (refusals.empty()) {
    refusals.push_back({.code = "XP3003",
                        .headline = "the tests of lane \"" + plan.lane + "\" cannot be run",
                        .notes = {{"because", report.reason}}});
  }
  return refusals;
}

Refusal gone_lane(const DebugPlan& plan, const engines::RunPlan& run) {
  for (const engines::LeftOut& out : run.left_out) {
    if (out.lane == plan.lane) {
      return out.refusal;
    }
  }
  return {.code = "XP3101",
          .headline = "lane \"" + plan.configuration + "\" is not among those of now",
          .notes = {{"so", "nothing was run"}, {"try", "extproof run " + plan.lane}}};
}

std::string escaped_lines(std::string_view text) {
  std::string escaped;
  for (const std::string_view line : base::lines(text)) {
    std::string shown(line);
    for (std::size_t tab = 0; (tab = shown.find('\t', tab)) != std::string::npos;) {
      shown.replace(tab, 1, "    ");
    }
    escaped += base::escape_line(shown) + "\n";
  }
  return escaped;
}

// What gdb printed in a session without a terminal, and what its end means.
ExitCode tell(const facts::StepResult& result, const DebugPlan& plan, const Console& console) {
  console.data(escaped_lines(result.output.view));
  const auto* exited = std::get_if<facts::Exited>(&result.end);
  if (exited != nullptr && exited->code == 0) {
    return ExitCode::nothing_found;
  }
  if (exited != nullptr &&
      (exited->code == engines::k_debug_not_seen || exited->code == engines::k_debug_other_stop)) {
    return console.refuse({{.code = "XP2009",
                            .headline = plan.finding + " was not seen again",
                            .notes = {{"so", "there is no stack of it to show"},
                                      {"try", "extproof run " + plan.lane}}}});
  }
  return console.refuse(
      {{.code = "XP2010",
        .headline = "gdb could not run the tests: " + describe(result.end),
        .notes = {{"said", std::string(result.errors.view)}, {"log", result.errors_path}}}});
}

class DebugSession {
 public:
  DebugSession(const Request& request, const Console& console, DebugPlan plan,
               std::string run_began)
      : request_(request),
        console_(console),
        plan_(std::move(plan)),
        run_began_(std::move(run_began)) {}

  ExitCode run(Inputs inputs) {
    const facts::Toolchain toolchain =
        platform::observe_toolchain(console_.environment(), programs_named(inputs.config));
    if (const Refusals missing = missing_for_debug(toolchain, request_); !missing.empty()) {
      return console_.refuse(missing);
    }
    const auto lock = take_project_lock(store::Layout{inputs.project.root});
    if (!lock) {
      return console_.refuse(lock.error());
    }
    inputs.asked.lanes = {plan_.lane};
    inputs.asked.only_what_can_judge = false;
    inputs.asked.pytest_arguments = engines::debug_arguments(plan_, inputs.asked.pytest_arguments);
    const engines::RunPlan run =
        engines::plan_run(inputs.asked, all_lanes(), inputs.project, inputs.config, toolchain, 0);
    const engines::PlannedLane* planned = engines::planned_for(plan_, run);
    if (planned == nullptr) {
      return console_.refuse({gone_lane(plan_, run)});
    }
    platform::watch_stop_signals(stop_);
    const engines::Results results = prepare(*planned, toolchain);
    if (stop_.load() != engines::StopRequest::none) {
      return console_.refuse({{.code = "XP2001",
                               .headline = "interrupted before the tests",
                               .notes = {{"so", "gdb was not started"}}}});
    }
    const auto tests = engines::step_of_tests(*planned, results);
    if (!tests) {
      return console_.refuse(why_not(*planned, results, plan_));
    }
    return debug(*planned, *tests, toolchain);
  }

 private:
  engines::Results prepare(const engines::PlannedLane& planned, const facts::Toolchain& toolchain) {
    platform::PosixStepRunner runner(toolchain.parts.reaper, console_.environment());
    RunProgress progress(request_, console_);
    NoRecord record;
    engines::Results results = engines::execute(
        planned.lane.plan(planned.input),
        [&](const engines::Results& so_far) {
          return engines::steps_before_tests(planned, so_far);
        },
        {.runner = runner, .recorder = progress.in_front_of(record), .watcher = progress}, stop_,
        request_.jobs.value_or(toolchain.processors));
    progress.finish();
    return results;
  }

  ExitCode debug(const engines::PlannedLane& planned, const facts::Step& tests,
                 const facts::Toolchain& toolchain) {
    const std::string& root = planned.input.configuration.project_root;
    const facts::Step step = engines::debug_step(
        plan_, planned, tests,
        {.gdb = toolchain.tool("gdb"),
         .parts = toolchain.parts,
         .environment = platform::step_environment(console_.environment(), tests.environment),
         .run_began = run_began_,
         .batch = request_.batch,
         .follow_children = came_from_child(root, plan_)});
    if (!plan_.other_tests.empty()) {
      console_.message(plan_.finding + " was seen in " +
                       std::to_string(plan_.other_tests.size() + 1) +
                       " tests; this is the first: " + base::escape_line(plan_.test) + "\n");
    }
    if (step.has_terminal) {
      platform::leave_keys_to_children();
    }
    platform::PosixStepRunner runner(toolchain.parts.reaper, console_.environment());
    NoWatcher watcher;
    const facts::StepResult result = runner.run(step, stop_, watcher);
    if (!step.has_terminal) {
      return tell(result, plan_, console_);
    }
    if (const auto* failed = std::get_if<facts::NotStarted>(&result.end)) {
      return console_.refuse({{.code = "XP2010",
                               .headline = "gdb could not be started: " + failed->reason,
                               .notes = {{"so", "nothing was run"}}}});
    }
    return ExitCode::nothing_found;
  }

  class NoWatcher final : public engines::StepWatcher {
   public:
    void grown(const facts::Step& /*step*/, std::string_view /*appended*/) override {}
  };

  const Request& request_;
  const Console& console_;
  DebugPlan plan_;
  std::string run_began_;
  engines::StopFlag stop_ = engines::StopRequest::none;
};

}  // namespace

ExitCode debug_command(const Request& request, const Console& console) {
  const auto run = load_stored_run(request);
  if (!run) {
    return console.refuse(run.error());
  }
  const auto finding = report::finding_named(run.value(), request.subject);
  if (!finding) {
    return console.refuse(finding.error());
  }
  auto plan = engines::plan_debug(*finding.value());
  if (!plan) {
    return console.refuse(plan.error());
  }
  auto inputs = read_inputs(request, console.environment());
  if (!inputs) {
    return console.refuse(inputs.error());
  }
  // The interpreter and the compiler that it was seen with, which another choice of lanes or a
  // newer tool would change.
  if (const auto seen =
          load_stored_configuration(request, run.value().number, plan.value().configuration)) {
    facts::LaneConfig& lane = inputs.value().config.lane[plan.value().lane];
    lane.interpreter = seen->interpreter.path;
    lane.compiler = seen->compiler.cc;
  }
  return DebugSession(request, console, std::move(plan).value(), run.value().started)
      .run(std::move(inputs).value());
}

}  // namespace extproof::cli
