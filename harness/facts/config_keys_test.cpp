// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/config_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace extproof::facts {
namespace {

using ::testing::ElementsAre;

TEST(ConfigKeys, each_stands_once_is_kebab_case_and_has_a_meaning_that_is_a_sentence) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const ConfigKey& key : config_keys()) {
    EXPECT_TRUE(seen.insert({key.section, key.name}).second) << key.name;
    EXPECT_EQ(key.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos)
        << key.name;
    EXPECT_FALSE(key.default_text.empty()) << key.name;
    EXPECT_FALSE(key.example.empty()) << key.name;
    EXPECT_EQ(key.meaning.substr(key.meaning.size() - 1), ".") << key.name;
    EXPECT_EQ(config_key_named(key.section, key.name), &key);
  }
}

TEST(ConfigKeys, names_of_the_top_level_are_sorted_and_include_the_sections) {
  EXPECT_THAT(config_names_in(""),
              ElementsAre("build", "compiler", "lane", "lanes", "modules", "pytest-arguments",
                          "python", "test-requires", "tests", "timeout"));
  EXPECT_THAT(
      config_names_in("build"),
      ElementsAre("backend", "cmake-options", "cmake-source", "cmake-targets", "config-settings",
                  "environment", "install-components", "python-path", "requires"));
}

TEST(ConfigKeys, a_key_of_one_section_is_unknown_in_another) {
  EXPECT_NE(config_key_named("lane", "suppressions"), nullptr);
  EXPECT_EQ(config_key_named("", "suppressions"), nullptr);
}

TEST(ConfigKeys, a_reserved_section_is_not_a_name_that_may_be_used) {
  for (const ReservedSection& section : reserved_sections()) {
    EXPECT_EQ(config_key_named("", section.name), nullptr);
    for (const std::string& name : config_names_in("")) {
      EXPECT_NE(name, section.name);
    }
  }
}

}  // namespace
}  // namespace extproof::facts
