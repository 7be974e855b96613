// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/ubsan_report.hpp"

#include <gtest/gtest.h>

#include "sanitizers/parsers/sample_for_test.hpp"

namespace extproof::sanitizers {
namespace {

struct Row {
  std::string name;
  std::string log;
  std::vector<std::string> expected;
};

const std::string k_shift =
    "a.c:12:5: runtime error: shift exponent 40 is too large for 32-bit type 'int'\n";
const std::string k_kind = "undefined-behavior[invalid-shift-exponent]";

const std::vector<Row> k_rows = {
    {"a_quiet_log_has_no_reports", "collected 3 items\n", {}},
    {"a_program_that_prints_runtime_error_has_no_reports",
     "Fortran runtime error: index\nmodule: runtime error: no\n: runtime error: no\n",
     {}},
    {"one_line_is_a_report", k_shift, {k_kind}},
    {"a_line_without_column_is_a_report",
     "a.c:12: runtime error: shift exponent -1 is negative\n",
     {k_kind}},
    {"a_line_without_source_is_a_report",
     "/lib/mod.so+0x12: runtime error: shift exponent -1 is negative\n"
     "<unknown>: runtime error: shift exponent -1 is negative\n",
     {k_kind, k_kind}},
    {"two_lines_in_a_row_are_two_reports", k_shift + k_shift, {k_kind, k_kind}},
    {"a_cut_line_is_a_report", k_shift.substr(0, 34), {"undefined-behavior[undefined-behavior]"}},
    {"a_general_summary_leaves_the_rule_of_the_message",
     k_shift + "SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior a.c:12:5 \n",
     {k_kind}},
    {"a_summary_names_the_rule_of_a_message_that_is_not_known",
     "a.c:1:2: runtime error: something new\n"
     "SUMMARY: UndefinedBehaviorSanitizer: new-rule a.c:1:2 in \n",
     {"undefined-behavior[new-rule]"}},
    {"a_summary_of_gcc_that_takes_a_bool_for_an_enumeration_is_not_believed",
     "a.c:1:2: runtime error: load of value 3, which is not a valid value for type '_Bool'\n"
     "SUMMARY: UndefinedBehaviorSanitizer: invalid-enum-load a.c:1:2 in \n",
     {"undefined-behavior[invalid-bool-load]"}},
    {"a_summary_that_was_cut_names_nothing",
     k_shift + "SUMMARY: UndefinedBehaviorSanitizer: invalid-sh",
     {k_kind}},
    {"a_signal_that_this_runtime_catches_is_a_crash",
     "==7==ERROR: UndefinedBehaviorSanitizer: FPE on unknown address 0x1 (pc 0x1 bp 0x2 sp 0x3 "
     "T7)\n"
     "    #0 0x1 in f a.c:1:2\n\nUndefinedBehaviorSanitizer can not provide additional info.\n"
     "SUMMARY: UndefinedBehaviorSanitizer: FPE a.c:1:2 in f\n==7==ABORTING\n",
     {"crash[FPE]"}},
    {"overflows_of_memory_are_not_the_business_of_this_parser",
     sample("asan/clang-19/heap_overflow"),
     {}},
};

class UbsanLogRow : public ::testing::TestWithParam<Row> {};

TEST_P(UbsanLogRow, gives_the_expected_kinds) {
  const Row& row = GetParam();

  const ParsedLog parsed = parse_ubsan_log(row.log, "row.txt");

  EXPECT_EQ(kinds(parsed.reports), row.expected) << render(parsed.problems);
  EXPECT_TRUE(claims_each_byte_once(parsed, row.log.size()));
}

INSTANTIATE_TEST_SUITE_P(rows, UbsanLogRow, ::testing::ValuesIn(k_rows),
                         [](const auto& row) { return row.param.name; });

facts::Report only_report(const std::string& log) {
  ParsedLog parsed = parse_ubsan_log(log, "row.txt");
  EXPECT_EQ(parsed.reports.size(), 1u);
  return parsed.reports.empty() ? facts::Report() : std::move(parsed.reports.front());
}

TEST(UbsanReport, the_place_is_the_one_that_stands_before_the_message) {
  const facts::Report report = only_report("/a dir:1/b c.c" + k_shift.substr(3));

  ASSERT_TRUE(report.where.has_value());
  EXPECT_EQ(report.where->file, "/a dir:1/b c.c");
  EXPECT_EQ(report.where->line, 12);
  EXPECT_EQ(report.where->column, 5);
  EXPECT_EQ(report.headline, "shift exponent 40 is too large for 32-bit type 'int'");
}

TEST(UbsanReport, a_place_without_source_is_a_module_and_an_offset) {
  const facts::Report report =
      only_report("/lib/mod.so+0x1f: runtime error: shift exponent -1 is negative\n");

  EXPECT_EQ(report.where->module, "/lib/mod.so");
  EXPECT_EQ(report.where->offset, 0x1fu);
  EXPECT_EQ(report.where->file, "");
}

TEST(UbsanReport, the_memory_and_the_stack_below_a_message_belong_to_it) {
  const std::string log = sample("ubsan/gcc-12/types");
  const ParsedLog parsed = parse_ubsan_log(log, "log");

  EXPECT_TRUE(parsed.unclaimed.empty());
  for (const facts::Report& report : parsed.reports) {
    ASSERT_EQ(report.stacks.size(), 1u) << report.headline;
    EXPECT_FALSE(report.incomplete);
    if (report.rule != "dynamic-type-mismatch")
      continue;
    EXPECT_FALSE(report.explanation.empty());
  }
}

TEST(UbsanReport, output_right_behind_a_report_stays_unclaimed) {
  const ParsedLog parsed = parse_ubsan_log(k_shift + "hello\n", "log");

  ASSERT_EQ(parsed.unclaimed.size(), 1u);
  EXPECT_EQ(parsed.unclaimed[0].begin, k_shift.size());
}

TEST(UbsanReport, loads_are_reads_and_stores_are_writes) {
  EXPECT_EQ(only_report("a.c:1:2: runtime error: load of null pointer of type 'int'\n").access,
            facts::Access::read);
  EXPECT_EQ(only_report("a.c:1:2: runtime error: store to null pointer of type 'int'\n").access,
            facts::Access::write);
  EXPECT_EQ(only_report(k_shift).access, facts::Access::none);
}

TEST(UbsanReport, both_toolchains_give_one_mistake_the_same_rule_and_line) {
  const ParsedLog clang = parse_ubsan_log(sample("ubsan/clang-19/python_wrap_and_shift"), "clang");
  const ParsedLog gcc = parse_ubsan_log(sample("ubsan/gcc-12/python_wrap_and_shift"), "gcc");

  ASSERT_EQ(kinds(clang.reports), kinds(gcc.reports));
  ASSERT_EQ(clang.reports.size(), 2u);
  for (std::size_t index = 0; index < 2; ++index) {
    EXPECT_EQ(clang.reports[index].where->line, gcc.reports[index].where->line);
    EXPECT_EQ(clang.reports[index].stacks.at(0).frames.at(0).function,
              gcc.reports[index].stacks.at(0).frames.at(0).function);
  }
}

}  // namespace
}  // namespace extproof::sanitizers
