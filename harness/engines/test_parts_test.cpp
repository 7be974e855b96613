// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/test_parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engines/suite.hpp"
#include "harness/testing/sample_machine.hpp"

namespace extproof::engines {
namespace {

using facts::Phase;
using facts::TestOutcome;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A process: its tests in the order of collection, what it came to last, and how it ended.
class Process {
 public:
  explicit Process(facts::StepEnd end) { result_.end = std::move(end); }

  Process& has(const std::string& id, TestOutcome outcome, const std::string& message = "") {
    events_.tests.push_back({.id = id, .outcome = outcome, .message = message});
    return *this;
  }
  Process& came_to(const std::string& id, Phase phase, bool start = true) {
    events_.has_session = true;
    events_.boundaries.push_back({.id = id, .phase = phase, .start = start});
    return *this;
  }
  Process& finished() {
    events_.has_session = events_.finished = true;
    return *this;
  }
  TestPart part() const { return {&result_, events_}; }

 private:
  facts::StepResult result_;
  facts::TestEvents events_;
};

const facts::StepEnd k_killed = facts::Signalled{11};

// Parts point into it.
const Process& crash_in_b() {
  static const Process k_process = Process(k_killed)
                                       .has("a", TestOutcome::passed)
                                       .has("b", TestOutcome::not_run)
                                       .has("c", TestOutcome::not_run)
                                       .came_to("b", Phase::call);
  return k_process;
}

std::vector<std::string> told(const std::vector<facts::TestRecord>& tests) {
  std::vector<std::string> all;
  for (const facts::TestRecord& test : tests) {
    all.push_back(test.id + " " + to_string(test.outcome));
  }
  return all;
}

TEST(TestParts, are_named_in_order) {
  EXPECT_EQ(test_part_name(1), "tests");
  EXPECT_EQ(test_part_name(2), "tests-2");
}

TEST(TestParts, are_read_as_far_as_they_have_ended) {
  const facts::Configuration configuration = testing::sample_configuration();
  Results results;
  EXPECT_THAT(test_parts(configuration, results), IsEmpty());
  for (const char* const part : {"tests", "tests-2", "tests-4"}) {
    facts::StepResult result;
    result.step_id = step_id(configuration, part);
    result.left = {{"events", "/events.jsonl",
                    facts::make_text("{\"event\":\"session\",\"schema\":1,\"pid\":1}\n")}};
    results.add(std::move(result));
  }

  const std::vector<TestPart> parts = test_parts(configuration, results);

  ASSERT_EQ(parts.size(), 2u);
  EXPECT_TRUE(parts[1].events.has_session);
  EXPECT_EQ(parts[1].result->step_id, step_id(configuration, "tests-2"));
}

TEST(TestParts, a_suite_that_came_to_its_end_needs_no_further_process) {
  const Process whole = Process(facts::Exited{1}).has("a", TestOutcome::failed).finished();

  EXPECT_FALSE(continuation_of({whole.part()}));
  EXPECT_FALSE(continuation_of({}));
}

TEST(TestParts, a_crash_is_followed_by_the_tests_behind_it) {
  const std::vector<TestPart> parts = {crash_in_b().part()};

  const auto next = continuation_of(parts);

  ASSERT_TRUE(next);
  EXPECT_THAT(next->judged, ElementsAre("a", "b"));
  EXPECT_THAT(next->left_out, IsEmpty());
  EXPECT_EQ(render_continuation(*next), R"({"judged":["a","b"],"left_out":[],"schema":1})");
}

TEST(TestParts, a_process_that_was_too_quiet_or_left_by_itself_is_followed_too) {
  for (const facts::StepEnd& end :
       {facts::StepEnd(facts::TimedOut{120, true}), facts::StepEnd(facts::Exited{0})}) {
    Process process = Process(end)
                          .has("a", TestOutcome::not_run)
                          .has("b", TestOutcome::not_run)
                          .came_to("a", Phase::setup);

    const auto next = continuation_of({process.part()});

    ASSERT_TRUE(next) << describe(end);
    EXPECT_THAT(next->judged, ElementsAre("a"));
  }
}

TEST(TestParts, a_run_that_was_stopped_is_not_followed) {
  for (const facts::StepEnd& end : {facts::StepEnd(facts::Stopped{}), facts::StepEnd(facts::Lost{}),
                                    facts::StepEnd(facts::NotStarted{})}) {
    const Process process = Process(end)
                                .has("a", TestOutcome::not_run)
                                .has("b", TestOutcome::not_run)
                                .came_to("a", Phase::call);
    EXPECT_FALSE(continuation_of({process.part()})) << describe(end);
  }
}

TEST(TestParts, a_crash_in_the_last_test_leaves_nothing_to_run) {
  const Process process = Process(k_killed)
                              .has("a", TestOutcome::passed)
                              .has("b", TestOutcome::not_run)
                              .came_to("b", Phase::teardown);

  EXPECT_FALSE(continuation_of({process.part()}));
  EXPECT_THAT(told(joined_tests({process.part()})), ElementsAre("a passed", "b failed"));
}

TEST(TestParts, a_crash_outside_of_tests_is_not_tried_again) {
  for (const Phase phase : {Phase::configure, Phase::finish}) {
    const Process process = Process(k_killed).has("a", TestOutcome::not_run).came_to("", phase);
    EXPECT_FALSE(continuation_of({process.part()})) << to_string(phase);
  }
  EXPECT_FALSE(continuation_of({Process(k_killed).part()})) << "pytest did not even begin";
}

TEST(TestParts, a_module_whose_import_ends_the_process_is_left_out_of_the_next) {
  const Process first = Process(k_killed).came_to("test_bad.py", Phase::import);

  const auto next = continuation_of({first.part()});

  ASSERT_TRUE(next);
  EXPECT_THAT(next->left_out, ElementsAre("test_bad.py"));
  EXPECT_THAT(next->judged, IsEmpty());
}

TEST(TestParts, a_process_that_judges_nothing_is_the_last) {
  const Process collecting = Process(k_killed).came_to("", Phase::collection);
  EXPECT_FALSE(continuation_of({collecting.part()}));

  const Process again =
      Process(k_killed).has("c", TestOutcome::not_run).came_to("", Phase::collection);
  EXPECT_FALSE(continuation_of({crash_in_b().part(), again.part()}));
}

TEST(TestParts, what_all_processes_judged_is_not_run_by_the_next) {
  const Process second = Process(k_killed)
                             .has("c", TestOutcome::not_run)
                             .has("d", TestOutcome::not_run)
                             .came_to("c", Phase::call);

  const auto next = continuation_of({crash_in_b().part(), second.part()});

  ASSERT_TRUE(next);
  EXPECT_THAT(next->judged, ElementsAre("a", "b", "c"));
}

TEST(TestParts, every_test_is_in_the_joined_list_once_with_its_outcome) {
  const Process second = Process(facts::Exited{1}).has("c", TestOutcome::failed, "why").finished();

  const auto tests = joined_tests({crash_in_b().part(), second.part()});

  EXPECT_THAT(told(tests), ElementsAre("a passed", "b failed", "c failed"));
  EXPECT_EQ(tests[1].message, "the process did not survive its call: ended by SIGSEGV");
  EXPECT_EQ(tests[2].message, "why");
}

TEST(TestParts, tests_of_one_id_keep_their_order_and_their_number) {
  const Process first = Process(k_killed)
                            .has("x", TestOutcome::passed)
                            .has("x", TestOutcome::not_run)
                            .has("x", TestOutcome::not_run)
                            .came_to("x", Phase::call);
  const auto next = continuation_of({first.part()});
  ASSERT_TRUE(next);
  EXPECT_THAT(next->judged, ElementsAre("x", "x"));

  const Process second = Process(facts::Exited{0}).has("x", TestOutcome::skipped).finished();

  EXPECT_THAT(told(joined_tests({first.part(), second.part()})),
              ElementsAre("x passed", "x failed", "x skipped"));
}

TEST(TestParts, a_test_that_only_a_later_process_collects_counts) {
  const Process second = Process(facts::Exited{0})
                             .has("c", TestOutcome::passed)
                             .has("new", TestOutcome::passed)
                             .finished();

  EXPECT_THAT(told(joined_tests({crash_in_b().part(), second.part()})),
              ElementsAre("a passed", "b failed", "c passed", "new passed"));
}

TEST(TestParts, a_test_between_two_phases_is_the_one_that_ran) {
  const Process process = Process(k_killed)
                              .has("a", TestOutcome::not_run)
                              .has("b", TestOutcome::not_run)
                              .came_to("a", Phase::setup)
                              .came_to("a", Phase::setup, false);

  const auto running = running_at_end(process.part());

  ASSERT_TRUE(running);
  EXPECT_EQ(running->id, "a");
  EXPECT_THAT(told(joined_tests({process.part()})), ElementsAre("a failed", "b not_run"));
}

TEST(TestParts, after_the_last_phase_of_a_judged_test_no_test_ran) {
  const Process process = Process(k_killed)
                              .has("a", TestOutcome::passed)
                              .has("b", TestOutcome::not_run)
                              .came_to("a", Phase::teardown)
                              .came_to("a", Phase::teardown, false);

  EXPECT_EQ(running_at_end(process.part())->id, "");
  EXPECT_THAT(told(joined_tests({process.part()})), ElementsAre("a passed", "b not_run"));
}

}  // namespace
}  // namespace extproof::engines
