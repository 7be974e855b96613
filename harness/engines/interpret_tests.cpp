// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/interpret_tests.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "harness/base/text.hpp"
#include "harness/engines/consequence.hpp"
#include "harness/engines/forked_tests.hpp"
#include "harness/engines/hang_stacks.hpp"
#include "harness/engines/ownership.hpp"
#include "harness/engines/sightings.hpp"
#include "harness/engines/step_said.hpp"
#include "harness/engines/suite.hpp"
#include "harness/engines/test_parts.hpp"

namespace extproof::engines {
namespace {

using facts::LaneOutcome;
using facts::Refusal;
using facts::StepResult;

void count(facts::TestOutcome outcome, facts::TestCounts& counts) {
  switch (outcome) {
    case facts::TestOutcome::passed:
      ++counts.passed;
      break;
    case facts::TestOutcome::failed:
      ++counts.failed;
      break;
    case facts::TestOutcome::skipped:
      ++counts.skipped;
      break;
    case facts::TestOutcome::error:
      ++counts.errors;
      break;
    case facts::TestOutcome::not_run:
      ++counts.not_run;
      break;
  }
}

bool is_failure(const facts::CollectionProblem& problem) {
  return !problem.skipped;
}

// Names of modules that the project's tests bring along: each part of the path of a test module.
std::set<std::string> modules_of_tests(const facts::LaneReport& report) {
  std::set<std::string> names;
  const auto add = [&](std::string_view id) {
    for (std::string_view part : base::split(id.substr(0, id.find("::")), '/')) {
      names.emplace(part.substr(0, part.find(".py")));
    }
  };
  for (const facts::TestRecord& test : report.tests) {
    add(test.id);
  }
  for (const facts::CollectionProblem& problem : report.collection_problems) {
    add(problem.id);
  }
  return names;
}

class TestsInterpreter {
 public:
  TestsInterpreter(const TestsInput& input, LaneInterpretation& lane)
      : input_(input),
        lane_(lane),
        ownership_(input.paths, input.configuration.project_root, input.native_files),
        maker_(input.configuration, ownership_, source_lines()),
        parts_(test_parts(input.configuration, input.results)) {}

  void interpret() {
    if (parts_.empty()) {
      return;
    }
    const TestPart& first = parts_.front();
    for (const TestPart& part : parts_) {
      lane_.report.test_seconds += part.result->seconds;
    }
    lane_.report.log = input_.paths.layout.relative(first.result->output_path);
    if (!first.events.has_session) {
      refuse_start(*first.result);
      return;
    }
    for (const TestPart& part : parts_) {
      const std::vector<SeenReport> seen = take_reports(part);
      take_end(part, seen);
      take_words(part);
    }
    take_tests();
    if (input_.instrumentation.tells_once) {
      take_forks();
    }
    tell_what_was_missed();
    mark_consequences(lane_.sightings);
    decide();
  }

 private:
  SourceLines source_lines() const {
    const StepResult* lines = input_.results.find(step_id(input_.configuration, "lines"));
    return lines != nullptr && lines->good() ? parse_source_lines(lines->output.view)
                                             : SourceLines{};
  }

  std::string of_lane() const { return "lane \"" + input_.configuration.name + "\""; }

  void refuse(Refusal refusal) {
    lane_.report.outcome = LaneOutcome::refused;
    lane_.report.reason = refusal.headline;
    lane_.report.refusals.push_back(std::move(refusal));
  }

  void refuse_start(const StepResult& process) {
    if (process.cut_off()) {
      lane_.report.reason = "the run ended before its first test";
      return;
    }
    refuse({.code = "XP3003",
            .headline = of_lane() + " could not start pytest",
            .notes = {{"ended", describe(process.end)},
                      {"said", telling_lines(process.errors.view)},
                      {"log", input_.paths.layout.relative(process.errors_path)}}});
  }

  std::vector<SeenReport> take_reports(const TestPart& part) {
    std::vector<facts::Problem> problems;
    std::vector<SeenReport> all = see_reports(*part.result, part.events, problems);
    for (const SeenReport& seen : all) {
      if (is_our_abort(part, seen)) {
        continue;
      }
      if (maker_.concerns_extension(seen.report)) {
        lane_.sightings.push_back(maker_.of_report(seen));
      } else {
        ++lane_.swallowed_leaks;
      }
    }
    tell(problems);
    return all;
  }

  void tell(const std::vector<facts::Problem>& problems) {
    for (const facts::Problem& problem : problems) {
      lane_.report.refusals.push_back({.code = problem.code,
                                       .headline = problem.message,
                                       .severity = facts::Severity::warning});
    }
  }

  // Further tests of what was found, from their forks.
  void take_forks() {
    const std::optional<TestPart> forked = forked_part(input_.configuration, input_.results);
    std::vector<std::string> untold = blind_spots_of(parts_, forked);
    std::move(untold.begin(), untold.end(), std::back_inserter(lane_.report.blind_spots));
    if (!forked) {
      return;
    }
    std::map<std::string, std::set<std::string>> known;  // tests by fingerprint
    for (const LaneSighting& one : lane_.sightings) {
      known[one.finding.fingerprint].insert(one.finding.sightings.front().test);
    }
    std::vector<facts::Problem> problems;
    for (const SeenReport& seen : see_reports(*forked->result, forked->events, problems)) {
      LaneSighting one = maker_.of_report(seen);
      const auto found = known.find(one.finding.fingerprint);
      if (found == known.end()) {
        if (seen.report.kind == facts::FindingKind::crash) {
          continue;  // a process may die of being a fork; its test is named among what is not known
        }
        one.finding.hint =
            "it shows only where tests run again in a process of their own, so it depends on the "
            "tests before it or on chance";
      } else if (!is_of_a_test(seen.phase) || found->second.contains(seen.test)) {
        continue;
      }
      known[one.finding.fingerprint].insert(seen.test);
      lane_.sightings.push_back(std::move(one));
    }
    tell(problems);
  }

  // A silent process is ended by SIGABRT, so that it writes down its stacks first.
  static bool is_our_abort(const TestPart& part, const SeenReport& seen) {
    return std::holds_alternative<facts::TimedOut>(part.result->end) &&
           seen.report.kind == facts::FindingKind::crash && seen.report.rule == "ABRT";
  }

  void take_end(const TestPart& part, const std::vector<SeenReport>& all) {
    const StepResult& process = *part.result;
    if (process.cut_off()) {
      return;
    }
    const std::string name = "san." + std::to_string(part.events.pid);
    const auto* late = std::get_if<facts::TimedOut>(&process.end);
    if (part.events.finished) {
      if (late != nullptr) {
        take_hang(part, *late, {.phase = facts::Phase::finish}, all);
      }
      if (std::holds_alternative<facts::Signalled>(process.end)) {
        lane_.sightings.push_back(maker_.of_late_crash(describe(process.end), crash_stacks(process),
                                                       process.errors_path));
        lane_.sightings.back().process = name;
      }
      return;
    }
    const RunningAtEnd running = running_at_end(part).value_or(RunningAtEnd{});
    if (late != nullptr) {
      take_hang(part, *late, running, all);
      return;
    }
    // A runtime ends the process by its own exit code after what it reported. A signal that it did
    // not report came later than any report that it went on after.
    const bool by_signal = std::holds_alternative<facts::Signalled>(process.end);
    const bool told = std::any_of(all.begin(), all.end(), [&](const SeenReport& seen) {
      return seen.test == running.id && seen.phase == running.phase &&
             (!by_signal || seen.report.kind == facts::FindingKind::crash);
    });
    if (!told) {
      lane_.sightings.push_back(maker_.of_crash(describe(process.end), running.id, running.phase,
                                                crash_stacks(process), process.errors_path));
      lane_.sightings.back().process = name;
    }
  }

  void take_hang(const TestPart& part, const facts::TimedOut& end, const RunningAtEnd& running,
                 const std::vector<SeenReport>& all) {
    const StepResult& process = *part.result;
    HangStacks stacks =
        hang_stacks(process, symbols_of(input_.configuration, input_.results, parts_));
    const bool all_silent =
        std::all_of(stacks.threads.begin(), stacks.threads.end(),
                    [](const HangThread& thread) { return thread.native.empty(); });
    for (const SeenReport& seen : all) {
      // Without the probe's answer the runtime's report of our signal has one native stack.
      if (all_silent && is_our_abort(part, seen)) {
        stacks.others.insert(stacks.others.begin(), seen.report.stacks.begin(),
                             seen.report.stacks.end());
      }
    }
    lane_.sightings.push_back(
        maker_.of_hang(end, running.id, running.phase, stacks, process.errors_path));
  }

  // What the plugin wrote beside the tests. Every process collects anew, and so says some of it
  // anew.
  void take_words(const TestPart& part) {
    facts::LaneReport& report = lane_.report;
    for (const facts::CollectionProblem& problem : part.events.collection_problems) {
      const bool known =
          std::any_of(report.collection_problems.begin(), report.collection_problems.end(),
                      [&](const facts::CollectionProblem& one) { return one.id == problem.id; });
      const bool ended_a_process =
          std::any_of(parts_.begin(), parts_.end(), [&](const TestPart& earlier) {
            const auto running = running_at_end(earlier);
            return running && running->phase == facts::Phase::import && running->id == problem.id;
          });
      if (!known && !ended_a_process) {
        report.collection_problems.push_back(problem);
      }
    }
    for (const auto& [test, failure] : part.events.failures) {
      lane_.failures.insert_or_assign(test, failure);
    }
    for (const std::string& note : part.events.notes) {
      if (notes_.insert(note).second) {
        report.refusals.push_back({.code = "XP2005",
                                   .headline = note,
                                   .notes = {{"so", "the suite ran in one process"}},
                                   .severity = facts::Severity::warning});
      }
    }
  }

  void take_tests() {
    facts::LaneReport& report = lane_.report;
    lane_.reserves_address_space = input_.instrumentation.reserves_address_space;
    report.tests = joined_tests(parts_);
    for (const TestPart& part : parts_) {
      name_what_ended(part);
    }
    for (const facts::TestRecord& test : report.tests) {
      count(test.outcome, report.counts);
    }
    // As pytest counts them.
    report.counts.errors += static_cast<int>(std::count_if(
        report.collection_problems.begin(), report.collection_problems.end(), is_failure));
    if (!report.tests.empty() || !parts_.back().events.finished) {
      tell_collection_problems();  // else refuse_empty() does
    }
  }

  // What a test module needs to be collected, as a line of configuration; empty when it is another
  // thing, or one that the project should have itself.
  std::string remedy_for(const std::string& message) const {
    const auto missing = missing_module(message);
    const auto& own = input_.package.top_level;
    if (!missing || std::find(own.begin(), own.end(), missing->name) != own.end() ||
        modules_of_tests(lane_.report).contains(missing->name)) {
      return "";
    }
    std::string line = "test-requires = [";
    for (const std::string& one : input_.configuration.test_requires) {
      line += "\"" + one + "\", ";
    }
    return line + "\"" + missing->name + "\"]" +
           (missing->is_there ? ", with a version that has it"
                              : ", by the name that its package has on the index");
  }

  void tell_collection_problems() {
    for (const facts::CollectionProblem& problem : lane_.report.collection_problems) {
      if (problem.skipped) {
        continue;
      }
      Refusal warning = {.code = "XP2007",
                         .headline = "\"" + problem.id + "\" could not be collected",
                         .notes = {{"said", problem.message}, {"so", "none of its tests was run"}},
                         .severity = facts::Severity::warning};
      if (std::string remedy = remedy_for(problem.message); !remedy.empty()) {
        warning.notes.push_back({"try", std::move(remedy)});
      }
      lane_.report.refusals.push_back(std::move(warning));
    }
  }

  // The test during which a process ended says why in the words of the finding.
  void name_what_ended(const TestPart& part) {
    const auto running = running_at_end(part);
    if (!running || running->id.empty()) {
      return;
    }
    const LaneSighting* cause = nullptr;
    for (const LaneSighting& one : lane_.sightings) {
      if (one.finding.sightings.front().test == running->id) {
        cause = &one;
      }
    }
    const auto test = std::find_if(
        lane_.report.tests.begin(), lane_.report.tests.end(), [&](const facts::TestRecord& one) {
          return one.id == running->id && one.message == message_of_end(part, *running);
        });
    if (cause != nullptr && test != lane_.report.tests.end()) {
      test->message = std::string("the process ended during its ") + to_string(running->phase) +
                      ", by " + std::string(to_string(cause->finding.kind)) + ": " +
                      cause->finding.title;
    }
  }

  void tell_what_was_missed() {
    std::vector<std::string>& blind = lane_.report.blind_spots;
    if (lane_.swallowed_leaks > 0) {
      blind.push_back(std::to_string(lane_.swallowed_leaks) +
                      (lane_.swallowed_leaks == 1 ? " leak" : " leaks") +
                      " without a frame of the extension (left out)");
    }
    for (const TestPart& part : parts_) {
      const std::string& why = part.events.leaks_unfollowed;
      if (!why.empty()) {
        blind.push_back("which tests lose memory: " + why);
        break;
      }
    }
    const auto unchecked = std::count_if(parts_.begin(), parts_.end(), [](const TestPart& part) {
      return running_at_end(part).has_value();
    });
    if (input_.instrumentation.leak_check && unchecked > 0) {
      blind.push_back("leaks of the tests before " +
                      std::string(unchecked == 1 ? "the crash or hang: a process that ends early "
                                                   "is not checked for them"
                                                 : "a crash or hang: processes that end early are "
                                                   "not checked for them"));
    }
  }

  void decide() {
    facts::LaneReport& report = lane_.report;
    const facts::TestCounts& counts = report.counts;
    const TestPart& last = parts_.back();
    if (last.result->cut_off()) {
      report.outcome = LaneOutcome::skipped;
      report.reason =
          "the run ended after " +
          std::to_string(report.tests.size() - static_cast<std::size_t>(counts.not_run)) + " of " +
          std::to_string(report.tests.size()) + " tests";
      return;
    }
    const bool collection_failed = std::any_of(report.collection_problems.begin(),
                                               report.collection_problems.end(), is_failure);
    if (ended_early()) {
      return;
    }
    if (report.tests.empty()) {
      refuse_empty(last, collection_failed);
    } else if (!loaded_ours()) {
      return;
    } else if (!lane_.sightings.empty() || counts.failed + counts.errors + counts.not_run > 0 ||
               collection_failed) {
      report.outcome = LaneOutcome::failed;
      report.reason.clear();
    } else if (last.events.exit_status != 0 && last.events.exit_status != 1) {
      // 1 is failed tests, and those of plugins that count otherwise; more is a suite cut short.
      refuse({.code = "XP3003",
              .headline = of_lane() + " could not finish pytest",
              .notes = {{"ended", "pytest with status " + std::to_string(last.events.exit_status)},
                        {"said", telling_lines(said_by(*last.result))},
                        {"log", report.log}}});
    } else {
      report.outcome = LaneOutcome::passed;
      report.reason.clear();
    }
  }

  // Whether a process did, and then what the lane came to.
  bool ended_early() {
    std::vector<const TestPart*> early;
    for (const TestPart& part : parts_) {
      if (!part.events.finished) {
        early.push_back(&part);
      }
    }
    if (early.empty() || !loaded_ours()) {
      return !early.empty();
    }
    facts::LaneReport& report = lane_.report;
    const bool all_hung = std::all_of(early.begin(), early.end(), [](const TestPart* part) {
      return std::holds_alternative<facts::TimedOut>(part->result->end);
    });
    report.outcome = all_hung ? LaneOutcome::timed_out : LaneOutcome::crashed;
    report.reason = describe(early.front()->result->end);
    if (early.size() > 1) {
      report.reason = std::to_string(early.size()) +
                      " processes of the suite ended early (the first: " + report.reason + ")";
    }
    if (report.counts.not_run == 0 && parts_.size() > 1) {
      report.reason += "; the other tests ran in further processes";
    }
    return true;
  }

  static std::string_view said_by(const StepResult& process) {
    return process.errors.view.empty() ? process.output.view : process.errors.view;
  }

  void refuse_empty(const TestPart& part, bool collection_failed) {
    const facts::Configuration& configuration = input_.configuration;
    std::vector<std::string> looked = configuration.tests;
    looked.insert(looked.end(), configuration.pytest_arguments.begin(),
                  configuration.pytest_arguments.end());
    std::vector<facts::RefusalNote> notes = {
        {"looked", looked.empty() ? "where pytest looks by itself" : base::join(looked, " ")}};
    std::string remedy;
    for (const facts::CollectionProblem& problem : lane_.report.collection_problems) {
      notes.push_back({"module", problem.id + ": " + problem.message});
      remedy = remedy.empty() ? remedy_for(problem.message) : remedy;
    }
    if (!collection_failed) {
      notes.push_back({"said", telling_lines(said_by(*part.result))});
    }
    notes.push_back({"so", "there is nothing to run"});
    if (!remedy.empty()) {
      notes.push_back({"try", remedy});
    } else if (part.events.exit_status == 4 || collection_failed) {
      // 4 is a usage error of pytest: most often an option of a plugin that is not there.
      notes.push_back({"try",
                       "test-requires = [\"pytest\", ...] with the plugins and libraries "
                       "that the tests need"});
    }
    notes.push_back({"log", input_.paths.layout.relative(part.result->errors.view.empty()
                                                             ? part.result->output_path
                                                             : part.result->errors_path)});
    refuse({.code = "XP1104",
            .headline = collection_failed ? "no test was collected: every test module failed"
                                          : "no test was collected",
            .notes = std::move(notes)});
  }

  // The object that the tests had loaded is the one that was proved, or none of it counts.
  bool loaded_ours() {
    for (const TestPart& part : parts_) {
      for (const facts::LoadedModule& loaded : part.events.modules) {
        for (const NativeModule& module : judged_modules(input_.configuration, input_.package)) {
          if (module.name == loaded.name && !loaded.file.empty() && module.file != loaded.file) {
            refuse({.code = "XP3105",
                    .headline =
                        "the tests of " + of_lane() + " loaded another \"" + module.name + "\"",
                    .notes = {{"loaded", loaded.file},
                              {"built", input_.paths.layout.relative(module.file)},
                              {"so", "their results say nothing about the project"}}});
            return false;
          }
        }
      }
    }
    return true;
  }

  const TestsInput& input_;
  LaneInterpretation& lane_;
  Ownership ownership_;
  SightingMaker maker_;
  std::vector<TestPart> parts_;
  std::set<std::string> notes_;  // already told
};

}  // namespace

void interpret_tests(const TestsInput& input, LaneInterpretation& lane) {
  TestsInterpreter(input, lane).interpret();
}

}  // namespace extproof::engines
