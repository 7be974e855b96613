// SPDX-License-Identifier: Apache-2.0
#include "harness/launcher/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::launcher {
namespace {

using ::testing::UnorderedElementsAre;

struct Row {
  const char* name;
  LaunchFile file;
  std::vector<std::string> before;
  std::vector<std::string> after;
  std::string logs = "";
};

const std::vector<Row> k_rows = {
    {"nothing_to_do_changes_nothing", {}, {"A=1", "odd"}, {"A=1", "odd"}},
    {"set_replaces_every_entry_of_the_name",
     {.changes = {{ChangeKind::set, "A", "two words"}}},
     {"A=1", "AB=2", "A=3"},
     {"A=two words", "AB=2"}},
    {"a_default_yields_to_the_caller",
     {.changes = {{ChangeKind::set_default, "A", "x"}, {ChangeKind::set_default, "B", "y"}}},
     {"A="},
     {"A=", "B=y"}},
    {"unset_removes", {.changes = {{ChangeKind::unset, "A", ""}}}, {"A=1", "AB=1"}, {"AB=1"}},
    {"options_come_after_those_of_the_caller",
     {.changes = {{ChangeKind::option, "O", "a=1"}, {ChangeKind::option, "O", "b=2"}}},
     {"O=a=0"},
     {"O=a=0:a=1:b=2"}},
    {"an_option_stands_alone_when_the_caller_has_none",
     {.changes = {{ChangeKind::option, "O", "a=1"}}},
     {},
     {"O=a=1"}},
    {"a_log_path_is_quoted",
     {.changes = {{ChangeKind::option, "O", "a=1"}, {ChangeKind::log_path, "O", "san"}}},
     {},
     {"O=a=1:log_path=\"/a b:c/san\""},
     "/a b:c"},
    {"a_log_path_with_a_quotation_mark_is_quoted_by_the_other",
     {.changes = {{ChangeKind::log_path, "O", "san"}}},
     {},
     {"O=log_path='/a\"b/san'"},
     "/a\"b"},
    {"without_a_folder_for_logs_there_is_no_log_path",
     {.changes = {{ChangeKind::log_path, "O", "san"}}},
     {"A=1"},
     {"A=1"}},
    {"what_is_scrubbed_is_listed", {.scrub = {"A", "B"}}, {}, {"EXTPROOF_SCRUB=A,B"}},
    {"a_list_of_a_parent_that_scrubs_does_not_hold_for_us", {}, {"EXTPROOF_SCRUB=A"}, {}},
};

class EnvironmentRow : public ::testing::TestWithParam<Row> {};

TEST_P(EnvironmentRow, becomes_as_expected_and_a_second_time_changes_nothing) {
  const Row& row = GetParam();
  Environment environment(row.before);
  std::string problem;
  ASSERT_TRUE(apply(row.file, {}, row.logs, environment, problem)) << problem;
  EXPECT_THAT(environment.entries(), ::testing::UnorderedElementsAreArray(row.after));
  ASSERT_TRUE(apply(row.file, {}, row.logs, environment, problem)) << problem;
  EXPECT_THAT(environment.entries(), ::testing::UnorderedElementsAreArray(row.after));
}

INSTANTIATE_TEST_SUITE_P(rows, EnvironmentRow, ::testing::ValuesIn(k_rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Preload, comes_before_that_of_the_caller_which_is_kept_for_later) {
  Environment environment({"LD_PRELOAD=/theirs.so /other.so"});
  std::string problem;
  ASSERT_TRUE(apply({}, {"/a.so", "/b.so"}, "", environment, problem));
  EXPECT_THAT(environment.entries(),
              UnorderedElementsAre("LD_PRELOAD=/a.so:/b.so:/theirs.so:/other.so",
                                   "EXTPROOF_RESTORE_LD_PRELOAD=/theirs.so:/other.so"));
}

TEST(Preload, is_not_doubled_in_a_child_that_inherited_it) {
  Environment environment({"LD_PRELOAD=/a.so:/b.so:/theirs.so"});
  std::string problem;
  ASSERT_TRUE(apply({}, {"/a.so", "/b.so"}, "", environment, problem));
  EXPECT_THAT(environment.entries(),
              UnorderedElementsAre("LD_PRELOAD=/a.so:/b.so:/theirs.so",
                                   "EXTPROOF_RESTORE_LD_PRELOAD=/theirs.so"));
}

TEST(Preload, leaves_nothing_to_restore_when_the_caller_had_none) {
  Environment environment({"LD_PRELOAD=/a.so", "EXTPROOF_RESTORE_LD_PRELOAD=/old.so"});
  std::string problem;
  ASSERT_TRUE(apply({}, {"/a.so"}, "", environment, problem));
  EXPECT_THAT(environment.entries(), UnorderedElementsAre("LD_PRELOAD=/a.so"));
}

TEST(LogPath, that_cannot_be_quoted_is_a_problem) {
  Environment environment({});
  std::string problem;
  const LaunchFile file = {.changes = {{ChangeKind::log_path, "O", "san"}}};
  EXPECT_FALSE(apply(file, {}, "/a\"b'c", environment, problem));
  EXPECT_EQ(problem, "EXTPROOF_LOGS holds both kinds of quotation marks");
}

}  // namespace
}  // namespace extproof::launcher
