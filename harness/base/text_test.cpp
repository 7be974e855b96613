// SPDX-License-Identifier: Apache-2.0
#include "harness/base/text.hpp"

#include <gtest/gtest.h>

#include "harness/base/hash.hpp"

namespace extproof::base {
namespace {

TEST(Lines, a_final_newline_starts_no_line_and_carriage_returns_are_dropped) {
  EXPECT_EQ(lines("a\r\nb\n"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(lines("a\n\nb"), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_TRUE(lines("").empty());
}

TEST(Escape, terminal_control_newlines_and_bad_utf8_become_visible) {
  EXPECT_EQ(escape_line("\x1b[31mred\n"), "\\x1b[31mred\\n");
  EXPECT_EQ(escape_line("\xff\xc3("), "\\xff\\xc3(");
  EXPECT_EQ(escape_line("\xc2\x9b"), "\\x9b");
  EXPECT_EQ(escape_line("\xe2\x80\xae"), "\\u{202e}");
}

TEST(Escape, ordinary_letters_of_any_script_stay) {
  EXPECT_EQ(escape_line("grüße 测试 <b>"), "grüße 测试 <b>");
}

TEST(ValidUtf8, surrogates_and_overlong_forms_are_replaced_byte_by_byte) {
  EXPECT_EQ(valid_utf8("a\xed\xa0\x80z"), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");
  EXPECT_EQ(valid_utf8("\xc0\xaf"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(valid_utf8("ü"), "ü");
}

TEST(Closest, a_typing_error_is_recognised_and_another_word_is_not) {
  EXPECT_EQ(closest("asn", {"release", "asan", "ubsan"}), "asan");
  EXPECT_EQ(closest("usban", {"release", "asan", "ubsan"}), "ubsan");
  EXPECT_EQ(closest("valgrind", {"release", "asan", "ubsan"}), std::nullopt);
}

TEST(RenderCommand, words_with_shell_characters_are_quoted) {
  EXPECT_EQ(render_command({"run", "--", "t.py::test[a b]", "it's"}),
            "run -- 't.py::test[a b]' 'it'\\''s'");
}

TEST(ToInteger, only_whole_decimal_numbers_are_numbers) {
  EXPECT_EQ(to_integer("-12"), -12);
  EXPECT_EQ(to_integer("12a"), std::nullopt);
  EXPECT_EQ(to_integer("99999999999999999999"), std::nullopt);
  EXPECT_EQ(to_integer(""), std::nullopt);
}

TEST(Digest, is_the_published_value_for_the_empty_text) {
  // XXH3-128 of no bytes with seed 0, from the specification of xxHash.
  EXPECT_EQ(digest(""), "99aa06d3014798d86001c324468d497f");
}

}  // namespace
}  // namespace extproof::base
