// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/test_parts.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/engines/suite.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/parsers/pytest_events.hpp"

namespace extproof::engines {
namespace {

using facts::Phase;
using facts::TestOutcome;
using facts::TestRecord;

bool is_judged(const TestRecord& test) {
  return test.outcome != TestOutcome::not_run;
}

// The record of the test that ran when the process ended: of several with one id, the first that
// has no outcome yet.
TestRecord* running_record(std::vector<TestRecord>& tests, const RunningAtEnd& running) {
  if (!is_of_a_test(running.phase)) {
    return nullptr;
  }
  const auto found = std::find_if(tests.begin(), tests.end(), [&](const TestRecord& test) {
    return test.id == running.id && !is_judged(test);
  });
  return found == tests.end() ? nullptr : &*found;
}

std::vector<TestRecord> judged_tests(const TestPart& part) {
  std::vector<TestRecord> tests = part.events.tests;
  if (const auto running = running_at_end(part)) {
    if (TestRecord* record = running_record(tests, *running)) {
      record->outcome = TestOutcome::failed;
      record->message = message_of_end(part, *running);
    }
  }
  return tests;
}

}  // namespace

std::string test_part_name(std::size_t number) {
  return number == 1 ? "tests" : "tests-" + std::to_string(number);
}

std::vector<TestPart> test_parts(const facts::Configuration& configuration,
                                 const Results& results) {
  std::vector<TestPart> parts;
  while (const facts::StepResult* result =
             results.find(step_id(configuration, test_part_name(parts.size() + 1)))) {
    TestPart part{.result = result};
    for (const facts::Left* file : result->left_as("events")) {
      part.events = parsers::parse_pytest_events(file->text.view);
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

std::optional<RunningAtEnd> running_at_end(const TestPart& part) {
  if (part.result->cut_off() || std::holds_alternative<facts::NotStarted>(part.result->end) ||
      part.events.finished || !part.events.has_session) {
    return std::nullopt;
  }
  if (part.events.boundaries.empty()) {
    return RunningAtEnd{};
  }
  const facts::PhaseBoundary& last = part.events.boundaries.back();
  // Between two phases of a test, it is still that test's hooks that run.
  const bool is_over =
      !last.start &&
      std::none_of(part.events.tests.begin(), part.events.tests.end(),
                   [&](const TestRecord& test) { return test.id == last.id && !is_judged(test); });
  return RunningAtEnd{.id = is_over ? "" : last.id, .phase = last.phase};
}

std::optional<Continuation> continuation_of(const std::vector<TestPart>& parts) {
  if (parts.empty()) {
    return std::nullopt;
  }
  const std::optional<RunningAtEnd> running = running_at_end(parts.back());
  if (!running || running->phase == Phase::configure || running->phase == Phase::finish) {
    return std::nullopt;
  }
  Continuation next;
  bool has_progress = false;
  for (const TestPart& part : parts) {
    const bool is_last = &part == &parts.back();
    for (const TestRecord& test : judged_tests(part)) {
      if (is_judged(test)) {
        next.judged.push_back(test.id);
        has_progress = has_progress || is_last;
      }
    }
    const auto ended_at = running_at_end(part);
    if (ended_at && ended_at->phase == Phase::import && !ended_at->id.empty()) {
      next.left_out.push_back(ended_at->id);
      has_progress = has_progress || is_last;
    }
  }
  const std::vector<TestRecord> all = joined_tests(parts);
  const bool has_collected = running->phase != Phase::import && running->phase != Phase::collection;
  const bool is_left = !has_collected || !std::all_of(all.begin(), all.end(), is_judged);
  if (!has_progress || !is_left) {
    return std::nullopt;
  }
  return next;
}

std::string render_continuation(const Continuation& continuation) {
  return nlohmann::json{{"schema", facts::schema_versions::k_continuation},
                        {"judged", continuation.judged},
                        {"left_out", continuation.left_out}}
      .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string message_of_end(const TestPart& part, const RunningAtEnd& running) {
  return std::string("the process did not survive its ") + to_string(running.phase) + ": " +
         describe(part.result->end);
}

std::vector<TestRecord> joined_tests(const std::vector<TestPart>& parts) {
  std::vector<TestRecord> all;
  // Of each id, the records that are not judged, in order.
  std::map<std::string, std::vector<std::size_t>> open;
  for (const TestPart& part : parts) {
    std::map<std::string, std::size_t> used;
    for (TestRecord& test : judged_tests(part)) {
      std::vector<std::size_t>& places = open[test.id];
      std::size_t& at = used[test.id];
      if (&part != &parts.front() && at < places.size()) {
        all[places[at]] = std::move(test);
        ++at;
      } else {
        all.push_back(std::move(test));
      }
    }
    open.clear();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!is_judged(all[i])) {
        open[all[i].id].push_back(i);
      }
    }
  }
  return all;
}

}  // namespace extproof::engines
