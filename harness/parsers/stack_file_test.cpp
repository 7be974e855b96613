// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/stack_file.hpp"

#include <gtest/gtest.h>

namespace extproof::parsers {
namespace {

const std::string k_entry =
    "extproof-stack 1 pid 42 tid 43 runtime asan when after log san.42 size 1021\n";
const std::string k_stack =
    "Stack (most recent call first):\n"
    "  File \"test_matrix.py\", line 31 in test_fill\n"
    "  File \"python.py\", line 157 in call\n";

TEST(StackFile, an_entry_has_the_place_in_the_log_and_the_stack) {
  const StackFile file = parse_stack_file(k_entry + k_stack);

  ASSERT_EQ(file.stacks.size(), 1u);
  const ReportStack& entry = file.stacks[0];
  EXPECT_EQ(entry.pid, 42u);
  EXPECT_EQ(entry.tid, 43u);
  EXPECT_EQ(entry.runtime, "asan");
  EXPECT_EQ(entry.moment, StackMoment::after);
  EXPECT_EQ(entry.log, "san.42");
  EXPECT_EQ(entry.size, 1021u);
  ASSERT_EQ(entry.stack.frames.size(), 2u);
  EXPECT_EQ(entry.stack.frames[0].function, "test_fill");
  EXPECT_EQ(entry.stack.frames[0].line, 31);
  EXPECT_EQ(entry.stack.role, facts::StackRole::python);
}

TEST(StackFile, entries_follow_one_another) {
  const std::string before =
      "extproof-stack 1 pid 42 tid 44 runtime ubsan when before log a log.42 size 0\n";

  const StackFile file = parse_stack_file(k_entry + k_stack + "\n" + before + k_stack);

  ASSERT_EQ(file.stacks.size(), 2u);
  EXPECT_EQ(file.stacks[1].moment, StackMoment::before);
  EXPECT_EQ(file.stacks[1].log, "a log.42");
  EXPECT_EQ(file.stacks[1].stack.frames.size(), 2u);
}

TEST(StackFile, a_thread_that_runs_no_python_has_an_entry_without_frames) {
  const StackFile file = parse_stack_file(k_entry + k_entry + k_stack);

  ASSERT_EQ(file.stacks.size(), 2u);
  EXPECT_TRUE(file.stacks[0].stack.frames.empty());
  EXPECT_EQ(file.stacks[1].stack.frames.size(), 2u);
  EXPECT_TRUE(file.problems.empty());
}

TEST(StackFile, the_c_stack_of_3_14_is_passed_over) {
  const StackFile file =
      parse_stack_file(k_entry +
                       "Current thread's C stack trace (most recent call first):\n"
                       "  Binary file \"/a.so\", at f+0x1 [0x2]\n" +
                       k_stack);

  ASSERT_EQ(file.stacks.size(), 1u);
  ASSERT_EQ(file.stacks[0].stack.frames.size(), 2u);
  EXPECT_EQ(file.stacks[0].stack.frames[0].language, facts::Language::python);
}

TEST(StackFile, an_entry_that_cannot_be_read_is_a_problem_and_takes_its_stack_with_it) {
  const std::string foreign = "extproof-stack 2 pid 42 things\n";

  const StackFile file =
      parse_stack_file(k_entry + k_stack + foreign + k_stack + k_entry + k_stack);

  EXPECT_EQ(file.stacks.size(), 2u);
  EXPECT_EQ(file.stacks[0].stack.frames.size(), 2u);
  ASSERT_EQ(file.problems.size(), 1u);
  EXPECT_EQ(file.problems[0].code, "XP2120");
  EXPECT_EQ(file.problems[0].offset, k_entry.size() + k_stack.size());
}

TEST(StackFile, each_field_has_to_be_there) {
  for (const std::string line :
       {"extproof-stack 1 pid x tid 43 runtime asan when after log san.42 size 1",
        "extproof-stack 1 pid 42 tid 43 runtime msan when after log san.42 size 1",
        "extproof-stack 1 pid 42 tid 43 runtime asan when later log san.42 size 1",
        "extproof-stack 1 pid 42 tid 43 runtime asan when after log san.42",
        "extproof-stack 1 pid 42 tid 43 runtime asan when after log san.42 size 1x",
        "extproof-stack 1 pid 42 tid 43 runtime asan when after log san.42 size -1"}) {
    const StackFile file = parse_stack_file(line + "\n");
    EXPECT_TRUE(file.stacks.empty()) << line;
    EXPECT_EQ(file.problems.size(), 1u) << line;
  }
}

TEST(StackFile, a_cut_end_is_no_problem_and_no_wrong_size) {
  const std::string text = k_entry + k_stack + k_entry + k_stack;
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const StackFile file = parse_stack_file(text.substr(0, size));
    EXPECT_TRUE(file.problems.empty()) << size;
    for (const ReportStack& entry : file.stacks)
      EXPECT_EQ(entry.size, 1021u) << size;
  }
}

}  // namespace
}  // namespace extproof::parsers
