// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/lsan_report.hpp"

#include <gtest/gtest.h>

#include "sanitizers/parsers/sample_for_test.hpp"

namespace extproof::sanitizers {
namespace {

const std::string k_first_lines =
    "\n=================================================================\n"
    "==42==ERROR: LeakSanitizer: detected memory leaks\n\n";
const std::string k_block =
    "Direct leak of 40 byte(s) in 2 object(s) allocated from:\n"
    "    #0 0x1 in malloc (/lib/libasan.so+0x1)\n"
    "    #1 0x2 in make_row /project/src/a.c:12:3\n\n";
const std::string k_summary = "SUMMARY: AddressSanitizer: 40 byte(s) leaked in 2 allocation(s).\n";

std::string text_of(const std::string& log, base::ByteRange range) {
  return log.substr(range.begin, range.size());
}

TEST(LsanLog, each_block_is_one_report) {
  for (const std::string toolchain : {"clang-19", "gcc-12"}) {
    const ParsedLog parsed = parse_lsan_log(sample("lsan/" + toolchain + "/all"), "log");

    std::uint64_t bytes = 0;
    std::uint64_t objects = 0;
    for (const facts::Report& report : parsed.reports) {
      EXPECT_EQ(report.kind, facts::FindingKind::leak);
      EXPECT_FALSE(report.incomplete);
      ASSERT_EQ(report.stacks.size(), 1u);
      EXPECT_EQ(report.stacks[0].role, facts::StackRole::allocation);
      bytes += report.leaked_bytes;
      objects += report.leaked_objects;
    }
    EXPECT_EQ(bytes, 4765u);
    EXPECT_EQ(objects, 7u);
    EXPECT_TRUE(parsed.problems.empty()) << render(parsed.problems);
  }
}

TEST(LsanLog, a_block_that_another_one_holds_is_indirect) {
  const ParsedLog parsed = parse_lsan_log(sample("lsan/clang-19/chain"), "log");

  ASSERT_EQ(parsed.reports.size(), 3u);
  EXPECT_FALSE(parsed.reports[0].indirect);
  EXPECT_TRUE(parsed.reports[1].indirect);
  EXPECT_TRUE(parsed.reports[2].indirect);
  EXPECT_EQ(parsed.reports[1].headline, "Indirect leak of 48 byte(s) in 1 object(s)");
}

TEST(LsanLog, the_first_lines_belong_to_the_first_leak_and_the_summary_to_the_last) {
  const std::string log = k_first_lines + k_block + k_block + k_summary;

  const ParsedLog parsed = parse_lsan_log(log, "log");

  ASSERT_EQ(parsed.reports.size(), 2u);
  EXPECT_EQ(text_of(log, parsed.reports[0].bytes), k_first_lines + k_block);
  EXPECT_EQ(text_of(log, parsed.reports[1].bytes), k_block + k_summary);
  EXPECT_EQ(parsed.reports[0].leaked_bytes, 40u);
  EXPECT_EQ(parsed.reports[0].leaked_objects, 2u);
  EXPECT_EQ(parsed.reports[0].stacks.at(0).frames.at(1).function, "make_row");
}

TEST(LsanLog, only_the_last_leak_of_a_log_that_was_cut_is_incomplete) {
  const ParsedLog parsed = parse_lsan_log(k_first_lines + k_block + k_block, "log");

  ASSERT_EQ(parsed.reports.size(), 2u);
  EXPECT_FALSE(parsed.reports[0].incomplete);
  EXPECT_TRUE(parsed.reports[1].incomplete);
}

TEST(LsanLog, a_log_cut_before_the_first_block_still_tells_of_a_leak) {
  const ParsedLog parsed = parse_lsan_log(k_first_lines, "log");

  ASSERT_EQ(kinds(parsed.reports), std::vector<std::string>{"leak"});
  EXPECT_TRUE(parsed.reports[0].incomplete);
  EXPECT_EQ(parsed.reports[0].leaked_bytes, 0u);
}

TEST(LsanLog, suppressions_that_matched_are_a_part_of_the_last_leak) {
  const std::string table =
      "-----------------------------------------------------\n"
      "Suppressions used:\n"
      "  count      bytes template\n"
      "      1        700 PyBytes_FromStringAndSize\n"
      "-----------------------------------------------------\n\n";
  const std::string log = k_first_lines + k_block + table + k_summary;

  const ParsedLog parsed = parse_lsan_log(log, "log");

  ASSERT_EQ(parsed.reports.size(), 1u);
  EXPECT_EQ(parsed.reports[0].bytes, (base::ByteRange{0, log.size()}));
  EXPECT_FALSE(parsed.reports[0].incomplete);
}

TEST(LsanLog, two_checks_of_one_process_are_read_both) {
  const std::string log =
      k_first_lines + k_block + k_summary + "between\n" + k_first_lines + k_block + k_summary;

  const ParsedLog parsed = parse_lsan_log(log, "log");

  EXPECT_EQ(parsed.reports.size(), 2u);
  ASSERT_EQ(parsed.unclaimed.size(), 1u);
  EXPECT_EQ(text_of(log, parsed.unclaimed[0]), "between\n");
}

TEST(LsanLog, a_failed_checker_is_a_problem_and_no_report) {
  for (const std::string toolchain : {"clang-19", "gcc-12"}) {
    const std::string log = sample("lsan/" + toolchain + "/under_ptrace");

    const ParsedLog parsed = parse_lsan_log(log, "san.42");

    EXPECT_TRUE(parsed.reports.empty());
    ASSERT_EQ(parsed.problems.size(), 1u);
    EXPECT_EQ(parsed.problems[0].code, "XP2110");
    EXPECT_EQ(parsed.problems[0].offset, 0u);
    EXPECT_TRUE(claims_each_byte_once(parsed, log.size()));
  }
}

TEST(LsanLog, a_number_that_does_not_fit_makes_no_leak_line) {
  const std::string log =
      "Direct leak of 99999999999999999999999 byte(s) in 1 object(s) allocated from:\n";

  const ParsedLog parsed = parse_lsan_log(log, "log");

  EXPECT_TRUE(parsed.reports.empty());
  EXPECT_TRUE(claims_each_byte_once(parsed, log.size()));
}

}  // namespace
}  // namespace extproof::sanitizers
