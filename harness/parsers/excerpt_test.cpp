// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/excerpt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/parsers/text_columns.hpp"

namespace extproof::parsers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SourceSpan on_line(std::size_t line, std::size_t column, std::size_t end) {
  return {.line = line, .column = column, .end_line = line, .end_column = end};
}

TEST(Excerpt, underlines_exactly_what_the_span_covers) {
  EXPECT_THAT(render_excerpt("a = 1\nlanes = [\"asn\"]\n", on_line(2, 10, 15), "no"),
              ElementsAre("2 | lanes = [\"asn\"]", "  |          ^^^^^ no"));
}

TEST(Excerpt, the_carets_stand_right_after_tabs) {
  EXPECT_THAT(render_excerpt("\ta\t= 1\n", on_line(1, 6, 7), ""),
              ElementsAre("1 |     a   = 1", "  |           ^"));
}

TEST(Excerpt, the_carets_stand_right_after_wide_and_combining_characters) {
  EXPECT_THAT(render_excerpt("日e\xCC\x81 = 7\n", on_line(1, 7, 8), ""),
              ElementsAre("1 | 日e\xCC\x81 = 7", "  |       ^"));
}

TEST(Excerpt, what_is_escaped_is_as_wide_as_its_escape) {
  EXPECT_THAT(render_excerpt("\x1b = 7\r\n", on_line(1, 5, 6), ""),
              ElementsAre("1 | \\x1b = 7", "  |        ^"));
}

TEST(Excerpt, a_byte_order_mark_is_no_column) {
  EXPECT_THAT(render_excerpt("\xEF\xBB\xBF"
                             "a = 1",
                             on_line(1, 1, 2), ""),
              ElementsAre("1 | a = 1", "  | ^"));
}

TEST(Excerpt, of_a_long_line_the_part_around_the_span_is_shown) {
  const std::string line = std::string(300, 'x') + "HERE" + std::string(300, 'y');

  const std::vector<std::string> lines = render_excerpt(line, on_line(1, 301, 305), "label");

  ASSERT_EQ(lines.size(), 2U);
  EXPECT_LE(display_columns(lines[0]), 100U);
  EXPECT_EQ(lines[0].substr(0, 8), "1 | …x");
  EXPECT_EQ(lines[1].find('^') + std::string("…").size() - 1, lines[0].find("HERE"));
  EXPECT_EQ(lines[1].substr(lines[1].find('^')), "^^^^ label");
}

TEST(Excerpt, a_span_over_several_lines_is_underlined_to_the_end_of_its_first) {
  EXPECT_THAT(
      render_excerpt("a = [\n1]\n", {.line = 1, .column = 5, .end_line = 2, .end_column = 3}, ""),
      ElementsAre("1 | a = [", "  |     ^"));
}

TEST(Excerpt, a_span_at_the_end_of_the_line_has_one_caret) {
  EXPECT_THAT(render_excerpt("a =\n", on_line(1, 4, 5), ""), ElementsAre("1 | a =", "  |    ^"));
}

TEST(Excerpt, a_line_that_is_not_there_has_no_excerpt) {
  EXPECT_THAT(render_excerpt("a = 1\n", on_line(9, 1, 2), ""), IsEmpty());
  EXPECT_THAT(render_excerpt("", on_line(0, 0, 0), ""), IsEmpty());
}

TEST(Excerpt, the_text_of_a_span_is_cut_by_code_points) {
  EXPECT_EQ(text_of("x = \"é\" # c\n", on_line(1, 5, 8)), "\"é\"");
  EXPECT_EQ(text_of("x = 12", on_line(1, 5, 7)), "12");
  EXPECT_EQ(text_of("x = 12", on_line(1, 50, 70)), "");
  EXPECT_EQ(text_of("x = 12", on_line(3, 1, 2)), "");
}

}  // namespace
}  // namespace extproof::parsers
