// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/hang_stacks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engines/suite_fixture_for_test.hpp"

namespace extproof::engines {
namespace {

using facts::Frame;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string k_object = "/site/spam.so";
const std::string k_native =
    "extproof-native 1 pid 1 tid 1 python 0xa\nframe 1 0x20 /lib/libc.so.6\n"
    "frame 1 0x10 /site/spam.so\nframe 1 0x0 -\nend 1\n"
    "extproof-native 1 pid 1 tid 2 python 0xb\nframe 2 0x30 /site/spam.so\nend 2\n";
const std::string k_crash =
    "Fatal Python error: Aborted\n\n"
    "Thread 0x000000000000000b (most recent call first):\n  File \"t.py\", line 3 in worker\n\n"
    "Current thread 0x000000000000000a (most recent call first):\n"
    "  File \"t.py\", line 9 in test_a\n\n"
    "Thread 0x000000000000000c (most recent call first):\n  File \"t.py\", line 5 in other\n";

class HangStacks : public Suite {
 protected:
  void SetUp() override {
    scene_.events = k_session + item("a") + phase("a", "call");
    scene_.tests_end =
        facts::TimedOut{120, true, {{.id = 1, .process = 1}, {.id = 2, .process = 1}}};
    scene_.native_file = k_native;
    scene_.crash_file = k_crash;
  }
  engines::HangStacks stacks(const Symbols& symbols = {}) const {
    return hang_stacks(scene_.tests(), symbols);
  }
  std::vector<facts::Step> steps() {
    scene_.good_until("tests");
    return symbol_steps(input_, test_parts(scene_.configuration, scene_.results));
  }

  LaneInput input_ = scene_.input();
};

TEST_F(HangStacks, belong_to_their_threads_native_and_python_ones) {
  const auto found = stacks();

  ASSERT_EQ(found.threads.size(), 2u);
  EXPECT_EQ(
      found.threads[0].native,
      (std::vector<Frame>{
          {.module = "/lib/libc.so.6", .offset = 0x20}, {.module = k_object, .offset = 0x10}, {}}));
  ASSERT_EQ(found.threads[0].python.size(), 1u);
  EXPECT_EQ(found.threads[0].python[0].function, "test_a");
  ASSERT_EQ(found.threads[1].python.size(), 1u);
  EXPECT_EQ(found.threads[1].python[0].function, "worker");
  ASSERT_EQ(found.others.size(), 1u);
  EXPECT_EQ(found.others[0].frames[0].function, "other");
}

TEST_F(HangStacks, of_a_forked_child_take_no_python_from_its_parent) {
  scene_.tests_end = facts::TimedOut{120, true, {{.id = 1, .process = 1}, {.id = 7, .process = 7}}};
  scene_.native_file =
      "extproof-native 1 pid 7 tid 7 python 0xa\nframe 7 0x30 /site/spam.so\nend 7\n" + k_native;

  const auto found = stacks();

  EXPECT_EQ(found.threads[0].python.size(), 1u);
  EXPECT_EQ(found.threads[1].native.size(), 1u);
  EXPECT_THAT(found.threads[1].python, IsEmpty());
}

TEST_F(HangStacks, have_functions_and_lines_where_those_are_known) {
  const auto found = stacks(
      {{k_object, {{0x10, {{.function = "inner", .line = 3}, {.function = "outer", .line = 6}}}}}});

  EXPECT_EQ(
      found.threads[0].native,
      (std::vector<Frame>{{.module = "/lib/libc.so.6", .offset = 0x20},
                          {.function = "inner", .line = 3, .module = k_object, .offset = 0x10},
                          {.function = "outer", .line = 6, .module = k_object, .offset = 0x10},
                          {}}));
  EXPECT_EQ(found.threads[1].native, (std::vector<Frame>{{.module = k_object, .offset = 0x30}}));
}

TEST_F(HangStacks, are_those_of_python_alone_where_no_thread_answered) {
  scene_.native_file.clear();
  scene_.crash_file +=
      "\nCurrent thread's C stack trace (most recent call first):\n"
      "  Binary file \"/site/spam.so\", at f+0x1 [0x2]\n";

  const auto found = stacks();

  EXPECT_THAT(found.threads[0].python, IsEmpty());
  ASSERT_EQ(found.others.size(), 4u);
  EXPECT_EQ(found.others[0].frames[0].function, "test_a");
}

TEST_F(HangStacks, are_none_of_a_process_that_ended_otherwise) {
  scene_.tests_end = facts::Signalled{11};

  EXPECT_THAT(stacks().threads, IsEmpty());
  EXPECT_THAT(stacks().others, IsEmpty());
}

TEST_F(HangStacks, ask_once_for_each_object_and_address) {
  scene_.native_file += "frame 2 0x77 /behind/the/end.so\n" + k_native;

  const auto steps = this->steps();

  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].id, "asan/symbols-1");
  EXPECT_THAT(steps[0].argv,
              ElementsAre("/usr/lib/llvm-19/bin/llvm-symbolizer", "--output-style=GNU", "-a", "-f",
                          "-i", "-C", "-e", "/lib/libc.so.6", "0x20"));
  EXPECT_EQ(steps[1].id, "asan/symbols-2");
  EXPECT_THAT(std::vector(steps[1].argv.end() - 3, steps[1].argv.end()),
              ElementsAre(k_object, "0x10", "0x30"));
  EXPECT_GT(steps[1].limits.seconds, 0);
}

TEST_F(HangStacks, ask_another_tool_where_the_compiler_has_none) {
  input_.configuration.compiler = testing::sample_gcc();
  EXPECT_EQ(steps().front().argv[0], "/usr/lib/llvm-19/bin/llvm-symbolizer");

  input_.toolchain.compilers = {testing::sample_gcc()};
  EXPECT_THAT(steps(), IsEmpty());

  input_.toolchain.tools.push_back({"addr2line", "/usr/bin/addr2line"});
  ASSERT_EQ(steps().size(), 2u);
  EXPECT_EQ(steps().front().argv[0], "/usr/bin/addr2line");
  EXPECT_THAT(steps().front().argv, Not(Contains("--output-style=GNU")));
}

TEST_F(HangStacks, ask_nothing_of_a_process_that_ended_otherwise) {
  scene_.tests_end = facts::Signalled{11};

  EXPECT_THAT(steps(), IsEmpty());
}

TEST_F(HangStacks, hold_the_lines_back_until_every_object_has_been_asked) {
  scene_.good_until("tests");
  scene_.add(scene_.bare("tests-2", facts::Signalled{11}));
  EXPECT_THAT(next(), Contains("asan/symbols-2"));
  EXPECT_THAT(next(), Not(Contains("asan/lines")));

  scene_.add(scene_.bare("symbols-1", facts::Exited{1}));
  EXPECT_THAT(next(), Not(Contains("asan/lines")));

  scene_.add(scene_.bare("symbols-2", facts::Exited{0}, "0x10\nf\n/project/src/a.c:3\n"));
  EXPECT_THAT(next(), Contains("asan/lines"));
}

TEST_F(HangStacks, lead_to_the_place_and_the_line_of_the_finding) {
  scene_.tests_end = facts::TimedOut{
      120,
      true,
      {{.id = 1, .process = 1, .waits_for = 2}, {.id = 2, .process = 1, .waits_for = 1}}};
  scene_.good_until("tests");
  scene_.add(scene_.bare("symbols-2", facts::Exited{0},
                         "0x10\nf(int)\n/project/src/a.c:3\n0x30\ng\n/project/src/a.c:9\n"));
  const auto fingerprint = [&](const std::string& text) {
    scene_.add(scene_.bare("lines", facts::Exited{0},
                           R"({"schema":3,"places":[{"file":"/project/src/a.c","line":3,"text":")" +
                               text + R"(","ordinal":0}]})"));
    return interpret().sightings.at(0).finding.fingerprint;
  };

  const facts::Finding finding = interpret().sightings.at(0).finding;

  EXPECT_EQ(finding.location, (facts::Location{.file = "src/a.c", .line = 3, .function = "f"}));
  EXPECT_NE(fingerprint("lock(a);"), fingerprint("lock(b);"));
}

}  // namespace
}  // namespace extproof::engines
