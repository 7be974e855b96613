// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/process.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace extproof::platform {
namespace {

double seconds_of(const auto& action) {
  const auto begin = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

TEST(StepEnvironment, keeps_what_the_caller_set_and_a_suite_may_need) {
  const Environment own = {{"HOME", "/h"}, {"LANG", "C"}, {"MY_SUITE", "1"}};

  EXPECT_EQ(step_environment(own, {}), own);
}

TEST(StepEnvironment, leaves_out_what_reaches_into_tests_and_builds) {
  const Environment own = {{"LD_PRELOAD", "x"},       {"PYTHONPATH", "x"}, {"PYTHONMALLOC", "x"},
                           {"MAKEFLAGS", "x"},        {"CC", "x"},         {"GIT_DIR", "x"},
                           {"EXTPROOF_WRAPPER", "x"}, {"VIRTUAL_ENV", "x"}};

  EXPECT_EQ(step_environment(own, {}), Environment{});
}

TEST(StepEnvironment, the_step_decides_over_the_caller) {
  EXPECT_EQ(step_environment({{"A", "own"}, {"CC", "own"}}, {{"A", "step"}, {"CC", "step"}}),
            (Environment{{"A", "step"}, {"CC", "step"}}));
}

TEST(StepEnvironment, a_plus_is_put_in_front_of_what_is_inherited) {
  EXPECT_EQ(step_environment({{"PATH", "/b"}, {"EMPTY", ""}},
                             {{"PATH+", "/a"}, {"EMPTY+", "x"}, {"ABSENT+", "y"}}),
            (Environment{{"PATH", "/a:/b"}, {"EMPTY", "x"}, {"ABSENT", "y"}}));
}

TEST(StepEnvironment, a_plus_finds_nothing_of_a_variable_that_is_left_out) {
  EXPECT_EQ(step_environment({{"LD_PRELOAD", "/evil.so"}}, {{"LD_PRELOAD+", "/probe.so"}}),
            (Environment{{"LD_PRELOAD", "/probe.so"}}));
}

TEST(StepEnvironment, a_variable_with_and_without_a_plus_is_joined) {
  EXPECT_EQ(step_environment({{"PATH", "/own"}}, {{"PATH", "/step"}, {"PATH+", "/first"}}),
            (Environment{{"PATH", "/first:/step"}}));
}

TEST(OutputOf, is_what_the_process_printed_on_stdout) {
  EXPECT_EQ(output_of({"/bin/sh", "-c", "echo out; echo err >&2"}, 10), "out\n");
}

TEST(OutputOf, is_none_for_a_process_that_ends_badly_or_is_not_there) {
  EXPECT_EQ(output_of({"/bin/sh", "-c", "echo out; exit 1"}, 10), std::nullopt);
  EXPECT_EQ(output_of({"/bin/sh", "-c", "kill -9 $$"}, 10), std::nullopt);
  EXPECT_EQ(output_of({"/no/such/program"}, 10), std::nullopt);
}

TEST(OutputOf, stdin_is_empty) {
  EXPECT_EQ(output_of({"/bin/sh", "-c", "cat; echo end"}, 10), "end\n");
}

TEST(OutputOf, more_than_a_pipe_holds_arrives_whole) {
  const auto output = output_of({"/bin/sh", "-c", "head -c 300000 /dev/zero"}, 10);

  ASSERT_TRUE(output.has_value());
  EXPECT_EQ(output->size(), 300000u);
}

TEST(OutputOf, a_process_that_takes_too_long_is_killed) {
  const double seconds = seconds_of([] {
    EXPECT_EQ(output_of({"/bin/sh", "-c", "echo begun; exec sleep 30"}, 0.3), std::nullopt);
  });

  EXPECT_LT(seconds, 5);
}

TEST(OutputOf, a_process_that_closes_its_output_and_stays_is_killed_too) {
  const double seconds = seconds_of([] {
    EXPECT_EQ(output_of({"/bin/sh", "-c", "exec >&- 2>&-; exec sleep 30"}, 0.3), std::nullopt);
  });

  EXPECT_LT(seconds, 5);
}

}  // namespace
}  // namespace extproof::platform
