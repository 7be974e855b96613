// SPDX-License-Identifier: Apache-2.0
#include "harness/report/xml_text.hpp"

#include <gtest/gtest.h>

namespace extproof::report {
namespace {

TEST(XmlText, has_no_character_that_xml_lacks) {
  EXPECT_EQ(xml_line(std::string("a\0b\x01\x1b\x7f", 6)), "a\\x00b\\x01\\x1b\\x7f");
  EXPECT_EQ(xml_line("\xff"), "\\xff");
  EXPECT_EQ(xml_line("\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xBF\xBD"),
            "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(xml_line("\xEF\xBF"), "\\xef\\xbf");
  EXPECT_EQ(xml_line("\xF0\x9F\x90\x8D <&>"), "\xF0\x9F\x90\x8D <&>");
}

TEST(XmlText, keeps_the_lines_of_a_longer_text) {
  EXPECT_EQ(xml_line("a\nb"), "a\\nb");
  EXPECT_EQ(xml_lines("a\nb\x02\n"), "a\nb\\x02");
}

}  // namespace
}  // namespace extproof::report
