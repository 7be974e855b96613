// SPDX-License-Identifier: Apache-2.0
#include "harness/launcher/launch_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::launcher {
namespace {

using ::testing::ElementsAre;

TEST(LaunchFile, with_every_key_is_read) {
  LaunchFile file;
  std::string problem;
  ASSERT_TRUE(
      parse_launch_file("extproof-launch 1\n"
                        "exec /usr/bin/my python\n"
                        "argv0 self\n"
                        "preload /a b.so\n"
                        "preload /c.so\n"
                        "\n"
                        "set A two words\n"
                        "set EMPTY \n"
                        "default B x=y\n"
                        "unset C\n"
                        "option O a=1:b=2\n"
                        "log-path O san\n"
                        "no-aslr\n"
                        "no-address-space-limit\n"
                        "scrub LD_PRELOAD\n"
                        "scrub O",
                        file, problem))
      << problem;
  EXPECT_EQ(file.program, "/usr/bin/my python");
  EXPECT_TRUE(file.argv0_is_self);
  EXPECT_THAT(file.preload, ElementsAre("/a b.so", "/c.so"));
  ASSERT_EQ(file.changes.size(), 6u);
  EXPECT_EQ(file.changes[0].value, "two words");
  EXPECT_EQ(file.changes[1].name, "EMPTY");
  EXPECT_EQ(file.changes[1].value, "");
  EXPECT_EQ(file.changes[2].kind, ChangeKind::set_default);
  EXPECT_EQ(file.changes[2].value, "x=y");
  EXPECT_EQ(file.changes[3].kind, ChangeKind::unset);
  EXPECT_EQ(file.changes[4].value, "a=1:b=2");
  EXPECT_EQ(file.changes[5].kind, ChangeKind::log_path);
  EXPECT_TRUE(file.fixed_layout);
  EXPECT_TRUE(file.no_address_space_limit);
  EXPECT_THAT(file.scrub, ElementsAre("LD_PRELOAD", "O"));
}

struct Row {
  const char* name;
  const char* text;
  const char* problem;
};

const std::vector<Row> k_rows = {
    {"an_empty_file", "", "line 1: is not \"extproof-launch 1\""},
    {"another_schema", "extproof-launch 2\nexec /a\n", "line 1: is not \"extproof-launch 1\""},
    {"nothing_to_become", "extproof-launch 1\n", "no line with exec"},
    {"a_relative_program", "extproof-launch 1\nexec a\n",
     "line 2: \"exec\" needs one absolute path, once"},
    {"two_programs", "extproof-launch 1\nexec /a\nexec /b\n",
     "line 3: \"exec\" needs one absolute path, once"},
    {"an_unknown_key", "extproof-launch 1\nexec /a\nlimit 3\n", "line 3: \"limit\" is not known"},
    {"a_flag_with_a_value", "extproof-launch 1\nno-aslr 1\n", "line 2: \"no-aslr\" is not known"},
    {"a_wrong_argv0", "extproof-launch 1\nargv0 x\n", "line 2: \"argv0\" is keep or self"},
    {"a_relative_preload", "extproof-launch 1\npreload a.so\n",
     "line 2: \"preload\" needs an absolute path"},
    {"a_variable_with_a_dash", "extproof-launch 1\nset A-B c\n",
     "line 2: \"set\" needs the name of a variable"},
    {"a_scrub_list", "extproof-launch 1\nscrub A,B\n",
     "line 2: \"scrub\" needs the name of a variable"},
    {"unset_with_a_value", "extproof-launch 1\nunset A b\n",
     "line 2: \"unset\" takes one name alone"},
    {"an_empty_option", "extproof-launch 1\noption A\n", "line 2: \"option\" needs a value"},
    {"a_log_path_that_leaves_its_folder", "extproof-launch 1\nlog-path A ../x\n",
     "line 2: \"log-path\" needs the beginning of a file name"},
};

class WrongLaunchFile : public ::testing::TestWithParam<Row> {};

TEST_P(WrongLaunchFile, is_refused_with_its_line) {
  LaunchFile file;
  std::string problem;
  EXPECT_FALSE(parse_launch_file(GetParam().text, file, problem));
  EXPECT_EQ(problem, GetParam().problem);
}

INSTANTIATE_TEST_SUITE_P(rows, WrongLaunchFile, ::testing::ValuesIn(k_rows),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace extproof::launcher
