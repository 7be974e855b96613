// SPDX-License-Identifier: Apache-2.0
#include "harness/testing/conformance/step_runner_suite.hpp"

#include <chrono>
#include <thread>

namespace extproof::testing {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StepRunnerSuite);

using engines::StopRequest;
using facts::describe;
using facts::Step;
using facts::StepResult;

Step StepRunnerSuite::step(const std::string& id, const Behaviour& behaviour) const {
  Step made;
  made.id = id;
  made.argv = rig_->program(behaviour);
  made.cwd = rig_->folder();
  made.output_path = path(id + ".out");
  made.errors_path = path(id + ".err");
  return made;
}

namespace {

template <class End>
const End* end_as(const StepResult& result) {
  return std::get_if<End>(&result.end);
}

std::string text(const facts::Text& text) {
  return std::string(text.view);
}

// A step whose result is kept.
Step kept(Step step, const std::string& stamp) {
  step.stamp = stamp;
  return step;
}

TEST_P(StepRunnerSuite, exit_codes_output_and_errors_are_carried) {
  const StepResult result = run(step("a", {.output = "out\n", .errors = "err\n", .code = 7}));

  EXPECT_EQ(result.step_id, "a");
  ASSERT_NE(end_as<facts::Exited>(result), nullptr) << describe(result.end);
  EXPECT_EQ(end_as<facts::Exited>(result)->code, 7);
  EXPECT_FALSE(result.good());
  EXPECT_EQ(text(result.output), "out\n");
  EXPECT_EQ(text(result.errors), "err\n");
  EXPECT_EQ(result.output_path, path("a.out"));
  EXPECT_EQ(rig_->content(path("a.err")), "err\n");
}

TEST_P(StepRunnerSuite, exit_zero_is_good) {
  EXPECT_TRUE(run(step("a", {})).good());
}

TEST_P(StepRunnerSuite, a_missing_program_is_not_started_and_the_reason_is_told) {
  Step missing = step("a", {});
  missing.argv = {path("no such program")};

  const StepResult result = run(missing);

  ASSERT_NE(end_as<facts::NotStarted>(result), nullptr) << describe(result.end);
  EXPECT_EQ(end_as<facts::NotStarted>(result)->reason, "No such file or directory");
  EXPECT_EQ(end_as<facts::NotStarted>(result)->need, "");
  EXPECT_FALSE(result.good());
}

TEST_P(StepRunnerSuite, both_ways_of_stopping_end_a_step_that_waits) {
  for (const StopRequest request : {StopRequest::finish_soon, StopRequest::at_once}) {
    stop_ = StopRequest::none;
    StepResult result;
    std::thread running([&] { result = run(step("a", {.output = "begun", .waits = true})); });
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    stop_ = request;
    running.join();

    EXPECT_NE(end_as<facts::Stopped>(result), nullptr) << describe(result.end);
    EXPECT_EQ(text(result.output), "begun");
  }
}

TEST_P(StepRunnerSuite, a_step_without_a_stamp_runs_every_time) {
  const Step once = step("a", {.grows = Behaviour::Growth{path("log"), "x", 1, 0}});

  run(once);
  run(once);

  EXPECT_EQ(rig_->content(path("log")), "xx");
}

TEST_P(StepRunnerSuite, a_kept_result_is_reused_with_its_output_and_what_it_left) {
  Step first = kept(step("a", {.output = "said", .writes = {{path("made"), "left"}}}), path("s"));
  first.leaves = {{"made", path("made"), std::nullopt}};

  const StepResult ran = run(first);
  const auto stamp = rig_->content(path("s"));
  const StepResult again = run(first);

  EXPECT_NE(end_as<facts::Exited>(ran), nullptr);
  ASSERT_NE(end_as<facts::Reused>(again), nullptr) << describe(again.end);
  EXPECT_TRUE(again.good());
  EXPECT_EQ(text(again.output), "said");
  ASSERT_EQ(again.left.size(), 1u);
  EXPECT_EQ(text(again.left[0].text), "left");
  EXPECT_TRUE(stamp.has_value());
  EXPECT_EQ(rig_->content(path("s")), stamp) << "a step that did not run leaves its stamp";
}

TEST_P(StepRunnerSuite, whatever_decides_a_kept_result_runs_it_again_when_it_changes) {
  Step decided = kept(step("a", {.writes = {{path("made"), ""}}}), path("s"));
  decided.inputs = {path("input")};
  decided.makes = {path("made")};
  rig_->put(path("input"), "one");
  const auto reused = [&] { return end_as<facts::Reused>(run(decided)) != nullptr; };
  EXPECT_FALSE(reused());
  ASSERT_TRUE(reused());

  rig_->put(path("input"), "two");
  EXPECT_FALSE(reused()) << "an input has another content";
  EXPECT_TRUE(reused());
  rig_->remove(path("input"));
  EXPECT_FALSE(reused()) << "an input is gone";
  EXPECT_TRUE(reused());
  decided.argv.push_back("--more");
  EXPECT_FALSE(reused()) << "argv is another one";
  EXPECT_TRUE(reused());
  decided.environment = {{"NAME", "value"}};
  EXPECT_FALSE(reused()) << "the environment is another one";
  EXPECT_TRUE(reused());
  decided.facts = {"another kernel"};
  EXPECT_FALSE(reused()) << "a fact is another one";
  EXPECT_TRUE(reused());
  rig_->remove(path("made"));
  EXPECT_FALSE(reused()) << "what it makes is gone";
  EXPECT_TRUE(reused());
  rig_->remove(path("s"));
  EXPECT_FALSE(reused()) << "the stamp is gone";
  EXPECT_TRUE(reused());
  rig_->put(path("s"), "extproof-stamp 1 nonsense");
  EXPECT_FALSE(reused()) << "the stamp cannot be read";
  EXPECT_TRUE(reused());
}

TEST_P(StepRunnerSuite, a_step_that_ends_badly_leaves_no_stamp) {
  Step bad = kept(step("a", {}), path("s"));
  ASSERT_TRUE(run(bad).good());

  bad.argv = rig_->program({.code = 1});
  EXPECT_FALSE(run(bad).good());

  EXPECT_EQ(rig_->content(path("s")), std::nullopt);
}

TEST_P(StepRunnerSuite, an_input_that_changes_while_the_step_runs_makes_it_run_again) {
  rig_->put(path("input"), "as read");
  Step reads = kept(step("a", {.writes = {{path("input"), "edited meanwhile"}}}), path("s"));
  reads.inputs = {path("input")};

  ASSERT_TRUE(run(reads).good());

  EXPECT_EQ(end_as<facts::Reused>(run(reads)), nullptr);
}

TEST_P(StepRunnerSuite, each_run_writes_another_stamp_so_that_later_steps_see_it) {
  Step first = kept(step("a", {}), path("s"));
  run(first);
  const auto before = rig_->content(path("s"));
  first.facts = {"changed"};
  run(first);
  first.facts.clear();
  run(first);

  EXPECT_NE(rig_->content(path("s")), before);
}

TEST_P(StepRunnerSuite, files_and_folders_are_there_before_the_start) {
  rig_->put(path("fresh/old"), "of an earlier run");
  Step prepared = step("a", {.writes = {{path("fresh/new"), "x"}, {path("folder/new"), "y"}}});
  prepared.fresh_folders = {path("fresh")};
  prepared.folders = {path("folder")};
  prepared.files = {{path("deep/er/file"), "content"}};

  const StepResult result = run(prepared);

  EXPECT_TRUE(result.good()) << text(result.errors);
  EXPECT_EQ(rig_->content(path("fresh/old")), std::nullopt);
  EXPECT_EQ(rig_->content(path("fresh/new")), "x");
  EXPECT_EQ(rig_->content(path("folder/new")), "y");
  EXPECT_EQ(rig_->content(path("deep/er/file")), "content");
}

TEST_P(StepRunnerSuite, what_a_step_left_comes_in_order_of_path) {
  Step leaving = step("a", {.writes = {{path("logs/san.9"), "nine"},
                                       {path("logs/san.10"), "ten"},
                                       {path("logs/other"), "not asked for"},
                                       {path("events"), "lines"}}});
  leaving.folders = {path("logs")};
  leaving.leaves = {{"events", path("events"), std::nullopt},
                    {"logs", path("logs"), "san."},
                    {"absent", path("no such file"), std::nullopt},
                    {"absent", path("no such folder"), ""}};

  const StepResult result = run(leaving);

  ASSERT_EQ(result.left_as("events").size(), 1u);
  EXPECT_EQ(text(result.left_as("events")[0]->text), "lines");
  const auto logs = result.left_as("logs");
  ASSERT_EQ(logs.size(), 2u);
  EXPECT_EQ(logs[0]->path, path("logs/san.10"));
  EXPECT_EQ(text(logs[0]->text), "ten");
  EXPECT_EQ(logs[1]->path, path("logs/san.9"));
  EXPECT_TRUE(result.left_as("absent").empty());
}

TEST_P(StepRunnerSuite, a_step_whose_watched_file_stays_as_it_is_times_out) {
  Step silent = step("a", {.waits = true});
  silent.limits = {.silent_seconds = 0.4, .watch = path("events")};

  const StepResult result = run(silent);

  const auto* late = end_as<facts::TimedOut>(result);
  ASSERT_NE(late, nullptr) << describe(result.end);
  EXPECT_TRUE(late->silent);
  EXPECT_GE(late->seconds, 0.4);
  ASSERT_FALSE(late->threads.empty());
  EXPECT_FALSE(late->threads[0].sleeps_in.empty());
  EXPECT_LT(late->threads[0].cpu, 0.1);
}

TEST_P(StepRunnerSuite, a_step_whose_watched_file_grows_may_take_longer) {
  Step growing = step("a", {.grows = Behaviour::Growth{path("events"), "line\n", 8, 0.25}});
  growing.limits = {.silent_seconds = 1, .watch = path("events")};

  const StepResult result = run(growing);

  EXPECT_TRUE(result.good()) << describe(result.end);
}

TEST_P(StepRunnerSuite, a_limit_of_wall_time_holds_for_a_step_that_grows) {
  Step growing = step("a", {.grows = Behaviour::Growth{path("events"), "line\n", 100, 0.1}});
  growing.limits = {.seconds = 0.6, .silent_seconds = 5, .watch = path("events")};

  const StepResult result = run(growing);

  const auto* late = end_as<facts::TimedOut>(result);
  ASSERT_NE(late, nullptr) << describe(result.end);
  EXPECT_FALSE(late->silent);
  EXPECT_EQ(late->seconds, 0.6);
}

TEST_P(StepRunnerSuite, the_watcher_is_told_every_byte_once) {
  Step growing = step("a", {.writes = {{path("events"), "first"}},
                            .grows = Behaviour::Growth{path("events"), "more\n", 5, 0.05}});
  growing.limits.watch = path("events");

  ASSERT_TRUE(run(growing).good());

  EXPECT_EQ(watcher_.seen("a"), "firstmore\nmore\nmore\nmore\nmore\n");
  EXPECT_EQ(rig_->content(path("events")), watcher_.seen("a"));
}

TEST_P(StepRunnerSuite, steps_run_at_once_and_keep_apart) {
  constexpr int k_steps = 6;
  std::vector<Step> steps;
  for (int i = 0; i < k_steps; ++i) {
    const std::string name = std::to_string(i);
    steps.push_back(step("s" + name, {.output = "output " + name, .code = i}));
  }
  std::vector<StepResult> results(k_steps);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < k_steps; ++i) {
      threads.emplace_back([&, i] { results[i] = run(steps[i]); });
    }
  }
  for (int i = 0; i < k_steps; ++i) {
    const StepResult& result = results[static_cast<std::size_t>(i)];
    ASSERT_NE(end_as<facts::Exited>(result), nullptr) << describe(result.end);
    EXPECT_EQ(end_as<facts::Exited>(result)->code, i);
    EXPECT_EQ(text(result.output), "output " + std::to_string(i));
  }
}

}  // namespace
}  // namespace extproof::testing
