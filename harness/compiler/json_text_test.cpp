// SPDX-License-Identifier: Apache-2.0
#include "harness/compiler/json_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace extproof::compiler {
namespace {

std::string json(std::string_view bytes) {
  std::string text;
  append_json_string(text, bytes);
  return text;
}

TEST(JsonText, quotes_backslashes_and_control_characters_are_escaped) {
  EXPECT_EQ(json("a\"b\\c\n\x1b\x7f"), R"("a\"b\\c\u000a\u001b\u007f")");
  EXPECT_EQ(json(std::string_view("\0", 1)), R"("\u0000")");
}

TEST(JsonText, utf8_stays_as_it_is) {
  EXPECT_EQ(json("é € \xf0\x9f\x90\x8d"), "\"é € \xf0\x9f\x90\x8d\"");
}

TEST(JsonText, what_is_not_utf8_becomes_the_replacement_character) {
  const std::string replaced = "\xef\xbf\xbd";
  EXPECT_EQ(json("a\xff"
                 "b"),
            "\"a" + replaced + "b\"");
  EXPECT_EQ(json("\xe2\x82"), "\"" + replaced + replaced + "\"") << "cut off";
  EXPECT_EQ(json("\xc0\xaf"), "\"" + replaced + replaced + "\"") << "overlong";
  EXPECT_EQ(json("\xed\xa0\x80"), "\"" + replaced + replaced + replaced + "\"") << "surrogate";
  EXPECT_EQ(json("\xf4\x90\x80\x80"), "\"" + replaced + replaced + replaced + replaced + "\"")
      << "too large";
}

}  // namespace
}  // namespace extproof::compiler
