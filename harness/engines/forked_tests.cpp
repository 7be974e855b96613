// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/forked_tests.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/base/text.hpp"
#include "harness/engines/seen_report.hpp"
#include "harness/engines/suite.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/parsers/pytest_events.hpp"

namespace extproof::engines {
namespace {

using facts::Phase;
using facts::TestRecord;

// Each test runs once more, and a fork costs about as much as a small test.
constexpr double k_budget_at_least = 30;
constexpr double k_budget_by_suite = 2;

constexpr std::size_t k_names = 5;
constexpr std::string_view k_further = "further tests at a line already reported: ";

// The phases in which the tests of a process made reports.
struct Reporters {
  std::map<std::string, std::set<Phase>> phases;  // by test
  bool by_import = false;                         // a module did, when it was imported
};

Reporters reporters_of(const TestPart& part) {
  Reporters reporters;
  std::vector<facts::Problem> problems;
  for (const SeenReport& seen : see_reports(*part.result, part.events, problems)) {
    if (is_of_a_test(seen.phase)) {
      reporters.phases[seen.test].insert(seen.phase);
    } else if (seen.phase == Phase::import) {
      reporters.by_import = true;
    }
  }
  return reporters;
}

std::string_view file_of(std::string_view id) {
  return id.substr(0, id.find("::"));
}

// The first test of the process that must run again.
std::size_t first_to_run(const std::vector<TestRecord>& tests, const Reporters& reporters) {
  const auto reporter = std::find_if(tests.begin(), tests.end(), [&](const TestRecord& test) {
    return reporters.phases.contains(test.id);
  });
  if (reporter == tests.end()) {
    return tests.size();
  }
  auto first = reporter + 1;
  // A fixture that tests share is taken down in the last of them.
  if (reporters.phases.at(reporter->id).contains(Phase::teardown)) {
    const bool ends_the_suite = first == tests.end();
    while (first != tests.begin() &&
           (ends_the_suite || file_of((first - 1)->id) == file_of(reporter->id))) {
      --first;
    }
  }
  return static_cast<std::size_t>(first - tests.begin());
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::vector<std::string> shown;
  for (const std::string& name : names) {
    if (shown.size() == k_names) {
      shown.push_back("and " + std::to_string(names.size() - k_names) + " more");
      break;
    }
    shown.push_back("\"" + name + "\"");
  }
  return base::join(shown, ", ");
}

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

// Tests that also ended a process of the suite: of these everything is known that can be.
std::set<std::string> ended_a_process(const std::vector<TestPart>& parts) {
  std::set<std::string> ids;
  for (const TestPart& part : parts) {
    if (const auto running = running_at_end(part)) {
      ids.insert(running->id);
    }
  }
  return ids;
}

void tell_of_forks(const std::vector<TestPart>& parts, const ForkedTests& wanted,
                   const std::optional<TestPart>& forked, std::vector<std::string>& told) {
  const auto further = [&told](const std::string& why) {
    told.push_back(std::string(k_further) + why);
  };
  if (!forked) {
    further("the run ended before they ran again");
    return;
  }
  if (!forked->events.forks) {
    further("the process in whose forks they run again did not come to its end (" +
            describe(forked->result->end) + ")");
    return;
  }
  const facts::ForksEnd& end = *forked->events.forks;
  if (!end.threads.empty()) {
    further("they cannot run again in forks of a process that has threads before its first test (" +
            quoted_list(end.threads) + ")");
    return;
  }
  if (end.left > 0) {
    further("in " + std::to_string(static_cast<int>(wanted.budget)) + " s, " +
            counted(end.left, "test") + " could not run again");
  }
  if (end.missing > 0) {
    further(counted(end.missing, "test") + (end.missing == 1 ? " was" : " were") +
            " not collected again");
  }
  const std::set<std::string> known = ended_a_process(parts);
  std::vector<std::string> lost;
  for (const facts::LostJob& job : forked->events.lost_jobs) {
    if (!known.contains(job.id)) {
      lost.push_back(job.id + " (" + job.end + ")");
    }
  }
  if (!lost.empty()) {
    further("the fork of " + std::string(lost.size() == 1 ? "a test" : "some tests") +
            " ended early: " + quoted_list(lost));
  }
}

}  // namespace

std::optional<ForkedTests> forked_tests_of(const std::vector<TestPart>& parts) {
  ForkedTests forked;
  double seconds = 0;
  for (const TestPart& part : parts) {
    seconds += part.result->seconds;
    const std::vector<TestRecord>& tests = part.events.tests;
    const auto running = running_at_end(part);
    for (std::size_t i = first_to_run(tests, reporters_of(part)); i < tests.size(); ++i) {
      const bool ended_it = running && running->id == tests[i].id;
      if (ended_it && std::holds_alternative<facts::TimedOut>(part.result->end)) {
        forked.hung.push_back(tests[i].id);
      } else if (ended_it || tests[i].outcome != facts::TestOutcome::not_run) {
        forked.tests.push_back(tests[i].id);
      }
    }
  }
  forked.budget = k_budget_at_least + k_budget_by_suite * seconds;
  return forked.tests.empty() && forked.hung.empty() ? std::nullopt : std::optional(forked);
}

std::string render_forked_tests(const ForkedTests& forked, double timeout) {
  return nlohmann::json{{"schema", facts::schema_versions::k_forked_tests},
                        {"tests", forked.tests},
                        {"timeout", timeout},
                        {"budget", forked.budget}}
      .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::optional<TestPart> forked_part(const facts::Configuration& configuration,
                                    const Results& results) {
  const facts::StepResult* result = results.find(step_id(configuration, k_forked_tests));
  if (result == nullptr) {
    return std::nullopt;
  }
  TestPart part{.result = result};
  for (const facts::Left* file : result->left_as("events")) {
    part.events = parsers::parse_pytest_events(file->text.view);
  }
  return part;
}

std::vector<std::string> blind_spots_of(const std::vector<TestPart>& parts,
                                        const std::optional<TestPart>& forked) {
  std::vector<std::string> told;
  if (const auto wanted = forked_tests_of(parts)) {
    if (!wanted->tests.empty()) {
      tell_of_forks(parts, *wanted, forked, told);
    }
    if (!wanted->hung.empty()) {
      told.push_back(std::string(k_further) + "those that hung do not run again (" +
                     quoted_list(wanted->hung) + ")");
    }
  }
  if (std::any_of(parts.begin(), parts.end(),
                  [](const TestPart& part) { return reporters_of(part).by_import; })) {
    told.emplace_back("tests at a line that was already reported when a module was imported");
  }
  return told;
}

}  // namespace extproof::engines
