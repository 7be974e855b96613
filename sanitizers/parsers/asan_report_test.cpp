// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/asan_report.hpp"

#include <gtest/gtest.h>

#include "sanitizers/parsers/asan_kind.hpp"
#include "sanitizers/parsers/sample_for_test.hpp"

namespace extproof::sanitizers {
namespace {

using facts::StackRole;

struct Row {
  std::string name;  // a sentence; becomes the name of the test
  std::string log;
  std::vector<std::string> expected;
};

std::string first_bytes(const std::string& text, std::size_t count) {
  return text.substr(0, count);
}

const std::string k_header = "==42==ERROR: AddressSanitizer: ";

std::vector<Row> rows() {
  const std::string overflow = sample("asan/clang-19/heap_overflow");
  return {
      {"an_empty_log_has_no_reports", "", {}},
      {"a_quiet_log_has_no_reports", "collected 3 items\n", {}},
      {"a_program_that_prints_the_word_ERROR_has_no_reports",
       "ERROR: could not find asan.toml\n==ERROR: AddressSanitizer\n",
       {}},
      {"a_runtime_that_refuses_to_start_makes_no_report",
       "==7==ASan runtime does not come first in initial library list\n",
       {}},
      {"a_warning_of_the_runtime_is_no_report",
       "==7==WARNING: AddressSanitizer failed to allocate 0x10 bytes\n",
       {}},
      {"an_overflow_is_one_report", overflow, {"heap-buffer-overflow"}},
      {"two_reports_in_a_row_are_two",
       overflow + overflow,
       {"heap-buffer-overflow", "heap-buffer-overflow"}},
      {"two_reports_with_output_between_are_two",
       overflow + "hello\n\nworld\n" + overflow,
       {"heap-buffer-overflow", "heap-buffer-overflow"}},
      {"a_report_cut_off_in_a_frame_is_still_a_report",
       first_bytes(overflow, 400),
       {"heap-buffer-overflow"}},
      {"a_report_cut_off_after_its_first_line_is_still_a_report",
       first_bytes(overflow, overflow.find("\nWRITE") + 1),
       {"heap-buffer-overflow"}},
      {"a_report_without_the_rule_above_it_is_read",
       overflow.substr(overflow.find("==")).substr(66),
       {"heap-buffer-overflow"}},
      {"a_report_in_which_the_program_prints_is_one_report",
       std::string(overflow).insert(overflow.find("    #1"), "test_a.py .....\nF\n"),
       {"heap-buffer-overflow"}},
      {"a_report_cut_by_another_is_read_as_far_as_it_goes",
       first_bytes(overflow, 400) + "\n" + overflow,
       {"heap-buffer-overflow", "heap-buffer-overflow"}},
      {"a_double_free_has_its_kind",
       k_header + "attempting double-free on 0x602 in thread T0:\n",
       {"double-free"}},
      {"an_invalid_free_has_its_kind",
       k_header + "attempting free on address which was not malloc()-ed: 0x1 in thread T0\n",
       {"invalid-free"}},
      {"an_odr_violation_has_its_kind", k_header + "odr-violation (0x55d8):\n", {"odr-violation"}},
      {"a_bus_error_is_a_crash",
       k_header + "BUS on unknown address (pc 0x1 bp 0x2 sp 0x3 T0)\n",
       {"crash[BUS]"}},
      {"a_poisoned_byte_keeps_the_word_of_the_runtime",
       k_header + "use-after-poison on address 0x1\n",
       {"unknown[use-after-poison]"}},
      {"a_failed_check_of_the_runtime_is_a_report",
       "==9==AddressSanitizer: CHECK failed: asan_thread.cpp:369 \"((x)) != (0)\" (0x0, 0x0) "
       "(tid=9)\n"
       "    #0 0x55 in __asan::CheckUnwind() asan_rtl.cpp.o\n",
       {"unknown[check-failed]"}},
      {"a_signal_and_the_error_behind_it_are_one_report",
       "AddressSanitizer:DEADLYSIGNAL\nAddressSanitizer:DEADLYSIGNAL\n"
       "=================================================================\n" +
           k_header + "SEGV on unknown address 0x0 (pc 0x1 bp 0x2 sp 0x3 T0)\n",
       {"crash[SEGV]"}},
      {"a_signal_alone_is_a_crash",
       "AddressSanitizer:DEADLYSIGNAL\nbye\n",
       {"crash[DEADLYSIGNAL]"}},
      {"a_nested_bug_alone_is_a_crash",
       "AddressSanitizer: nested bug in the same thread, aborting.\n",
       {"crash[nested-bug]"}},
      {"a_nested_bug_ends_the_report_that_it_interrupts",
       k_header + "SEGV on unknown address 0x0 (pc 0x1 bp 0x2 sp 0x3 T0)\n" +
           "AddressSanitizer: nested bug in the same thread, aborting.\nbye\n",
       {"crash[SEGV]"}},
      {"leaks_are_not_the_business_of_this_parser", sample("lsan/clang-19/all"), {}},
      {"undefined_behavior_is_not_the_business_of_this_parser",
       sample("ubsan/gcc-12/all_stacks"),
       {}},
      {"an_overflow_before_leaks_is_one_report",
       sample("lsan/gcc-12/overflow_then_leak"),
       {"heap-buffer-overflow"}},
  };
}

class AsanLogRow : public ::testing::TestWithParam<Row> {};

TEST_P(AsanLogRow, gives_the_expected_kinds) {
  const Row& row = GetParam();

  const ParsedLog parsed = parse_asan_log(row.log, "row.txt");

  EXPECT_EQ(kinds(parsed.reports), row.expected) << render(parsed.problems);
  EXPECT_EQ(render(parsed.problems), "");
  EXPECT_TRUE(claims_each_byte_once(parsed, row.log.size()));
}

INSTANTIATE_TEST_SUITE_P(rows, AsanLogRow, ::testing::ValuesIn(rows()),
                         [](const auto& row) { return row.param.name; });

facts::Report only_report(const std::string& log) {
  ParsedLog parsed = parse_asan_log(log, "row.txt");
  EXPECT_EQ(parsed.reports.size(), 1u);
  return parsed.reports.empty() ? facts::Report() : std::move(parsed.reports.front());
}

const facts::Stack* stack_with(const facts::Report& report, StackRole role) {
  for (const facts::Stack& stack : report.stacks) {
    if (stack.role == role)
      return &stack;
  }
  return nullptr;
}

TEST(AsanReport, a_use_after_free_has_the_three_stacks_that_the_runtime_prints) {
  for (const std::string toolchain : {"clang-19", "gcc-12"}) {
    const facts::Report report = only_report(sample("asan/" + toolchain + "/python_stale_bytes"));

    EXPECT_EQ(report.access, facts::Access::read);
    EXPECT_EQ(report.access_size, 1u);
    ASSERT_EQ(report.stacks.size(), 3u);
    EXPECT_EQ(report.stacks[0].role, StackRole::access);
    EXPECT_EQ(report.stacks[0].access, facts::Access::read);
    EXPECT_EQ(report.stacks[1].role, StackRole::free);
    EXPECT_EQ(report.stacks[2].role, StackRole::allocation);
    EXPECT_EQ(report.stacks[0].frames.at(0).function, "stale_bytes");
    EXPECT_EQ(report.stacks[0].frames.at(0).line, 30);
    EXPECT_EQ(report.stacks[1].frames.at(2).function, "stale_bytes");
    EXPECT_FALSE(report.incomplete);
    EXPECT_NE(report.explanation.find("32 bytes inside of 633-byte region"), std::string::npos)
        << report.explanation;
  }
}

TEST(AsanReport, the_headline_has_neither_the_process_nor_the_name_of_the_runtime) {
  const facts::Report report = only_report(k_header + "SEGV on unknown address 0x0 (pc 0x1)\n");

  EXPECT_EQ(report.headline, "SEGV on unknown address 0x0 (pc 0x1)");
}

TEST(AsanReport, threads_are_named_only_when_there_are_several) {
  const facts::Report one = only_report(sample("asan/clang-19/heap_overflow"));
  const facts::Report two = only_report(sample("asan/clang-19/in_thread"));

  EXPECT_EQ(one.stacks.at(0).thread, "");
  EXPECT_EQ(two.stacks.at(0).thread, "T1");
  EXPECT_EQ(two.stacks.at(1).thread, "T0");
  const facts::Stack* creation = stack_with(two, StackRole::other_thread);
  ASSERT_NE(creation, nullptr);
  EXPECT_EQ(creation->thread, "T1");
  EXPECT_EQ(creation->frames.at(1).function, "(anonymous namespace)::in_thread()");
}

TEST(AsanReport, the_function_that_owns_a_stack_block_is_its_allocation) {
  const facts::Report report = only_report(sample("asan/clang-19/stack_overflow_write"));

  const facts::Stack* owner = stack_with(report, StackRole::allocation);
  ASSERT_NE(owner, nullptr);
  ASSERT_EQ(owner->frames.size(), 1u);
  EXPECT_EQ(owner->frames[0].function, "(anonymous namespace)::stack_overflow_write()");
  EXPECT_NE(report.explanation.find("[32, 48) 'buffer'"), std::string::npos) << report.explanation;
}

TEST(AsanReport, the_access_of_a_crash_comes_from_its_signal) {
  EXPECT_EQ(only_report(sample("asan/gcc-12/null_write")).access, facts::Access::write);
  EXPECT_EQ(only_report(sample("asan/clang-19/python_crash")).access, facts::Access::read);
}

TEST(AsanReport, a_negative_size_has_the_kind_of_the_memory_that_it_overruns) {
  const facts::Report report = only_report(sample("asan/clang-19/negative_size"));

  EXPECT_EQ(kind_of(report), "stack-buffer-overflow[negative-size-param]");
}

TEST(AsanReport, a_report_whose_kind_cannot_be_read_is_kept_as_unknown_with_a_problem) {
  const std::string log = "before\n" + k_header + "quantum-overflow on address 0x1\nafter\n";

  const ParsedLog parsed = parse_asan_log(log, "san.42");

  ASSERT_EQ(kinds(parsed.reports), std::vector<std::string>{"unknown[quantum-overflow]"});
  ASSERT_EQ(parsed.problems.size(), 1u);
  EXPECT_EQ(parsed.problems[0].code, "XP2104");
  EXPECT_EQ(parsed.problems[0].offset, 7u);
  EXPECT_NE(parsed.problems[0].message.find("san.42"), std::string::npos);
  EXPECT_TRUE(claims_each_byte_once(parsed, log.size()));
}

TEST(AsanReport, a_hostile_kind_is_escaped_in_the_problem) {
  const ParsedLog parsed = parse_asan_log(k_header + "\x1b[31m\xff\n", "san.42");

  ASSERT_EQ(parsed.problems.size(), 1u);
  EXPECT_EQ(parsed.problems[0].message.find('\x1b'), std::string::npos);
}

TEST(AsanReport, a_report_is_incomplete_until_its_summary) {
  const std::string log = sample("asan/gcc-12/heap_overflow");
  const std::size_t summary_end = log.find('\n', log.find("SUMMARY")) + 1;

  EXPECT_FALSE(only_report(log).incomplete);
  EXPECT_FALSE(only_report(log.substr(0, summary_end)).incomplete);
  EXPECT_TRUE(only_report(log.substr(0, summary_end - 1)).incomplete);
  EXPECT_TRUE(only_report(log.substr(0, log.find("SUMMARY"))).incomplete);
}

TEST(AsanReport, much_output_behind_a_report_that_was_cut_stays_unclaimed) {
  const std::string cut = k_header + "SEGV on unknown address 0x0\n    #0 0x1 in f a.c:1\n";
  std::string output;
  for (int line = 0; line < 200; ++line)
    output += "test_" + std::to_string(line) + " passed\n";

  const ParsedLog parsed = parse_asan_log(cut + output, "row.txt");

  ASSERT_EQ(parsed.unclaimed.size(), 1u);
  EXPECT_EQ(parsed.unclaimed[0].begin, cut.size());
}

TEST(AsanReport, a_failed_leak_check_behind_a_report_is_no_part_of_it) {
  const std::string report =
      k_header + "bad-free\nSUMMARY: AddressSanitizer: bad-free a.c:1 in f\n";
  const std::string failure = "==42==LeakSanitizer has encountered a fatal error.\n";

  const ParsedLog parsed = parse_asan_log(report + failure, "row.txt");

  ASSERT_EQ(parsed.unclaimed.size(), 1u);
  EXPECT_EQ(parsed.unclaimed[0].begin, report.size());
}

TEST(AsanKind, a_kind_is_recognised_as_a_whole_word) {
  EXPECT_TRUE(parse_asan_kind("heap-buffer-overflow on address 0x1").is_known);
  EXPECT_TRUE(parse_asan_kind("stack-overflow on address 0x1").is_known);
  EXPECT_FALSE(parse_asan_kind("heap-buffer-overflows on address 0x1").is_known);
  EXPECT_FALSE(parse_asan_kind("heap-buffer").is_known);
  EXPECT_FALSE(parse_asan_kind("").is_known);
}

TEST(AsanKind, any_function_that_copies_can_have_overlapping_ranges) {
  const AsanKind kind = parse_asan_kind("wcscpy-param-overlap: memory ranges [0x1,0x2)");

  EXPECT_EQ(kind.kind, facts::FindingKind::overlapping_copy);
  EXPECT_EQ(kind.rule, "wcscpy-param-overlap");
}

}  // namespace
}  // namespace extproof::sanitizers
