// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>

#include "harness/base/text.hpp"
#include "harness/engines/consequence.hpp"
#include "harness/engines/ownership.hpp"
#include "harness/engines/preflight.hpp"
#include "harness/engines/sightings.hpp"
#include "harness/engines/suite.hpp"
#include "harness/engines/suite_paths.hpp"
#include "harness/engines/suite_steps.hpp"
#include "harness/parsers/faulthandler.hpp"
#include "harness/parsers/pytest_events.hpp"

namespace extproof::engines {
namespace {

using facts::Configuration;
using facts::LaneOutcome;
using facts::Phase;
using facts::Refusal;
using facts::StepResult;
using facts::TestEvents;

// Before the tests, in the order in which they are worth telling.
constexpr std::array<std::string_view, 13> k_steps = {
    "sync",  "wrapper", "env",     "interpreter", "requirements", "build-requires", "build-tools",
    "build", "canary",  "install", "modules",     "inspect",      "run-tree"};

// The lines of a build's output that a person would look for: from the first error on, else the
// end.
std::string telling_lines(std::string_view text) {
  constexpr std::size_t k_shown = 8;
  const auto all = base::lines(text);
  std::size_t begin = all.size() > k_shown ? all.size() - k_shown : 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].find(" error: ") != std::string_view::npos ||
        all[i].find("undefined reference") != std::string_view::npos) {
      begin = i;
      break;
    }
  }
  std::string shown;
  for (std::size_t i = begin; i < std::min(all.size(), begin + k_shown); ++i) {
    shown += std::string(all[i]) + "\n";
  }
  return shown.empty() ? "nothing" : shown;
}

class Interpreter {
 public:
  Interpreter(const Configuration& configuration, const Instrumentation& instrumentation,
              const Results& results)
      : configuration_(configuration),
        instrumentation_(instrumentation),
        results_(results),
        paths_(paths_of(configuration)) {}

  LaneInterpretation interpret() {
    describe_configuration();
    if (interpret_steps() && interpret_package() && interpret_preflight()) {
      interpret_tests();
    }
    return std::move(lane_);
  }

 private:
  const StepResult* result(std::string_view part) const {
    return results_.find(step_id(configuration_, part));
  }

  void describe_configuration() {
    facts::LaneReport& report = lane_.report;
    report.name = configuration_.name;
    report.requested = configuration_.requested;
    report.compiler = configuration_.compiler.name + " " + configuration_.compiler.version;
    report.interpreter = configuration_.interpreter.version +
                         (configuration_.interpreter.free_threaded ? "t" : "") + " " +
                         configuration_.interpreter.path;
    report.flags = instrumentation_.compile;
    report.flags.insert(report.flags.end(), configuration_.flags.begin(),
                        configuration_.flags.end());
    report.blind_spots = instrumentation_.blind_spots;
    report.outcome = LaneOutcome::skipped;
    report.reason = "the run ended before its tests";
  }

  void refuse(Refusal refusal) {
    lane_.report.outcome = LaneOutcome::refused;
    lane_.report.reason = refusal.headline;
    lane_.report.refusals.push_back(std::move(refusal));
  }

  // The step that is at fault for a step that did not end well: what it needs, and so on down.
  const StepResult& root_cause(const StepResult& failed) const {
    const StepResult* at = &failed;
    std::set<std::string_view> seen;  // a plan whose steps need one another has no root
    while (const auto* blocked = std::get_if<facts::NotStarted>(&at->end)) {
      if (!seen.insert(at->step_id).second) {
        break;
      }
      const StepResult* need = blocked->need.empty() ? nullptr : results_.find(blocked->need);
      if (need == nullptr) {
        break;
      }
      at = need;
    }
    return *at;
  }

  static bool was_cut_off(const StepResult& result) {
    return std::holds_alternative<facts::Stopped>(result.end) ||
           std::holds_alternative<facts::Lost>(result.end);
  }

  Refusal refusal_of(const StepResult& cause) const {
    const std::string part = cause.step_id.substr(cause.step_id.rfind('/') + 1);
    const bool is_build = part == "build" || part == "canary";
    const bool installs = part == "env" || part == "requirements" || part == "install" ||
                          part == "make" || part == "requires" || part == "build-requires" ||
                          part == "build-tools";
    const std::string lane = "lane \"" + configuration_.name + "\" ";
    const std::string log = paths_.layout.relative(cause.errors_path);
    const std::string said = cause.errors.view.empty() ? telling_lines(cause.output.view)
                                                       : telling_lines(cause.errors.view);
    return {.code = is_build   ? "XP3001"
                    : installs ? "XP3002"
                               : "XP3003",
            .headline = is_build   ? lane + "could not build: " + part + " failed"
                        : installs ? lane + "has no environment: " + part + " failed"
                                   : lane + "stopped: " + part + " failed",
            .notes = {{"said", said},
                      {"ended", describe(cause.end)},
                      {"so", "its tests were not run; the other lanes were"},
                      {"log", log}}};
  }

  // Whether everything before the preflight went well so far.
  bool interpret_steps() {
    for (const std::string_view part : k_steps) {
      const StepResult* one = result(part);
      if (one == nullptr) {
        continue;
      }
      if (part == "build" && std::holds_alternative<facts::Exited>(one->end)) {
        lane_.report.build_seconds = one->seconds;
      }
      if (!one->good()) {
        const StepResult& cause = root_cause(*one);
        if (was_cut_off(cause)) {
          lane_.report.reason = "the run ended during \"" + cause.step_id + "\"";
        } else {
          refuse(refusal_of(cause));
        }
        return false;
      }
    }
    if (const StepResult* build = result("build");
        build != nullptr && wheel_of(*build) == nullptr) {
      refuse({.code = "XP3001",
              .headline = "lane \"" + configuration_.name + "\" could not build: it made no wheel",
              .notes = {{"looked", "for a file ending in .whl in " +
                                       paths_.layout.relative(paths_.folder.dist())},
                        {"so", "its tests were not run; the other lanes were"},
                        {"log", paths_.layout.relative(build->errors_path)}}});
      return false;
    }
    return result("modules") != nullptr;
  }

  bool interpret_package() {
    package_ = parse_installed(*result("modules"), paths_.site_packages);
    const auto modules = judged_modules(configuration_, package_);
    for (const NativeModule& module : modules) {
      lane_.report.modules.push_back(module.name);
      native_files_.push_back(module.file);
    }
    std::vector<std::string> built;
    for (const NativeModule& module : package_.native) {
      built.push_back(module.name);
    }
    for (const std::string& wanted : configuration_.modules) {
      if (std::find(built.begin(), built.end(), wanted) == built.end()) {
        refuse(
            {.code = "XP1103",
             .headline = "\"" + wanted + "\" is not in the wheel",
             .notes = {{"wheel has", built.empty() ? "no native module" : base::join(built, ", ")},
                       {"so", "the tests of lane \"" + configuration_.name + "\" were not run"}}});
        return false;
      }
    }
    if (modules.empty()) {
      refuse({.code = "XP1102",
              .headline = "the wheel of \"" + package_.name + "\" has no native module",
              .notes = {{"looked", "for files ending in .so among those that the wheel installs"},
                        {"log", paths_.layout.relative(
                                    result("build") ? result("build")->errors_path : "")},
                        {"so", "lane \"" + configuration_.name + "\" has nothing to judge"}}});
      return false;
    }
    return true;
  }

  bool interpret_preflight() {
    for (const std::string_view part : {"preflight", "inspect", "run-tree"}) {
      const StepResult* one = result(part);
      if (one == nullptr) {
        return false;
      }
      if (was_cut_off(*one)) {
        lane_.report.reason = "the run ended during \"" + one->step_id + "\"";
        return false;
      }
      if (std::holds_alternative<facts::NotStarted>(one->end)) {
        refuse(refusal_of(root_cause(*one)));
        return false;
      }
    }
    Preflight preflight = judge_preflight(configuration_, instrumentation_, results_);
    lane_.report.preflight = std::move(preflight.checks);
    std::move(preflight.blind_spots.begin(), preflight.blind_spots.end(),
              std::back_inserter(lane_.report.blind_spots));
    for (Refusal& refusal : preflight.refusals) {
      refuse(std::move(refusal));
    }
    if (!preflight.died_importing.empty()) {
      interpret_import_crash(preflight);
      return false;
    }
    return preflight.refusals.empty();
  }

  void interpret_import_crash(const Preflight& preflight) {
    const StepResult& process = *result("preflight");
    const Ownership ownership(paths_, configuration_.project_root, native_files_);
    const SightingMaker maker(configuration_, ownership, {});
    for (SeenReport seen : preflight.reports_of_import) {
      seen.test = "";
      seen.phase = Phase::import;
      lane_.sightings.push_back(maker.of_report(seen));
    }
    if (preflight.reports_of_import.empty()) {
      lane_.sightings.push_back(maker.of_crash(describe(process.end), "", Phase::import,
                                               crash_stacks(process), process.errors_path));
    }
    lane_.report.outcome = LaneOutcome::crashed;
    lane_.report.reason = "importing \"" + preflight.died_importing + "\" ended the process";
    lane_.report.log = paths_.layout.relative(process.errors_path);
  }

  static std::vector<facts::Stack> crash_stacks(const StepResult& process) {
    std::vector<facts::Stack> stacks;
    for (const facts::Left* file : process.left_as("crash")) {
      for (parsers::FaultStack& one : parsers::parse_faulthandler(file->text.view).stacks) {
        // The thread that died first: it is the one to look at.
        const bool first = one.is_current && !one.is_native;
        stacks.insert(first ? stacks.begin() : stacks.end(), std::move(one.stack));
      }
    }
    return stacks;
  }

  void interpret_tests() {
    const StepResult* tests = result("tests");
    if (tests == nullptr) {
      return;
    }
    lane_.report.test_seconds = tests->seconds;
    lane_.report.log = paths_.layout.relative(tests->output_path);
    TestEvents events;
    for (const facts::Left* file : tests->left_as("events")) {
      events = parsers::parse_pytest_events(file->text.view);
    }
    if (!events.has_session) {
      if (was_cut_off(*tests)) {
        lane_.report.reason = "the run ended before its first test";
        return;
      }
      refuse({.code = "XP3003",
              .headline = "lane \"" + configuration_.name + "\" could not start pytest",
              .notes = {{"ended", describe(tests->end)},
                        {"said", telling_lines(tests->errors.view)},
                        {"log", paths_.layout.relative(tests->errors_path)}}});
      return;
    }
    take_reports(*tests, events);
    take_end(*tests, events);
    end_running_test(*tests, events);
    take_tests(events);
    mark_consequences(lane_.sightings);
    decide(*tests, events);
  }

  // The test during which the process ended did not pass, whatever was written of it until then.
  void end_running_test(const StepResult& tests, TestEvents& events) const {
    if (events.finished || was_cut_off(tests) || events.boundaries.empty()) {
      return;
    }
    const facts::PhaseBoundary& last = events.boundaries.back();
    const auto running =
        std::find_if(events.tests.begin(), events.tests.end(), [&](const facts::TestRecord& test) {
          return test.id == last.id && test.outcome == facts::TestOutcome::not_run;
        });
    if (running == events.tests.end()) {
      return;
    }
    std::string reason = describe(tests.end);
    for (const LaneSighting& one : lane_.sightings) {
      const facts::Finding& finding = one.finding;
      if (finding.sightings.front().test == last.id) {
        reason = std::string(to_string(finding.kind)) + ": " + finding.title;
      }
    }
    running->outcome = facts::TestOutcome::failed;
    running->message =
        std::string("the process ended during its ") + to_string(last.phase) + ", by " + reason;
  }

  void take_tests(const TestEvents& events) {
    facts::LaneReport& report = lane_.report;
    report.tests = events.tests;
    report.collection_problems = events.collection_problems;
    lane_.failures = events.failures;
    lane_.reserves_address_space = instrumentation_.reserves_address_space;
    for (const facts::TestRecord& test : events.tests) {
      switch (test.outcome) {
        case facts::TestOutcome::passed:
          ++report.counts.passed;
          break;
        case facts::TestOutcome::failed:
          ++report.counts.failed;
          break;
        case facts::TestOutcome::skipped:
          ++report.counts.skipped;
          break;
        case facts::TestOutcome::error:
          ++report.counts.errors;
          break;
        case facts::TestOutcome::not_run:
          ++report.counts.not_run;
          break;
      }
    }
    for (const std::string& note : events.notes) {
      report.refusals.push_back({.code = "XP2005",
                                 .headline = note,
                                 .notes = {{"so", "the suite ran in one process"}},
                                 .severity = facts::Severity::warning});
    }
  }

  void take_reports(const StepResult& tests, const TestEvents& events) {
    const StepResult* lines = result("lines");
    const SourceLines source =
        lines != nullptr && lines->good() ? parse_source_lines(lines->output.view) : SourceLines{};
    const Ownership ownership(paths_, configuration_.project_root, native_files_);
    const SightingMaker maker(configuration_, ownership, source);
    std::vector<facts::Problem> problems;
    seen_ = see_reports(tests, events, problems);
    for (const SeenReport& seen : seen_) {
      if (is_our_abort(tests, seen)) {
        continue;
      }
      if (maker.concerns_extension(seen.report)) {
        lane_.sightings.push_back(maker.of_report(seen));
      } else {
        ++lane_.swallowed_leaks;
      }
    }
    for (const facts::Problem& problem : problems) {
      lane_.report.refusals.push_back({.code = problem.code,
                                       .headline = problem.message,
                                       .severity = facts::Severity::warning});
    }
    if (lane_.swallowed_leaks > 0) {
      lane_.report.blind_spots.push_back(std::to_string(lane_.swallowed_leaks) +
                                         (lane_.swallowed_leaks == 1 ? " leak" : " leaks") +
                                         " without a frame of the extension (left out)");
    }
  }

  // A silent process is ended by SIGABRT, so that it writes down its stacks first.
  static bool is_our_abort(const StepResult& tests, const SeenReport& seen) {
    return std::holds_alternative<facts::TimedOut>(tests.end) &&
           seen.report.kind == facts::FindingKind::crash && seen.report.rule == "ABRT";
  }

  void take_end(const StepResult& tests, const TestEvents& events) {
    if (was_cut_off(tests)) {
      return;
    }
    const Ownership ownership(paths_, configuration_.project_root, native_files_);
    const SightingMaker maker(configuration_, ownership, {});
    const std::string process = "san." + std::to_string(events.pid);
    if (events.finished) {
      if (std::holds_alternative<facts::Signalled>(tests.end)) {
        lane_.sightings.push_back(
            maker.of_late_crash(describe(tests.end), crash_stacks(tests), tests.errors_path));
        lane_.sightings.back().process = process;
      }
      return;
    }
    std::string test;
    Phase phase = Phase::configure;
    if (!events.boundaries.empty()) {
      test = events.boundaries.back().start ? events.boundaries.back().id : "";
      phase = events.boundaries.back().phase;
    }
    std::vector<facts::Stack> stacks = crash_stacks(tests);
    if (const auto* late = std::get_if<facts::TimedOut>(&tests.end)) {
      for (const SeenReport& seen : seen_) {
        if (is_our_abort(tests, seen)) {
          stacks.insert(stacks.begin(), seen.report.stacks.begin(), seen.report.stacks.end());
        }
      }
      lane_.sightings.push_back(
          maker.of_hang(late->seconds, test, phase, stacks, tests.errors_path));
      return;
    }
    // A runtime ends the process by its own exit code after what it reported. A signal that it did
    // not report came later than any report that it went on after.
    const bool by_signal = std::holds_alternative<facts::Signalled>(tests.end);
    const bool told = std::any_of(seen_.begin(), seen_.end(), [&](const SeenReport& seen) {
      return seen.test == test && seen.phase == phase &&
             (!by_signal || seen.report.kind == facts::FindingKind::crash);
    });
    if (!told) {
      lane_.sightings.push_back(
          maker.of_crash(describe(tests.end), test, phase, stacks, tests.errors_path));
      lane_.sightings.back().process = process;
    }
  }

  void decide(const StepResult& tests, const TestEvents& events) {
    facts::LaneReport& report = lane_.report;
    const facts::TestCounts& counts = report.counts;
    if (was_cut_off(tests)) {
      report.outcome = LaneOutcome::skipped;
      report.reason =
          "the run ended after " +
          std::to_string(events.tests.size() - static_cast<std::size_t>(counts.not_run)) + " of " +
          std::to_string(events.tests.size()) + " tests";
      return;
    }
    const bool collection_failed =
        std::any_of(events.collection_problems.begin(), events.collection_problems.end(),
                    [](const facts::CollectionProblem& problem) { return !problem.skipped; });
    if (std::holds_alternative<facts::TimedOut>(tests.end)) {
      report.outcome = LaneOutcome::timed_out;
      report.reason = describe(tests.end);
    } else if (!events.finished) {
      report.outcome = LaneOutcome::crashed;
      report.reason = describe(tests.end);
    } else if (events.tests.empty()) {
      refuse_empty(tests, events, collection_failed);
    } else if (!loaded_ours(events)) {
      return;
    } else if (!lane_.sightings.empty() || counts.failed + counts.errors + counts.not_run > 0 ||
               collection_failed) {
      report.outcome = LaneOutcome::failed;
      report.reason.clear();
    } else if (events.exit_status != 0 && events.exit_status != 1) {
      // 1 is failed tests, and those of plugins that count otherwise; more is a suite cut short.
      refuse({.code = "XP3003",
              .headline = "lane \"" + configuration_.name + "\" could not finish pytest",
              .notes = {{"ended", "pytest with status " + std::to_string(events.exit_status)},
                        {"said", telling_lines(tests.errors.view.empty() ? tests.output.view
                                                                         : tests.errors.view)},
                        {"log", report.log}}});
    } else {
      report.outcome = LaneOutcome::passed;
      report.reason.clear();
    }
  }

  void refuse_empty(const StepResult& tests, const TestEvents& events, bool collection_failed) {
    std::vector<std::string> looked = configuration_.tests;
    looked.insert(looked.end(), configuration_.pytest_arguments.begin(),
                  configuration_.pytest_arguments.end());
    std::vector<facts::RefusalNote> notes = {
        {"looked", looked.empty() ? "where pytest looks by itself" : base::join(looked, " ")},
        {"said", telling_lines(tests.errors.view.empty() ? tests.output.view : tests.errors.view)}};
    for (const facts::CollectionProblem& problem : events.collection_problems) {
      notes.push_back({"module", problem.id + ": " + problem.message});
    }
    notes.push_back({"so", "lane \"" + configuration_.name + "\" has nothing to run"});
    if (events.exit_status == 4 || collection_failed) {
      // 4 is a usage error of pytest: most often an option of a plugin that is not there.
      notes.push_back({"try",
                       "test-requires = [\"pytest\", ...] with the plugins and libraries "
                       "that the tests need"});
    }
    notes.push_back({"log", paths_.layout.relative(tests.errors.view.empty() ? tests.output_path
                                                                             : tests.errors_path)});
    refuse({.code = "XP1104",
            .headline = collection_failed ? "no test was collected: every test module failed"
                                          : "no test was collected",
            .notes = std::move(notes)});
  }

  // The object that the tests had loaded is the one that was proved, or none of it counts.
  bool loaded_ours(const TestEvents& events) {
    for (const facts::LoadedModule& loaded : events.modules) {
      for (const NativeModule& module : judged_modules(configuration_, package_)) {
        if (module.name == loaded.name && !loaded.file.empty() && module.file != loaded.file) {
          refuse({.code = "XP3105",
                  .headline = "the tests of lane \"" + configuration_.name +
                              "\" loaded another \"" + module.name + "\"",
                  .notes = {{"loaded", loaded.file},
                            {"built", paths_.layout.relative(module.file)},
                            {"so", "their results say nothing about the project"}}});
          return false;
        }
      }
    }
    return true;
  }

  const Configuration& configuration_;
  const Instrumentation& instrumentation_;
  const Results& results_;
  SuitePaths paths_;
  InstalledPackage package_;
  std::vector<std::string> native_files_;
  std::vector<SeenReport> seen_;
  LaneInterpretation lane_;
};

}  // namespace

LaneInterpretation interpret_suite(const Configuration& configuration,
                                   const Instrumentation& instrumentation, const Results& results) {
  return Interpreter(configuration, instrumentation, results).interpret();
}

}  // namespace extproof::engines
