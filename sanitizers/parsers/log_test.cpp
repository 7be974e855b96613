// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/log.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "sanitizers/parsers/sample_for_test.hpp"

namespace extproof::sanitizers {
namespace {

TEST(Log, reports_of_all_runtimes_are_read_in_their_order) {
  const std::string shift = "a.c:12:5: runtime error: shift exponent -1 is negative\n";
  const std::string log = shift + "output\n" + sample("lsan/clang-19/overflow_then_leak") + shift +
                          sample("asan/gcc-12/double_free") + sample("lsan/gcc-12/one");

  const ParsedLog parsed = parse_log(log, "san.42");

  const std::vector<std::string> expected = {
      "undefined-behavior[invalid-shift-exponent]", "heap-buffer-overflow", "leak",
      "undefined-behavior[invalid-shift-exponent]", "double-free",          "leak"};
  EXPECT_EQ(kinds(parsed.reports), expected) << render(parsed.problems);
  ASSERT_EQ(parsed.unclaimed.size(), 1u);
  EXPECT_TRUE(claims_each_byte_once(parsed, log.size()));
}

TEST(Log, the_law_is_broken_by_a_gap_an_overlap_and_an_empty_range) {
  ParsedLog parsed;
  parsed.unclaimed = {{0, 4}, {4, 9}};
  EXPECT_TRUE(claims_each_byte_once(parsed, 9));
  EXPECT_FALSE(claims_each_byte_once(parsed, 10));
  parsed.unclaimed = {{0, 4}, {5, 9}};
  EXPECT_FALSE(claims_each_byte_once(parsed, 9));
  parsed.unclaimed = {{0, 5}, {4, 9}};
  EXPECT_FALSE(claims_each_byte_once(parsed, 9));
  parsed.unclaimed = {{0, 9}, {9, 9}};
  EXPECT_FALSE(claims_each_byte_once(parsed, 9));
}

#ifdef __OPTIMIZE__
constexpr std::size_t k_large = 20'000'000;
#else
constexpr std::size_t k_large = 4'000'000;
#endif

std::string repeated(std::string_view piece) {
  std::string text;
  text.reserve(k_large + piece.size());
  while (text.size() < k_large)
    text += piece;
  return text;
}

// A parser that looks at a byte more than a few times would need minutes. Five seconds are for a
// busy machine; an optimised build needs a fraction of a second for its 20 MB.
class LargeLog : public ::testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(LargeLog, is_read_in_linear_time) {
  const std::string log = repeated(GetParam().second);
  const auto begin = std::chrono::steady_clock::now();

  const ParsedLog parsed = parse_log(log, "san.42");

  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(seconds.count(), 5.0);
  EXPECT_TRUE(claims_each_byte_once(parsed, log.size()));
}

const std::string k_error = "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1\n";

INSTANTIATE_TEST_SUITE_P(
    noise, LargeLog,
    ::testing::Values(
        std::pair("lines_of_output", "tests/test_matrix.py::test_fill[a:b:c] PASSED [ 12%]\n"),
        std::pair("empty_lines", "\n"), std::pair("one_line", "x: (/ #0 0x1 in "),
        std::pair("rules", "================\n"),
        std::pair("frames", "    #0 0x1 in f(int) /a.c:1\n"),
        std::pair("colons", ": runtime error"),
        std::pair("an_error_and_one_long_line", k_error + std::string(1'000'000, '(')),
        std::pair("errors_with_output_between",
                  k_error + std::string(2000, '\n') + std::string(60'000, 'x') + "\noutput\n")),
    [](const auto& row) { return row.param.first; });

}  // namespace
}  // namespace extproof::sanitizers
