// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/execute.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "harness/testing/fake_step_runner.hpp"

namespace extproof::engines {
namespace {

using facts::Step;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Step step(const std::string& id, std::vector<std::string> needs = {}) {
  Step made;
  made.id = id;
  made.needs = std::move(needs);
  return made;
}

std::vector<Step> nothing_more(const Results&) {
  return {};
}

class Execute : public ::testing::Test {
 protected:
  Results run(std::vector<Step> first, int jobs = 2, const NextSteps& next = nothing_more) {
    return execute(std::move(first), next, {runner_, recorder_, watcher_}, stop_, jobs);
  }
  static std::string end_of(const Results& results, const std::string& id) {
    const facts::StepResult* result = results.find(id);
    return result == nullptr ? "none" : describe(result->end);
  }
  // The one that a step was not started for.
  static std::string blocker_of(const Results& results, const std::string& id) {
    const facts::StepResult* result = results.find(id);
    const auto* blocked =
        result == nullptr ? nullptr : std::get_if<facts::NotStarted>(&result->end);
    return blocked == nullptr ? "none" : blocked->need;
  }

  testing::FakeStepRunner runner_;
  testing::MemoryRecorder recorder_;
  testing::MemoryWatcher watcher_;
  StopFlag stop_ = StopRequest::none;
};

TEST_F(Execute, nothing_to_do_is_done_at_once) {
  run({});

  EXPECT_THAT(recorder_.lines(), IsEmpty());
}

TEST_F(Execute, steps_run_in_the_order_of_the_plan) {
  run({step("a"), step("b"), step("c")}, 1);

  EXPECT_THAT(runner_.order(), ElementsAre("a", "b", "c"));
}

TEST_F(Execute, a_step_starts_after_what_it_needs) {
  run({step("last", {"middle", "first"}), step("middle", {"first"}), step("first")}, 4);

  EXPECT_THAT(runner_.order(), ElementsAre("first", "middle", "last"));
}

TEST_F(Execute, at_most_so_many_as_asked_run_at_once) {
  std::vector<Step> steps;
  for (int i = 0; i < 12; ++i) {
    Step slow = step(std::to_string(i));
    slow.argv = runner_.program({.grows = testing::Behaviour::Growth{"/log", "x", 1, 0.2}});
    steps.push_back(slow);
  }
  run(steps, 3);

  EXPECT_EQ(runner_.most_at_once(), 3);
  EXPECT_EQ(runner_.order().size(), 12u);
}

TEST_F(Execute, each_step_is_planned_then_started_then_ended) {
  run({step("a"), step("b", {"a"})}, 1);

  EXPECT_THAT(recorder_.lines(), ElementsAre("planned a", "planned b", "started a",
                                             "ended a: exit 0", "started b", "ended b: exit 0"));
}

TEST_F(Execute, next_is_asked_after_each_result_and_its_steps_run) {
  std::vector<std::string> asked;
  const Results results = run({step("a")}, 1, [&](const Results& so_far) {
    std::vector<Step> more;
    if (so_far.good("a")) {
      more.push_back(step("b", {"a"}));
    }
    if (so_far.good("b")) {
      more.push_back(step("c"));
    }
    asked.push_back(std::to_string(more.size()));
    return more;
  });

  EXPECT_THAT(runner_.order(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(asked, ElementsAre("1", "2", "2"));
  EXPECT_LT(recorder_.at("planned c"), recorder_.at("started c"));
  EXPECT_TRUE(results.good("c"));
}

TEST_F(Execute, next_sees_only_what_is_recorded) {
  run({step("a")}, 1, [&](const Results&) {
    EXPECT_LT(recorder_.at("ended a: exit 0"), recorder_.lines().size());
    return std::vector<Step>{};
  });
}

TEST_F(Execute, steps_that_are_known_already_are_not_run_again) {
  const auto again = [](const Results&) { return std::vector<Step>{step("a"), step("b")}; };

  run({step("a"), step("a")}, 2, again);

  EXPECT_THAT(runner_.order(), ElementsAre("a", "b"));
  EXPECT_EQ(std::count(recorder_.lines().begin(), recorder_.lines().end(), "planned a"), 1);
}

TEST_F(Execute, a_failed_need_blocks_what_needs_it_and_what_needs_that) {
  runner_.script("a", facts::Exited{1});

  const Results results = run({step("a"), step("b", {"a"}), step("c", {"b"}), step("other")}, 2);

  EXPECT_EQ(end_of(results, "a"), "exit 1");
  EXPECT_EQ(blocker_of(results, "b"), "a");
  EXPECT_EQ(blocker_of(results, "c"), "b");
  EXPECT_EQ(end_of(results, "b"), "not started: \"a\" did not end well");
  EXPECT_EQ(end_of(results, "other"), "exit 0");
  EXPECT_THAT(runner_.order(), ::testing::UnorderedElementsAre("a", "other"));
  EXPECT_LT(recorder_.at("ended b: not started: \"a\" did not end well"), recorder_.lines().size());
}

TEST_F(Execute, every_bad_end_of_a_need_blocks) {
  const std::vector<facts::StepEnd> ends = {facts::Exited{2}, facts::Signalled{11},
                                            facts::TimedOut{}, facts::NotStarted{"x", ""},
                                            facts::Lost{}};
  for (const facts::StepEnd& end : ends) {
    runner_.script("a", end);

    EXPECT_EQ(blocker_of(run({step("a"), step("b", {"a"})}), "b"), "a") << describe(end);
  }
  runner_.script("a", facts::Reused{});
  EXPECT_EQ(end_of(run({step("a"), step("b", {"a"})}), "b"), "exit 0");
}

TEST_F(Execute, a_need_that_no_one_knows_blocks) {
  EXPECT_EQ(blocker_of(run({step("a", {"no such step"})}), "a"), "no such step");
}

TEST_F(Execute, steps_that_need_one_another_or_themselves_end_blocked) {
  const Results results = run({step("a", {"b"}), step("b", {"a"}), step("c", {"c"}), step("d")}, 2);

  EXPECT_EQ(blocker_of(results, "a"), "b");
  EXPECT_EQ(blocker_of(results, "b"), "a");
  EXPECT_EQ(blocker_of(results, "c"), "c");
  EXPECT_EQ(end_of(results, "d"), "exit 0");
}

TEST_F(Execute, a_blocked_step_can_be_what_next_waits_for) {
  const Results results = run({step("a", {"gone"})}, 1, [](const Results& so_far) {
    return so_far.find("a") != nullptr ? std::vector<Step>{step("b")} : std::vector<Step>{};
  });

  EXPECT_EQ(end_of(results, "b"), "exit 0");
}

TEST_F(Execute, after_a_stop_nothing_new_starts_and_next_is_not_asked) {
  Step waits = step("a");
  waits.argv = runner_.program({.waits = true});
  std::jthread later([&] {
    while (runner_.order().empty()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    stop_ = StopRequest::finish_soon;
  });
  int asked = 0;

  const Results results = run({waits, step("b"), step("c", {"a"})}, 1, [&](const Results&) {
    ++asked;
    return std::vector<Step>{};
  });

  EXPECT_EQ(end_of(results, "a"), "stopped with the run");
  EXPECT_EQ(end_of(results, "b"), "none");
  EXPECT_EQ(end_of(results, "c"), "none");
  EXPECT_THAT(runner_.order(), ElementsAre("a"));
  EXPECT_EQ(asked, 0);
}

TEST_F(Execute, a_stop_before_the_first_step_starts_nothing) {
  stop_ = StopRequest::at_once;

  run({step("a"), step("b", {"gone"})});

  EXPECT_THAT(runner_.order(), IsEmpty());
  EXPECT_THAT(recorder_.lines(), ElementsAre("planned a", "planned b"));
}

// The recorder raises the flag when it cannot write.
TEST_F(Execute, a_stop_while_steps_are_started_holds_for_the_very_next_one) {
  class StopsAtFirst final : public RunRecorder {
   public:
    explicit StopsAtFirst(StopFlag& stop) : stop_(stop) {}
    void planned(const std::vector<Step>&) override {}
    void started(const Step&) override { stop_ = StopRequest::finish_soon; }
    void ended(const Step&, const facts::StepResult&) override {}

   private:
    StopFlag& stop_;
  } recorder(stop_);

  execute({step("a"), step("b"), step("c")}, nothing_more, {runner_, recorder, watcher_}, stop_, 3);

  EXPECT_THAT(runner_.order(), ElementsAre("a"));
}

TEST_F(Execute, a_thousand_steps_in_a_net_of_needs_all_end) {
  std::vector<Step> first;
  for (int i = 0; i < 500; ++i) {
    std::vector<std::string> needs;
    for (const int before : {i / 2, i - 7, i - 31}) {
      if (before >= 0 && before < i) {
        needs.push_back(std::to_string(before));
      }
    }
    first.push_back(step(std::to_string(i), needs));
  }
  // Each of the 500 brings one more.
  int asked = 0;
  const auto next = [&asked](const Results&) {
    const std::string id = std::to_string(asked < 500 ? asked : 0);
    ++asked;
    return std::vector<Step>{step("next-" + id, {id})};
  };

  const Results results = run(first, 8, next);

  EXPECT_EQ(runner_.order().size(), 1000u);
  EXPECT_LE(runner_.most_at_once(), 8);
  for (const std::string& id : runner_.order()) {
    ASSERT_TRUE(results.good(id)) << id;
  }
  EXPECT_EQ(recorder_.lines().size(), 3000u);
}

}  // namespace
}  // namespace extproof::engines
