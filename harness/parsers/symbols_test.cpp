// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/symbols.hpp"

#include <gtest/gtest.h>

#include <string>

namespace extproof::parsers {
namespace {

using facts::Frame;

TEST(Symbols, calls_that_were_inlined_stand_in_front_of_their_caller) {
  const auto symbols = parse_symbols(
      "0x1131\ninner(int)\n/project/a.cpp:3\nns::outer(int)\n/project/a.cpp:6 (discriminator 2)\n"
      "0x0000000000001200\nother\n/project/b.c:9\n");

  ASSERT_EQ(symbols.size(), 2u);
  EXPECT_EQ(
      symbols.at(0x1131),
      (std::vector<Frame>{{.function = "inner(int)", .file = "/project/a.cpp", .line = 3},
                          {.function = "ns::outer(int)", .file = "/project/a.cpp", .line = 6}}));
  EXPECT_EQ(symbols.at(0x1200),
            (std::vector<Frame>{{.function = "other", .file = "/project/b.c", .line = 9}}));
}

TEST(Symbols, what_is_not_known_is_empty) {
  const auto symbols = parse_symbols(
      "0x1\n??\n??:0\n0x2\npthread_mutex_lock\n??:?\n0x3\nf\n/a/b.c:?\n0x4\n??\n??:0\n");

  ASSERT_EQ(symbols.size(), 2u);
  EXPECT_EQ(symbols.at(2), (std::vector<Frame>{{.function = "pthread_mutex_lock"}}));
  EXPECT_EQ(symbols.at(3), (std::vector<Frame>{{.function = "f"}}));
}

TEST(Symbols, a_text_that_is_cut_off_or_of_something_else_gives_what_is_whole) {
  EXPECT_TRUE(parse_symbols("").empty());
  EXPECT_TRUE(parse_symbols("addr2line: 'x': No such file\nf\n/a.c:1\n").empty());
  EXPECT_TRUE(parse_symbols("0x1\nf\n").empty());
  EXPECT_TRUE(parse_symbols("0x1\nf\n/a.c:1").empty());
  EXPECT_EQ(parse_symbols("0x1\nf\n/a.c:1\n0x2\ng").size(), 1u);
}

}  // namespace
}  // namespace extproof::parsers
