// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/again.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::engines {
namespace {

using ::testing::ElementsAre;

facts::Configuration run_with(std::vector<std::string> arguments) {
  facts::Configuration configuration;
  configuration.name = "asan/cp312";
  configuration.lane = "asan";
  configuration.standing_arguments = {"-m", "not slow"};
  configuration.pytest_arguments = std::move(arguments);
  return configuration;
}

TEST(Again, names_the_test_alone) {
  EXPECT_THAT(again_command(run_with({}), "t.py::a"),
              ElementsAre("extproof", "run", "asan", "--", "t.py::a"));
}

TEST(Again, keeps_the_options_of_the_command_line_and_not_its_tests) {
  EXPECT_THAT(again_command(run_with({"--run-slow", "tests/a.py", "-k", "x/y", "b.py"}), "t.py::a"),
              ElementsAre("extproof", "run", "asan", "--", "--run-slow", "-k", "x/y", "t.py::a"));
}

TEST(Again, without_a_test_is_the_run_as_it_was) {
  EXPECT_THAT(again_command(run_with({}), ""), ElementsAre("extproof", "run", "asan"));
  EXPECT_THAT(again_command(run_with({"-x", "tests/a.py"}), ""),
              ElementsAre("extproof", "run", "asan", "--", "-x", "tests/a.py"));
}

TEST(Again, gives_pytest_an_id_as_an_id) {
  EXPECT_THAT(again_command(run_with({}), "-x.py::a"),
              ElementsAre("extproof", "run", "asan", "--", "./-x.py::a"));
}

}  // namespace
}  // namespace extproof::engines
