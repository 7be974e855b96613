// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/interpreters_list.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/facts/schema_versions.hpp"
#include "harness/testing/golden.hpp"

namespace extproof::cli {
namespace {

const std::vector<InstalledInterpreter> k_installed = {
    {.kind = "asan",
     .version = "3.14.6",
     .compiler = "clang-19 19.1.7",
     .folder = "/cache/interpreters/asan-3.14.6-1a2b3c4d",
     .bytes = 349600000,
     .lacks = {"sqlite3", "ssl"}},
    {.kind = "asan",
     .version = "3.14.5",
     .folder = "/cache/interpreters/asan-3.14.5-\x1b[31m",
     .state = InterpreterState::broken,
     .reason = "its program is not the one that was proven",
     .bytes = 400000},
    {.kind = "asan",
     .version = "3.14.6",
     .folder = "/cache/interpreters/.building-asan",
     .state = InterpreterState::building,
     .reason = "process 77 builds it"}};

TEST(InterpretersList, each_kind_says_what_is_installed_or_how_to_install_it) {
  EXPECT_EQ(
      testing::golden_difference(EXTPROOF_SOURCE_DIR "/harness/cli/testdata/interpreters_list.txt",
                                 render_interpreters(facts::interpreter_kinds(), k_installed)),
      "");
}

TEST(InterpretersList, the_json_says_the_same) {
  const auto json =
      nlohmann::json::parse(render_interpreters_json(facts::interpreter_kinds(), k_installed));

  EXPECT_EQ(json.at("schema"), facts::schema_versions::k_interpreter);
  const auto& asan = json.at("interpreters")[0];
  EXPECT_EQ(asan.at("kind"), "asan");
  EXPECT_EQ(asan.at("install"), "extproof interpreters install asan");
  ASSERT_EQ(asan.at("installed").size(), 3u);
  EXPECT_EQ(asan.at("installed")[0].at("state"), "verified");
  EXPECT_EQ(asan.at("installed")[0].at("bytes"), 349600000);
  EXPECT_EQ(asan.at("installed")[1].at("state"), "broken");
  EXPECT_EQ(asan.at("installed")[2].at("state"), "building");
  EXPECT_TRUE(json.at("interpreters")[1].at("installed").empty());
}

}  // namespace
}  // namespace extproof::cli
