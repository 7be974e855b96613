// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engines/sightings.hpp"
#include "harness/testing/sample_machine.hpp"

namespace extproof::engines {
namespace {

using facts::Finding;
using facts::Frame;
using facts::Language;
using facts::Stack;
using facts::StackRole;
using facts::ThreadState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const Frame k_lock = {
    .function = "pthread_mutex_lock", .module = "/lib/libc.so.6", .offset = 0x8c481};
const Frame k_call = {.function = "PyObject_Call", .file = "Objects/call.c", .line = 5};

Frame own(const std::string& function, int line) {
  return {.function = function, .file = "/project/src/a.c", .line = line};
}
Frame python(const std::string& function, int line) {
  return {.language = Language::python,
          .function = function,
          .file = "/project/tests/t.py",
          .line = line};
}
ThreadState waits_for(int id, int owner) {
  return {.id = id, .process = 1, .sleeps_in = "futex", .waits_for = owner};
}
ThreadState sleeps(int id) {
  return {.id = id, .process = 1, .sleeps_in = "read"};
}

class HangSighting : public ::testing::Test {
 protected:
  Finding of(const std::vector<HangThread>& threads, SourceLines lines = {},
             facts::Phase phase = facts::Phase::call) const {
    facts::TimedOut end{.seconds = 60, .silent = true};
    for (const HangThread& thread : threads) {
      end.threads.push_back(thread.state);
    }
    const SightingMaker maker(configuration_, ownership_, std::move(lines));
    return maker.of_hang(end, "t.py::a", phase, {threads, {}}, "").finding;
  }

  facts::Configuration configuration_ = testing::sample_configuration();
  Ownership ownership_{paths_of(configuration_), "/project", {}};
};

TEST_F(HangSighting, of_a_deadlock_has_its_place_where_the_thread_of_the_tests_waits) {
  const Finding finding =
      of({{waits_for(1, 2), {k_lock, own("fill(int)", 7), k_call}, {python("test_a", 3)}},
          {waits_for(2, 1), {k_lock, own("drain", 20)}, {}}});

  EXPECT_EQ(finding.rule, "deadlock");
  EXPECT_EQ(finding.location, (facts::Location{.file = "src/a.c", .line = 7, .function = "fill"}));
  EXPECT_THAT(finding.explanation,
              HasSubstr("thread 1 waits for a lock of thread 2, at src/a.c:7 fill\n"
                        "thread 2 waits for a lock of thread 1, at src/a.c:20 drain"));
  ASSERT_THAT(finding.stacks, SizeIs(3));
  EXPECT_EQ(finding.stacks[0].role, StackRole::access);
  EXPECT_EQ(finding.stacks[0].thread, "thread 1");
  EXPECT_EQ(finding.stacks[0].frames[1].file, "src/a.c");
  EXPECT_TRUE(finding.stacks[0].frames[1].own);
  EXPECT_EQ(finding.stacks[1].role, StackRole::python);
  EXPECT_EQ(finding.stacks[1].thread, "thread 1");
  EXPECT_EQ(finding.stacks[2].role, StackRole::other_thread);
  EXPECT_EQ(finding.stacks[2].thread, "thread 2");
}

TEST_F(HangSighting, of_a_deadlock_is_the_same_whichever_thread_came_first) {
  const auto finding = [&](const Frame& second, const Frame& third) {
    return of({{sleeps(1), {}, {python("test_a", 3)}},
               {waits_for(2, 3), {k_lock, second}, {}},
               {waits_for(3, 2), {k_lock, third}, {}}});
  };

  const Finding one = finding(own("fill", 7), own("drain", 20));
  const Finding other = finding(own("drain", 20), own("fill", 7));

  EXPECT_EQ(one.fingerprint, other.fingerprint);
  EXPECT_EQ(one.location, other.location);
}

TEST_F(HangSighting, of_a_deadlock_with_one_thread_in_the_project_is_placed_in_that_one) {
  const Finding finding = of(
      {{waits_for(1, 2), {k_lock, k_call}, {}}, {waits_for(2, 1), {k_lock, own("drain", 20)}, {}}});

  EXPECT_EQ(finding.location.function, "drain");
  EXPECT_EQ(finding.stacks[0].thread, "thread 2");
}

TEST_F(HangSighting, of_a_thread_at_work_is_the_same_wherever_in_its_function_it_is) {
  const auto works = [&](const std::vector<Frame>& frames) {
    ThreadState busy = sleeps(1);
    busy.cpu = 0.9;
    return of(
        {{busy, frames, {python("test_a", 3)}}},
        {{{"/project/src/a.c", 7}, {.text = "a();"}}, {{"/project/src/a.c", 8}, {.text = "b();"}}});
  };

  const Finding in_callee = works({own("step", 30), own("spin", 7), k_call, own("entry", 90)});
  const Finding in_itself = works({own("spin", 8), k_call, own("entry", 90)});

  EXPECT_EQ(in_callee.location.function, "spin");
  EXPECT_EQ(in_callee.fingerprint, in_itself.fingerprint);
  EXPECT_EQ(in_callee.stacks[0].frames.size(), 4u);
  EXPECT_NE(in_callee.fingerprint, works({own("other", 7), k_call}).fingerprint);
}

TEST_F(HangSighting, of_threads_that_all_wait_is_placed_where_the_tests_run) {
  const Finding finding = of(
      {{sleeps(1), {k_lock, k_call}, {python("test_a", 3)}}, {sleeps(2), {own("idle", 50)}, {}}});

  EXPECT_EQ(finding.location.file, "tests/t.py");
  EXPECT_EQ(finding.location.function, "test_a");
  EXPECT_EQ(finding.stacks[0].role, StackRole::access);
}

TEST_F(HangSighting, of_work_outside_of_the_project_is_placed_where_the_tests_run) {
  ThreadState busy = sleeps(2);
  busy.cpu = 0.9;

  const Finding finding = of({{sleeps(1), {k_lock, own("wait", 9), k_call}, {}},
                              {busy, {{.module = "/lib/libother.so", .offset = 1}}, {}}});

  EXPECT_EQ(finding.location.function, "wait");
}

TEST_F(HangSighting, of_a_library_with_relative_files_is_not_placed_in_that_library) {
  Frame futex = k_lock;
  futex.file = "./nptl/lowlevellock.c";
  futex.line = 49;
  Frame entry = own("f", 9);
  entry.module = "/site/spam.so";

  const Finding finding = of({{waits_for(1, 1), {futex, entry}, {}}});

  EXPECT_EQ(finding.location.function, "f");
  EXPECT_FALSE(finding.stacks[0].frames[0].own);
}

TEST_F(HangSighting, of_many_threads_at_one_place_has_one_stack_for_them) {
  std::vector<HangThread> threads = {{sleeps(1), {own("wait", 9)}, {}}};
  for (int id = 2; id <= 200; ++id) {
    threads.push_back({sleeps(id), {k_lock, own("idle", 50)}, {}});
  }

  const Finding finding = of(threads);

  ASSERT_THAT(finding.stacks, SizeIs(2));
  EXPECT_EQ(finding.stacks[1].thread, "thread 2, thread 3, thread 4 and 196 more");
}

TEST_F(HangSighting, of_many_threads_at_many_places_stays_short) {
  std::vector<HangThread> threads;
  for (int id = 1; id <= 200; ++id) {
    threads.push_back({sleeps(id), {own("idle", id)}, {}});
  }

  EXPECT_THAT(of(threads).stacks, SizeIs(24));
}

TEST_F(HangSighting, behind_the_last_test_says_that_the_process_did_not_end) {
  const Finding finding =
      of({{waits_for(1, 1), {k_lock, own("~Cache", 9)}, {}}}, {}, facts::Phase::finish);

  EXPECT_EQ(finding.title, "the process did not end for 60 s: deadlock");
  EXPECT_EQ(finding.location.function, "~Cache");
}

TEST_F(HangSighting, of_generated_code_is_placed_at_its_source) {
  const Finding finding =
      of({{waits_for(1, 1), {k_lock, own("f", 400)}, {}}},
         {{{"/project/src/a.c", 400},
           {.text = "x", .generated = true, .source = "/project/a.pyx", .source_line = 4}}});

  EXPECT_EQ(finding.location.file, "a.pyx");
  EXPECT_EQ(finding.location.line, 4);
  EXPECT_THAT(finding.explanation, HasSubstr("at a.pyx:4 f"));
}

}  // namespace
}  // namespace extproof::engines
