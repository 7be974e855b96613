// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/text_columns.hpp"

#include <gtest/gtest.h>

namespace extproof::parsers {
namespace {

TEST(TextColumns, combining_marks_are_narrow_and_east_asian_characters_wide) {
  EXPECT_EQ(display_columns("abc"), 3U);
  EXPECT_EQ(display_columns("é"), 1U);
  EXPECT_EQ(display_columns("e\xCC\x81"), 1U);
  EXPECT_EQ(display_columns("日本"), 4U);
  EXPECT_EQ(display_columns("🐍"), 2U);
}

TEST(TextColumns, bytes_that_are_not_utf8_are_glyphs_of_one_byte) {
  EXPECT_EQ(first_glyph("\xFFz").bytes, "\xFF");
  EXPECT_EQ(first_glyph("\xE6\x97").bytes, "\xE6");
  EXPECT_EQ(first_glyph("\xE6zz").bytes, "\xE6");
}

TEST(TextColumns, a_cut_text_is_never_wider_than_asked) {
  const std::string text = "a日本e\xCC\x81🐍z";
  for (std::size_t columns = 0; columns < 12; ++columns) {
    EXPECT_LE(display_columns(cut_to_columns(text, columns)), columns) << columns;
  }
  EXPECT_EQ(cut_to_columns(text, 9), text);
  EXPECT_EQ(cut_to_columns(text, 4), "a日…");
  EXPECT_EQ(cut_to_columns(text, 3), "a…");
  EXPECT_EQ(cut_to_columns(text, 0), "");
}

TEST(TextColumns, a_cut_keeps_the_marks_of_the_last_character) {
  EXPECT_EQ(cut_to_columns("e\xCC\x81xyz", 2), "e\xCC\x81…");
}

}  // namespace
}  // namespace extproof::parsers
