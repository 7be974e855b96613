// SPDX-License-Identifier: Apache-2.0
#include "harness/report/markdown_text.hpp"

#include <gtest/gtest.h>

namespace extproof::report {
namespace {

TEST(MarkdownText, code_has_more_backticks_than_its_text) {
  EXPECT_EQ(markdown_code("a<b>*c*"), "`a<b>*c*`");
  EXPECT_EQ(markdown_code("a`b``c"), "```a`b``c```");
  EXPECT_EQ(markdown_code("`a`"), "`` `a` ``");
  EXPECT_EQ(markdown_code(""), "");
}

TEST(MarkdownText, code_stays_in_its_cell_and_line) {
  EXPECT_EQ(markdown_code("a|b\n# c"), "`a\\|b\\n# c`");
}

TEST(MarkdownText, a_block_has_longer_fences_than_its_text) {
  EXPECT_EQ(markdown_block("a\n```\nb\x1b"), "````text\na\n```\nb\\x1b\n````\n");
  EXPECT_EQ(markdown_block("a"), "```text\na\n```\n");
}

}  // namespace
}  // namespace extproof::report
