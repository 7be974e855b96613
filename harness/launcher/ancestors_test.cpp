// SPDX-License-Identifier: Apache-2.0
#include "harness/launcher/ancestors.hpp"

#include <gtest/gtest.h>

namespace extproof::launcher {
namespace {

using std::string_literals::operator""s;

TEST(Parent, is_read_behind_a_name_that_tries_to_look_like_the_rest) {
  EXPECT_EQ(parse_parent("12 (sh) S 7 12 12 0"), 7);
  EXPECT_EQ(parse_parent("12 (a) S 1 (b) R 8 12"), 8);
  EXPECT_EQ(parse_parent("12 (a\n) S 9 0"), 9);
}

TEST(Parent, of_a_line_that_cannot_be_read_is_none) {
  for (const char* line : {"", "12", ")", ") ", ") S", ") S ", ") S x"}) {
    EXPECT_EQ(parse_parent(line), 0) << line;
  }
}

TEST(Block, gives_the_first_value_of_exactly_that_name) {
  const std::string block = "AB=0\0=\0A=1=2\0A=3\0"s;
  EXPECT_EQ(find_in_block(block, "A"), "1=2");
  EXPECT_EQ(find_in_block(block, "AB"), "0");
  EXPECT_EQ(find_in_block(block, "B"), std::nullopt);
}

TEST(Block, that_was_overwritten_or_cut_off_has_no_value) {
  EXPECT_EQ(find_in_block("", "A"), std::nullopt);
  EXPECT_EQ(find_in_block("A", "A"), std::nullopt);
  EXPECT_EQ(find_in_block(std::string(20, '\0'), "A"), std::nullopt);
  EXPECT_EQ(find_in_block("A=", "A"), "");
}

}  // namespace
}  // namespace extproof::launcher
