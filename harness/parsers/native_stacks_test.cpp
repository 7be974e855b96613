// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/native_stacks.hpp"

#include <gtest/gtest.h>

#include <string>

namespace extproof::parsers {
namespace {

const std::string k_first = "extproof-native 1 pid 42 tid 43 python 0x7f5a2c1fe6c0\n";

TEST(NativeStacks, a_stack_has_its_thread_and_its_frames_from_the_inside) {
  const auto stacks = parse_native_stacks(k_first +
                                          "frame 43 0x8c481 /lib/libc.so.6\n"
                                          "frame 43 0x1249 /a folder/spam.so\n"
                                          "frame 43 0x0 -\n"
                                          "end 43\n");

  ASSERT_EQ(stacks.size(), 1u);
  EXPECT_EQ(stacks[0].pid, 42u);
  EXPECT_EQ(stacks[0].tid, 43u);
  EXPECT_EQ(stacks[0].python, 0x7f5a2c1fe6c0u);
  EXPECT_FALSE(stacks[0].is_cut);
  EXPECT_EQ(stacks[0].frames,
            (std::vector<facts::Frame>{{.module = "/lib/libc.so.6", .offset = 0x8c481},
                                       {.module = "/a folder/spam.so", .offset = 0x1249},
                                       {}}));
}

TEST(NativeStacks, lines_of_threads_that_write_at_once_go_to_their_threads) {
  const auto stacks = parse_native_stacks(k_first +
                                          "extproof-native 1 pid 42 tid 44 python 0x1\n"
                                          "frame 44 0x2 /b\nframe 43 0x1 /a\nframe 44 0x3 /b\n"
                                          "end 43\ncut 44\n");

  ASSERT_EQ(stacks.size(), 2u);
  EXPECT_EQ(stacks[0].frames.size(), 1u);
  EXPECT_FALSE(stacks[0].is_cut);
  EXPECT_EQ(stacks[1].frames.size(), 2u);
  EXPECT_TRUE(stacks[1].is_cut);
}

TEST(NativeStacks, a_thread_that_did_not_come_to_its_end_is_cut) {
  const auto stacks =
      parse_native_stacks(k_first + "frame 43 0x1 /a\nframe 43 0x2 /a/path/that/is/cut o");

  ASSERT_EQ(stacks.size(), 1u);
  EXPECT_EQ(stacks[0].frames.size(), 1u);
  EXPECT_TRUE(stacks[0].is_cut);
}

TEST(NativeStacks, lines_that_are_none_of_ours_are_passed_over) {
  const auto stacks = parse_native_stacks(
      "frame 43 0x1 /nobody\nextproof-native 2 pid 1 tid 2 python 0x3\n" + k_first +
      "frame 43 1 /no-base\nframe 43 0xzz /a\nframe 99 0x1 /a\nhello\n"
      "frame 43 0x5\nframe 43 0xfffffffffffffffff /a\nframe 43 0x6 /c\n"
      "end 43\nframe 43 0x7 /behind-the-end\n");

  ASSERT_EQ(stacks.size(), 1u);
  ASSERT_EQ(stacks[0].frames.size(), 1u);
  EXPECT_EQ(stacks[0].frames[0].module, "/c");
}

TEST(NativeStacks, a_thread_that_answers_twice_has_two_stacks) {
  const std::string once = k_first + "frame 43 0x1 /a\nend 43\n";

  EXPECT_EQ(parse_native_stacks(once + once).size(), 2u);
  EXPECT_TRUE(parse_native_stacks("").empty());
}

}  // namespace
}  // namespace extproof::parsers
