// SPDX-License-Identifier: Apache-2.0
#include "harness/compiler/profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::compiler {
namespace {

using testing::ElementsAre;

const std::string k_head = "extproof-wrapper 1\nlane asan\nfamily clang\ncc /bin/a\ncxx /bin/b\n";

TEST(Profile, every_key_is_read_and_lists_keep_their_order) {
  const auto parsed = parse_profile(
      "extproof-wrapper 1\r\n# words\n\nlane tsan\nfamily gcc\ncc /opt/my gcc/bin/gcc\ncxx /g++\n"
      "ccache /ccache\ncompile -g\ncompile -DX=a b # c\nlink -pthread\nlink-shared -A\n"
      "link-executable -B\ndrop lto\ndrop strip\nmap /a b\t/c\nmap /d\t\ndatabase /x.jsonl");
  const auto* profile = std::get_if<Profile>(&parsed);
  ASSERT_NE(profile, nullptr) << std::get<ProfileError>(parsed).what;
  EXPECT_EQ(profile->lane, "tsan");
  EXPECT_EQ(profile->family, Family::gcc);
  EXPECT_EQ(profile->cc, "/opt/my gcc/bin/gcc");
  EXPECT_EQ(profile->cxx, "/g++");
  EXPECT_EQ(profile->ccache, "/ccache");
  EXPECT_THAT(profile->compile, ElementsAre("-g", "-DX=a b # c"));
  EXPECT_THAT(profile->link, ElementsAre("-pthread"));
  EXPECT_THAT(profile->link_shared, ElementsAre("-A"));
  EXPECT_THAT(profile->link_executable, ElementsAre("-B"));
  EXPECT_EQ(profile->drop.count(), 2U);
  EXPECT_TRUE(profile->drop[static_cast<std::size_t>(FlagGroup::lto)]);
  EXPECT_TRUE(profile->drop[static_cast<std::size_t>(FlagGroup::strip)]);
  ASSERT_EQ(profile->maps.size(), 2U);
  EXPECT_EQ(profile->maps[0].from, "/a b");
  EXPECT_EQ(profile->maps[0].to, "/c");
  EXPECT_EQ(profile->maps[1].to, "");
  EXPECT_EQ(profile->database, "/x.jsonl");
}

struct Row {
  std::string name;  // a sentence; becomes the name of the test
  std::string text;
  std::size_t line;
  std::string what;
};

const std::vector<Row> k_rows = {
    {"an_empty_profile_is_refused", "", 1, R"("" is not "extproof-wrapper 1")"},
    {"another_schema_is_refused", "extproof-wrapper 2\nlane x\n", 1,
     R"("extproof-wrapper 2" is not "extproof-wrapper 1")"},
    {"an_unknown_key_is_refused_with_its_line", k_head + "\ncolour red\n", 7,
     R"("colour" is not a key)"},
    {"a_key_without_a_value_is_refused", k_head + "compile\n", 6, R"("compile" has no value)"},
    {"a_key_with_an_empty_value_is_refused", k_head + "compile \n", 6, R"("compile" has no value)"},
    {"a_second_compiler_is_refused", k_head + "cc /bin/c\n", 6, R"("cc" comes a second time)"},
    {"a_second_family_is_refused", k_head + "family gcc\n", 6, R"("family" comes a second time)"},
    {"an_unknown_family_is_refused", "extproof-wrapper 1\nfamily icc\n", 2,
     R"("icc" is not a family; known: clang, gcc)"},
    {"an_unknown_group_is_refused", k_head + "drop all\n", 6, R"("all" is not a group of flags)"},
    {"a_relative_compiler_is_refused", "extproof-wrapper 1\ncc gcc\n", 2,
     R"("gcc" is not an absolute path)"},
    {"a_map_without_a_tab_is_refused", k_head + "map /a /b\n", 6,
     R"("/a /b" is not two paths with one tab between them)"},
    {"a_missing_lane_is_refused", "extproof-wrapper 1\nfamily gcc\ncc /a\ncxx /b\n", 5,
     R"("lane" is missing)"},
    {"a_missing_compiler_is_refused", "extproof-wrapper 1\nlane x\nfamily gcc\ncc /a\n", 5,
     R"("cxx" is missing)"},
    {"a_missing_family_is_refused", "extproof-wrapper 1\nlane x\ncc /a\ncxx /b\n", 5,
     R"("family" is missing)"},
    {"control_characters_do_not_reach_the_message", k_head + "\x1b[2J x\n", 6,
     R"("\u001b[2J" is not a key)"},
    {"a_zero_byte_is_refused", k_head + "compile -g" + std::string(1, '\0') + "x\n", 6,
     "a zero byte"},
};

class ProfileRow : public testing::TestWithParam<Row> {};

TEST_P(ProfileRow, is_refused_at_its_line) {
  const auto parsed = parse_profile(GetParam().text);
  const auto* error = std::get_if<ProfileError>(&parsed);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->line, GetParam().line);
  EXPECT_EQ(error->what, GetParam().what);
}

INSTANTIATE_TEST_SUITE_P(rows, ProfileRow, testing::ValuesIn(k_rows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace extproof::compiler
