// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/hang_verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::engines {
namespace {

using facts::ThreadState;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

ThreadState waits_for(int id, int owner) {
  return {.id = id, .sleeps_in = "futex", .waits_for = owner};
}
ThreadState sleeps(int id, const std::string& call) {
  return {.id = id, .sleeps_in = call};
}
ThreadState asks_for_python(int id) {
  return {.id = id, .wakeups = 190, .sleeps_in = "futex"};
}

TEST(HangVerdict, of_nothing_known_is_nothing) {
  EXPECT_EQ(judge_hang({}).what, "");
  EXPECT_EQ(judge_hang({}).explanation, "");
}

TEST(HangVerdict, of_two_threads_that_wait_for_each_other_is_a_deadlock) {
  const HangVerdict verdict =
      judge_hang({sleeps(1, "futex"), waits_for(2, 3), waits_for(3, 2), waits_for(4, 2)});

  EXPECT_EQ(verdict.rule, "deadlock");
  EXPECT_EQ(verdict.explanation,
            "threads wait for each other:\n"
            "thread 2 waits for a lock of thread 3\n"
            "thread 3 waits for a lock of thread 2\n"
            "thread 1 waits for a lock, a condition or a semaphore\n"
            "thread 4 waits for a lock of thread 2");
}

TEST(HangVerdict, of_a_lock_taken_twice_is_a_deadlock) {
  const HangVerdict verdict = judge_hang({waits_for(1, 1)});

  EXPECT_EQ(verdict.rule, "deadlock");
  EXPECT_THAT(
      verdict.explanation,
      StartsWith("a thread waits for itself:\nthread 1 waits for a lock that it holds itself"));
}

TEST(HangVerdict, of_a_lock_whose_owner_is_gone_is_a_deadlock) {
  const HangVerdict verdict = judge_hang({waits_for(1, 99)});

  EXPECT_EQ(verdict.rule, "deadlock");
  EXPECT_THAT(verdict.explanation, HasSubstr("a fork left it behind"));
}

TEST(HangVerdict, of_a_mutex_against_pythons_lock_is_a_deadlock) {
  const HangVerdict verdict = judge_hang({waits_for(1, 2), asks_for_python(2)});

  EXPECT_EQ(verdict.rule, "deadlock");
  EXPECT_THAT(verdict.explanation, HasSubstr("\nthread 1 waits for a lock of thread 2\n"
                                             "thread 2 waits for Python's own lock"));
}

TEST(HangVerdict, of_a_join_under_pythons_lock_is_a_deadlock) {
  const ThreadState joins = {.id = 1, .sleeps_in = "futex", .joins = 2};

  EXPECT_EQ(judge_hang({joins, asks_for_python(2)}).rule, "deadlock");
  EXPECT_EQ(judge_hang({joins, sleeps(2, "futex")}).rule, "");
}

TEST(HangVerdict, of_pythons_lock_with_two_possible_holders_proves_nothing) {
  const HangVerdict verdict =
      judge_hang({waits_for(1, 3), waits_for(2, 3), asks_for_python(3), sleeps(4, "read")});

  EXPECT_EQ(verdict.rule, "");
  EXPECT_EQ(verdict.what, "every thread waits");
  EXPECT_THAT(verdict.explanation, HasSubstr("thread 3 waits for Python's own lock"));
}

TEST(HangVerdict, of_pythons_lock_held_by_a_thread_at_work_is_no_deadlock) {
  const HangVerdict verdict =
      judge_hang({waits_for(1, 2), asks_for_python(2), {.id = 3, .cpu = 0.9}});

  EXPECT_EQ(verdict.rule, "");
  EXPECT_EQ(verdict.what, "still at work");
}

TEST(HangVerdict, of_a_chain_that_ends_outside_of_the_process_is_no_deadlock) {
  const HangVerdict verdict = judge_hang({waits_for(1, 2), sleeps(2, "read")});

  EXPECT_EQ(verdict.rule, "");
  EXPECT_EQ(verdict.explanation,
            "no thread is at work:\n"
            "thread 1 waits for a lock of thread 2\n"
            "thread 2 waits in read");
}

TEST(HangVerdict, of_a_thread_at_work_is_no_deadlock) {
  const HangVerdict verdict =
      judge_hang({{.id = 1, .name = "py\x1bthon", .cpu = 0.97}, asks_for_python(2)});

  EXPECT_EQ(verdict.rule, "");
  EXPECT_EQ(verdict.what, "still at work");
  EXPECT_THAT(verdict.explanation,
              StartsWith("slow work, or an endless loop:\n"
                         "thread 1 (py\\x1bthon) is at work, with 97 % of a processor\n"));
}

TEST(HangVerdict, of_threads_that_wait_for_others_outside_says_for_what) {
  const HangVerdict verdict = judge_hang({sleeps(1, "read"), sleeps(2, "?")});

  EXPECT_EQ(verdict.what, "every thread waits");
  EXPECT_THAT(verdict.explanation, HasSubstr("\nthread 1 waits in read\n"));
  EXPECT_THAT(verdict.explanation, HasSubstr("thread 2 does what the system hides"));
}

TEST(HangVerdict, of_many_threads_stays_short) {
  std::vector<ThreadState> threads;
  for (int id = 1; id <= 500; ++id) {
    threads.push_back(sleeps(id, "read"));
  }

  const std::string text = judge_hang(threads).explanation;

  EXPECT_THAT(text, HasSubstr("and 468 threads more"));
  EXPECT_THAT(text, Not(HasSubstr("thread 33 ")));
}

}  // namespace
}  // namespace extproof::engines
