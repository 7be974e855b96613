// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/hang_verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::engines {
namespace {

using facts::ThreadState;
using ::testing::ElementsAre;
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

TEST(HangVerdict, of_a_circle_leaves_out_the_way_that_leads_to_it) {
  const HangVerdict verdict = judge_hang({waits_for(1, 2), waits_for(2, 3), waits_for(3, 2)});

  EXPECT_THAT(verdict.explanation, HasSubstr("each other:\nthread 2 waits"));
  EXPECT_THAT(verdict.about, ElementsAre(2, 3));
}

TEST(HangVerdict, of_a_circle_comes_before_a_lock_whose_owner_is_gone) {
  EXPECT_THAT(judge_hang({waits_for(1, 99), waits_for(2, 2)}).about, ElementsAre(2));
}

TEST(HangVerdict, of_a_thread_that_asks_for_pythons_lock_is_not_that_it_holds_it) {
  ThreadState asks = asks_for_python(2);
  asks.cpu = 0.4;

  EXPECT_THAT(judge_hang({waits_for(1, 2), asks}).about, ElementsAre(1, 2));
}

TEST(HangVerdict, of_a_thread_that_wakes_up_all_the_time_is_not_that_it_asks_for_python) {
  const ThreadState nervous = {.id = 2, .wakeups = 5000, .sleeps_in = "futex"};

  EXPECT_EQ(judge_hang({waits_for(1, 2), nervous}).rule, "");
}

TEST(HangVerdict, of_threads_of_another_process_looks_at_pythons_lock_of_that_one) {
  const auto in = [](int process, ThreadState thread) {
    thread.process = process;
    return thread;
  };

  const HangVerdict verdict =
      judge_hang({in(1, {.id = 1, .cpu = 0.1, .sleeps_in = "wait4"}), in(1, waits_for(2, 3)),
                  in(7, waits_for(7, 8)), in(7, asks_for_python(8))});

  EXPECT_EQ(verdict.rule, "deadlock");
  EXPECT_THAT(verdict.about, ElementsAre(7, 8));
  EXPECT_THAT(verdict.explanation,
              HasSubstr("thread 7 of process 7 waits for a lock of thread 8\n"));
  EXPECT_THAT(verdict.explanation, HasSubstr("\nthread 1 waits in wait4\n"));
}

TEST(HangVerdict, of_a_child_that_is_none_of_ours_proves_no_lock_without_an_owner) {
  ThreadState child = waits_for(7, 99);
  child.process = 7;

  EXPECT_EQ(judge_hang({sleeps(1, "wait4"), child}).rule, "");
  child.stack = facts::StackAnswer::answered;
  EXPECT_EQ(judge_hang({sleeps(1, "wait4"), child}).rule, "deadlock");
}

TEST(HangVerdict, of_threads_says_where_each_of_them_is) {
  const HangVerdict verdict =
      judge_hang({waits_for(1, 1), sleeps(2, "read")}, {.place = {{1, "src/a.cpp:7 f\x1b"}}});

  EXPECT_THAT(verdict.explanation,
              HasSubstr("thread 1 waits for a lock that it holds itself, at src/a.cpp:7 f\\x1b\n"
                        "thread 2 waits in read"));
}

TEST(HangVerdict, of_a_thread_that_keeps_pythons_lock_while_it_waits_names_it) {
  const auto answered = [](ThreadState thread) {
    thread.stack = facts::StackAnswer::answered;
    return thread;
  };
  const std::vector<ThreadState> threads = {
      answered(asks_for_python(1)), answered(sleeps(2, "read")), answered(sleeps(3, "pause"))};

  const HangVerdict verdict = judge_hang(threads, {.outside_python = {3}});

  EXPECT_EQ(verdict.rule, "");
  EXPECT_EQ(verdict.what, "every thread waits");
  EXPECT_THAT(verdict.about, ElementsAre(3));
  EXPECT_THAT(
      verdict.explanation,
      StartsWith("a thread waits and keeps Python's own lock from others:\nthread 3 waits"));
  // Two could keep it; nobody asks for it; or one of them is not known.
  EXPECT_THAT(judge_hang(threads, {.outside_python = {2, 3}}).about, ElementsAre(1));
  EXPECT_THAT(judge_hang({threads[1], threads[2]}, {.outside_python = {3}}).about, ElementsAre(2));
  EXPECT_THAT(
      judge_hang({threads[0], sleeps(2, "read"), threads[2]}, {.outside_python = {3}}).about,
      ElementsAre(1));
}

TEST(HangVerdict, of_a_thread_without_a_native_stack_says_why) {
  ThreadState blocks = sleeps(1, "read");
  blocks.stack = facts::StackAnswer::blocked;
  ThreadState stuck = sleeps(2, "read");
  stuck.stack = facts::StackAnswer::late;

  const std::string text = judge_hang({blocks, stuck}).explanation;

  EXPECT_THAT(text, HasSubstr("thread 1 waits in read; it blocks all signals"));
  EXPECT_THAT(text, HasSubstr("thread 2 waits in read; it did not answer"));
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
