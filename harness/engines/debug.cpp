// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/debug.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/engines/suite_paths.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/parsers/pytest_arguments.hpp"
#include "harness/parsers/start_file.hpp"

namespace extproof::engines {
namespace {

using facts::Finding;
using facts::FindingKind;
using facts::Frame;
using facts::Stack;
using facts::StackRole;

// What is measured over a whole run, so that no moment of it is the finding's.
constexpr std::array k_without_moment = {FindingKind::refcount_leak, FindingKind::memory_growth,
                                         FindingKind::fd_leak, FindingKind::abi_violation,
                                         FindingKind::subinterpreter_leak};
constexpr std::array k_signals = {FindingKind::crash, FindingKind::finalization_crash};
constexpr std::array k_hangs = {FindingKind::hang, FindingKind::deadlock};

template <std::size_t n>
bool is_one_of(FindingKind kind, const std::array<FindingKind, n>& kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

facts::Location place_of(const Frame& frame) {
  return frame.generated_file.empty()
             ? facts::Location{frame.file, frame.line, frame.function}
             : facts::Location{frame.generated_file, frame.generated_line, ""};
}

// The first frame of the project in the first stack with that role.
const Frame* own_frame(const Finding& finding, StackRole role) {
  for (const Stack& stack : finding.stacks) {
    if (stack.role == role) {
      const auto own = std::find_if(stack.frames.begin(), stack.frames.end(), [](const Frame& f) {
        return f.own && f.language == facts::Language::native && f.line > 0;
      });
      return own == stack.frames.end() ? nullptr : &*own;
    }
  }
  return nullptr;
}

facts::Location native_place(const Finding& finding) {
  if (const Frame* frame = own_frame(finding, StackRole::access)) {
    return place_of(*frame);
  }
  // UBSan's own place of a report without a stack.
  const bool is_python = finding.location.file.ends_with(".py");
  return is_python ? facts::Location{} : finding.location;
}

facts::Refusal without_stop(const Finding& finding, std::string because, std::string instead) {
  return {
      .code = "XP1004",
      .headline = "a debugger cannot stop at " + finding.id + ", a finding of kind " +
                  std::string(to_string(finding.kind)),
      .notes = {
          {"because", std::move(because)}, {"so", "nothing was run"}, {"try", std::move(instead)}}};
}

std::string expectation(const DebugPlan& plan) {
  switch (plan.stop) {
    case DebugStop::report:
      return "stops where its report is made";
    case DebugStop::signal:
      return "stops at the signal";
    case DebugStop::allocation:
      return "a leak has no moment of its own: stops each time at the line that allocates what is "
             "lost, \"continue\" goes to the next time";
    case DebugStop::interrupt:
      return "runs until it hangs: then Ctrl-C stops it";
  }
  return "";
}

}  // namespace

const char* to_string(DebugStop stop) {
  switch (stop) {
    case DebugStop::report:
      return "report";
    case DebugStop::signal:
      return "signal";
    case DebugStop::allocation:
      return "allocation";
    case DebugStop::interrupt:
      return "interrupt";
  }
  return "";
}

facts::Judged<DebugPlan> plan_debug(const Finding& finding) {
  if (finding.sightings.empty()) {
    return facts::refuse(without_stop(finding, "it was not seen in this run",
                                      "extproof debug with --run and a run that saw it"));
  }
  const facts::Sighting& seen = finding.sightings.front();
  if (finding.kind == FindingKind::fails_only_in_lane) {
    return facts::refuse(
        without_stop(finding, "a test fails in Python, without a report of native code",
                     base::render_command(finding.again) + ", which shows the test's own message"));
  }
  if (is_one_of(finding.kind, k_without_moment)) {
    return facts::refuse(without_stop(finding, "it is measured over many calls, none of them wrong",
                                      "extproof explain " + finding.id));
  }
  DebugPlan plan = {.finding = finding.id,
                    .about = "",
                    .configuration = seen.lane,
                    .lane = seen.lane.substr(0, seen.lane.find('/')),
                    .test = seen.test,
                    .arguments = {},
                    .log = seen.log,
                    .stop = DebugStop::report,
                    .place = native_place(finding),
                    .other_tests = {}};
  const auto divide = std::find(finding.again.begin(), finding.again.end(), "--");
  if (divide != finding.again.end()) {
    plan.arguments.assign(divide + 1, finding.again.end());
  }
  if (finding.kind == FindingKind::leak) {
    const Frame* frame = own_frame(finding, StackRole::allocation);
    if (frame == nullptr) {
      return facts::refuse(without_stop(finding, "nothing says which line allocates what is lost",
                                        "extproof explain " + finding.id));
    }
    plan.stop = DebugStop::allocation;
    plan.place = place_of(*frame);
  } else if (is_one_of(finding.kind, k_hangs)) {
    plan.stop = DebugStop::interrupt;
  } else if (is_one_of(finding.kind, k_signals)) {
    plan.stop = DebugStop::signal;
  }
  for (const facts::Sighting& other : finding.sightings) {
    if (other.lane == seen.lane && other.test != seen.test &&
        std::find(plan.other_tests.begin(), plan.other_tests.end(), other.test) ==
            plan.other_tests.end()) {
      plan.other_tests.push_back(other.test);
    }
  }
  plan.about = finding.id + ": " + finding.title;
  if (!finding.location.file.empty()) {
    plan.about += ", " + finding.location.file + ":" + std::to_string(finding.location.line);
  }
  plan.about += "; " + expectation(plan);
  return plan;
}

std::vector<std::string> debug_arguments(const DebugPlan& plan,
                                         const std::vector<std::string>& of_user) {
  std::vector<std::string> words = of_user;
  if (parsers::words_that_name_tests(of_user).empty()) {
    words.insert(words.end(), plan.arguments.begin(), plan.arguments.end());
  }
  return words;
}

const PlannedLane* planned_for(const DebugPlan& plan, const RunPlan& run) {
  const PlannedLane* of_lane = nullptr;
  for (const PlannedLane& planned : run.lanes) {
    const facts::Configuration& configuration = planned.input.configuration;
    if (configuration.name == plan.configuration) {
      return &planned;
    }
    // A lane that stood in several configurations stands in one now, or the other way round.
    if (of_lane == nullptr && configuration.lane == plan.lane) {
      of_lane = &planned;
    }
  }
  return of_lane;
}

std::vector<facts::Step> steps_before_tests(const PlannedLane& planned, const Results& results) {
  std::vector<facts::Step> steps = planned.lane.next(planned.input, results);
  std::erase_if(steps,
                [](const facts::Step& step) { return step.purpose == facts::StepPurpose::test; });
  return steps;
}

std::optional<facts::Step> step_of_tests(const PlannedLane& planned, const Results& results) {
  for (facts::Step& step : planned.lane.next(planned.input, results)) {
    if (step.purpose == facts::StepPurpose::test) {
      return std::move(step);
    }
  }
  return std::nullopt;
}

facts::Step debug_step(const DebugPlan& plan, const PlannedLane& planned, facts::Step tests,
                       const DebugSurroundings& surroundings) {
  const facts::Configuration& configuration = planned.input.configuration;
  const SuitePaths paths = paths_of(configuration);
  const std::string session = paths.logs + "/debug.json";
  const std::string start = paths.logs + "/start";

  // The leak checker stops the process in a way that a debugger forbids.
  const auto own_end = std::find(tests.argv.begin(), tests.argv.end(), "--");
  tests.argv.erase(std::remove(tests.argv.begin(), own_end, "--leak-check"), own_end);
  std::vector<std::string> variables;
  for (const auto& [name, value] : surroundings.environment) {
    variables.push_back(name + "=" + value);
  }
  const std::string start_text =
      parsers::render_start_file({.cwd = tests.cwd,
                                  .output = surroundings.batch ? paths.logs + "/tests.out" : "",
                                  .argv = tests.argv,
                                  .environment = std::move(variables)});
  const nlohmann::json told = {
      {"schema", facts::schema_versions::k_debug},
      {"finding", plan.finding},
      {"about", plan.about},
      {"stop", to_string(plan.stop)},
      {"place",
       {{"file", plan.place.file}, {"line", plan.place.line}, {"function", plan.place.function}}},
      {"root", configuration.project_root},
      {"build", paths.folder.root},
      {"run_folder", paths.folder.run()},
      {"logs", paths.logs},
      {"events", paths.events},
      {"started", surroundings.run_began},
      {"batch", surroundings.batch},
      {"follow_children", surroundings.follow_children},
      {"interrupt_after", surroundings.batch ? configuration.timeout : 0.0}};

  facts::Step step = std::move(tests);
  step.id = configuration.name + "/debug";
  step.files.emplace_back(session,
                          told.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
  step.files.emplace_back(start, start_text);
  step.argv = {surroundings.gdb, "-q"};
  if (surroundings.batch) {
    step.argv.insert(step.argv.end(), {"-nx", "-batch"});
  }
  step.argv.insert(step.argv.end(), {"-x", surroundings.parts.python + "/gdb_session.py", "--args",
                                     surroundings.parts.worker, "become"});
  step.environment = {{"EXTPROOF_DEBUG", session}, {"EXTPROOF_START", start}};
  step.has_terminal = !surroundings.batch;
  // A session without a terminal ends by itself: it interrupts what is silent, and then has as much
  // time again to show it.
  step.limits.silent_seconds = surroundings.batch ? 2 * configuration.timeout + 60 : 0;
  return step;
}

}  // namespace extproof::engines
