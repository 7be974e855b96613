// SPDX-License-Identifier: Apache-2.0
//
// The story of a run, and the table of the other commands. Level: cli.

#include <variant>

#include "harness/cli/active_environment.hpp"
#include "harness/cli/commands/commands.hpp"
#include "harness/cli/commands/stored_run.hpp"
#include "harness/cli/console.hpp"
#include "harness/cli/doctor.hpp"
#include "harness/cli/inputs.hpp"
#include "harness/cli/lanes.hpp"
#include "harness/cli/options.hpp"
#include "harness/cli/run_progress.hpp"
#include "harness/cli/session.hpp"
#include "harness/engines/execute.hpp"
#include "harness/engines/run.hpp"
#include "harness/platform/observe_toolchain.hpp"
#include "harness/platform/step_runner.hpp"
#include "harness/platform/stop_signals.hpp"

namespace extproof::cli {
namespace {

using facts::ExitCode;

std::vector<facts::Interpreter> interpreters_of(const engines::RunPlan& plan) {
  std::vector<facts::Interpreter> all;
  for (const engines::PlannedLane& lane : plan.lanes) {
    all.push_back(lane.input.configuration.interpreter);
  }
  return all;
}

ExitCode run_command(const Request& request, const Console& console) {
  // 1, of this command: where the reports go. What cannot be written is refused before all else.
  const auto outputs = places_of_reports(request);
  if (!outputs) {
    return console.refuse(outputs.error());
  }

  // 2. The configuration, or all its errors at once.
  const auto inputs = read_inputs(request, console.environment());
  if (!inputs) {
    return console.refuse(inputs.error());
  }
  const auto& [project, config, asked, known] = inputs.value();

  // 3. The tools of this machine.
  const facts::Toolchain toolchain =
      platform::observe_toolchain(console.environment(), programs_named(config));
  if (const facts::Refusals missing = missing_parts(toolchain); !missing.empty()) {
    return console.refuse(missing);
  }

  // 4. and 5. The plan, stored before its first step.
  engines::StopFlag stop = engines::StopRequest::none;
  platform::watch_stop_signals(stop);
  facts::Refusals warnings;
  const auto begun = Session::begin(project, request.argv, warnings);
  console.warn(warnings);
  if (!begun) {
    return console.refuse(begun.error());
  }
  Session& session = *begun.value();
  session.stop_on_error(stop);
  const engines::RunPlan plan =
      engines::plan_run(asked, all_lanes(), project, config, toolchain, session.number());
  console.message(note_on_active_environment(console.environment(), config, interpreters_of(plan)));
  if (const auto saved = session.save_plan(plan); !saved) {
    return console.refuse(saved.error());
  }

  // 6. and 7. The baseline and the lanes; each result is stored as it ends and may extend the plan.
  platform::PosixStepRunner runner(toolchain.parts.reaper, console.environment());
  RunProgress progress(request, console);
  const engines::Results results = engines::execute(
      plan.first_wave,
      [&](const engines::Results& so_far) { return engines::next_of_run(plan, so_far); },
      {.runner = runner, .recorder = progress.in_front_of(session), .watcher = progress}, stop,
      request.jobs.value_or(toolchain.processors));
  progress.finish();

  // 8. What it means.
  const auto end = stop.load() == engines::StopRequest::none ? engines::RunEnd::complete
                                                             : engines::RunEnd::interrupted;
  const facts::RunReport report =
      engines::interpret_run(session.report(), plan, results, end, known);
  const auto saved = session.save_report(report);

  // 9. The reports, from the store; from memory when it cannot be read.
  const auto stored = session.stored_report();
  const ExitCode told = give_report(stored ? stored.value() : report, outputs.value(), console);

  // 10. How the program ends.
  if (!session.problem().empty() || !saved) {
    console.refuse(session.problem().empty() ? saved.error() : session.problem());
    return facts::strongest({told, ExitCode::cannot_judge});
  }
  return told;
}

ExitCode command(const Request& request, const Console& console) {
  switch (request.command) {
    case Command::run:
      return run_command(request, console);
    case Command::init:
      return init_command(request, console);
    case Command::interpreters:
      return interpreters_command(request, console);
    case Command::plan:
      return plan_command(request, console);
    case Command::report:
      return report_command(request, console);
    case Command::doctor:
      return doctor_command(request, console);
    case Command::debug:
      return debug_command(request, console);
    case Command::explain:
      return explain_command(request, console);
    case Command::accept:
      return accept_command(request, console);
  }
  return ExitCode::defect;
}

}  // namespace
}  // namespace extproof::cli

int main(int argc, char** argv) {
  using namespace extproof;
  const platform::Environment environment = platform::own_environment();
  cli::Console console(environment);

  // 1. The options.
  const auto parsed = cli::parse_options(argc, argv, cli::lane_names());
  if (!parsed) {
    return static_cast<int>(console.refuse(parsed.error()));
  }
  if (const auto* text = std::get_if<cli::TextToPrint>(&parsed.value())) {
    console.data(text->text);
    return 0;
  }
  const auto& request = std::get<cli::Request>(parsed.value());
  console.follow(request);
  return static_cast<int>(cli::command(request, console));
}
