// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/test_needs.hpp"

#include <gtest/gtest.h>

namespace extproof::facts {
namespace {

TEST(TestNeeds, modules_of_python_are_known_by_their_whole_name) {
  for (const char* module : {"abc", "os", "distutils", "zoneinfo", "tomllib"}) {
    EXPECT_TRUE(is_standard_module(module)) << module;
  }
  for (const char* module : {"", " ", "o", "numpy", "ab", "abc aifc", "toml"}) {
    EXPECT_FALSE(is_standard_module(module)) << module;
  }
}

TEST(TestNeeds, a_module_with_another_name_than_its_distribution_is_in_the_table) {
  EXPECT_EQ(distribution_of_import("yaml"), "PyYAML");
  EXPECT_EQ(distribution_of_import("numpy"), "");
}

TEST(TestNeeds, options_and_marks_name_their_plugins) {
  EXPECT_EQ(plugin_of_option("--cov"), "pytest-cov");
  EXPECT_EQ(plugin_of_option("--strict-markers"), "");
  EXPECT_EQ(plugin_of_mark("asyncio"), "pytest-asyncio");
  EXPECT_EQ(plugin_of_mark("parametrize"), "");
}

}  // namespace
}  // namespace extproof::facts
