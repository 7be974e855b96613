// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/seen_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::engines {
namespace {

using facts::Phase;
using facts::PhaseBoundary;
using ::testing::ElementsAre;

// A report of UBSan without a stack is one line.
std::string report(int number) {
  return "src/a.c:" + std::to_string(number) + ":1: runtime error: signed integer overflow: 1 + " +
         std::to_string(number) + " cannot be represented in type 'int'\n";
}

std::string entry(const std::string& when, const std::string& log, std::size_t size,
                  const std::string& function) {
  return "extproof-stack 1 pid 1 tid 1 runtime ubsan when " + when + " log " + log + " size " +
         std::to_string(size) + "\nStack (most recent call first):\n  File \"t.py\", line 3 in " +
         function + "\n";
}

facts::StepResult left(const std::vector<std::pair<std::string, std::string>>& logs,
                       const std::string& stacks = "") {
  facts::StepResult result;
  for (const auto& [name, text] : logs) {
    result.left.push_back({"logs", "/logs/" + name, facts::make_text(text)});
  }
  result.left.push_back({"stacks", "/logs/stacks.1", facts::make_text(stacks)});
  return result;
}

PhaseBoundary boundary(const std::string& test, Phase phase, facts::LogSizes changed) {
  return {.id = test, .phase = phase, .logs = std::move(changed)};
}

// "LOG TEST PHASE PYTHON", for each report.
std::vector<std::string> lines(const facts::StepResult& result,
                               const std::vector<PhaseBoundary>& boundaries) {
  facts::TestEvents events;
  events.boundaries = boundaries;
  std::vector<facts::Problem> problems;
  std::vector<std::string> all;
  for (const SeenReport& seen : see_reports(result, events, problems)) {
    all.push_back(seen.log_name + " " + seen.test + " " + to_string(seen.phase) + " " +
                  (seen.python ? seen.python->frames.at(0).function : "-"));
  }
  EXPECT_TRUE(problems.empty());
  return all;
}

TEST(SeeReports, nothing_left_is_nothing_seen) {
  EXPECT_TRUE(lines({}, {}).empty());
  EXPECT_TRUE(lines(left({{"san.1", ""}}), {}).empty());
}

TEST(SeeReports, a_report_belongs_to_the_phase_during_which_it_began) {
  const std::size_t size = report(1).size();

  EXPECT_THAT(
      lines(left({{"san.1", report(1) + report(2) + report(3)}}),
            {boundary("", Phase::configure, {}), boundary("t.py", Phase::import, {{"san.1", size}}),
             boundary("t.py::a", Phase::setup, {}),
             boundary("t.py::a", Phase::call, {{"san.1", 2 * size}}),
             boundary("t.py::a", Phase::teardown, {})}),
      ElementsAre("san.1  configure -", "san.1 t.py::a setup -", "san.1 t.py::a teardown -"));
}

TEST(SeeReports, sizes_that_did_not_change_are_carried_on) {
  const std::size_t size = report(1).size();

  EXPECT_THAT(lines(left({{"san.1", report(1) + report(2)}}),
                    {boundary("a", Phase::call, {}), boundary("b", Phase::call, {{"san.1", size}}),
                     boundary("c", Phase::call, {}), boundary("d", Phase::call, {})}),
              ElementsAre("san.1 a call -", "san.1 d call -"));
}

TEST(SeeReports, a_forked_process_writes_a_log_of_its_own) {
  const std::size_t size = report(1).size();

  EXPECT_THAT(
      lines(left({{"san.1", report(1)}, {"san.2", report(1) + report(2)}, {"san.3", report(3)}}),
            {boundary("a", Phase::call, {}),
             boundary("b", Phase::call, {{"san.1", size}, {"san.2", size}}),
             boundary("c", Phase::call, {{"san.2", 2 * size}})}),
      ElementsAre("san.1 a call -", "san.2 a call -", "san.2 b call -", "san.3 c call -"));
}

TEST(SeeReports, without_events_nobody_is_named) {
  EXPECT_THAT(lines(left({{"san.1", report(1)}}), {}), ElementsAre("san.1  configure -"));
}

TEST(SeeReports, a_stack_from_before_a_report_is_that_of_the_report_which_begins_there) {
  const std::size_t size = report(1).size();
  const std::string stacks =
      entry("before", "san.1", 0, "first") + entry("before", "san.1", size, "second");

  EXPECT_THAT(lines(left({{"san.1", report(1) + report(2)}}, stacks), {}),
              ElementsAre("san.1  configure first", "san.1  configure second"));
}

TEST(SeeReports, a_stack_from_after_a_report_is_that_of_the_report_which_ends_there) {
  const std::size_t size = report(1).size();
  const std::string stacks =
      entry("after", "san.1", size, "first") + entry("after", "san.1", 2 * size, "second");

  EXPECT_THAT(lines(left({{"san.1", report(1) + report(2)}}, stacks), {}),
              ElementsAre("san.1  configure first", "san.1  configure second"));
}

TEST(SeeReports, a_report_without_a_stack_does_not_take_its_neighbours) {
  const std::size_t size = report(1).size();

  EXPECT_THAT(lines(left({{"san.1", report(1) + report(2) + report(3)}},
                         entry("before", "san.1", size, "second")),
                    {}),
              ElementsAre("san.1  configure -", "san.1  configure second", "san.1  configure -"));
}

TEST(SeeReports, stacks_of_another_log_stay_with_it) {
  const std::string stacks = entry("before", "san.2", 0, "child");

  EXPECT_THAT(lines(left({{"san.1", report(1)}, {"san.2", report(2)}}, stacks), {}),
              ElementsAre("san.1  configure -", "san.2  configure child"));
}

TEST(SeeReports, lines_between_reports_do_not_shift_them) {
  const std::string noise = "what the program prints\n";
  const std::string log = noise + report(1) + noise + report(2);
  const std::size_t second = noise.size() + report(1).size() + noise.size();

  EXPECT_THAT(lines(left({{"san.1", log}}, entry("before", "san.1", second, "second")),
                    {boundary("a", Phase::call, {{"san.1", 1}}),
                     boundary("b", Phase::call, {{"san.1", second - 1}})}),
              ElementsAre("san.1 a call -", "san.1 b call second"));
}

TEST(SeeReports, what_cannot_be_read_is_told) {
  std::vector<facts::Problem> problems;

  see_reports(left({{"san.1", "==1==ERROR: AddressSanitizer: made-up-kind on address 0x1\n"}}), {},
              problems);

  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].code, "XP2104");
}

// LSan's, of one block lost in `function`.
std::string leak(const std::string& function) {
  return "Direct leak of 8 byte(s) in 1 object(s) allocated from:\n    #0 0x1 in " + function +
         " /t/a.c:1:1\n\nObjects leaked above:\n0x602000000010 (8 bytes)\n\n";
}

TEST(SeeReports, a_leak_was_allocated_when_its_blocks_were) {
  const std::string head =
      "\n=================================================================\n"
      "==1==ERROR: LeakSanitizer: detected memory leaks\n\n";
  facts::TestEvents events;
  events.boundaries = {boundary("t.py", Phase::import, {}), boundary("a", Phase::call, {}),
                       boundary("a", Phase::call, {}), boundary("b", Phase::teardown, {}),
                       boundary("", Phase::finish, {})};
  events.leaks = {
      {.log = "san.1", .offset = head.size(), .blocks = {{1, 5}, {2, 1}, {3, 1}}},
      {.log = "san.1", .offset = (head + leak("f")).size(), .blocks = {{0, 1}}},
      {.log = "san.2", .offset = head.size(), .blocks = {{0, 1}}},
  };
  std::vector<facts::Problem> problems;

  const std::vector<SeenReport> seen =
      see_reports(left({{"san.1", head + leak("f") + leak("g") + leak("h") +
                                      "SUMMARY: AddressSanitizer: 24 byte(s) leaked in 3 "
                                      "allocation(s).\n"}}),
                  events, problems);

  ASSERT_EQ(seen.size(), 3u);
  EXPECT_THAT(seen[0].allocated,
              ElementsAre(SuiteMoment{"a", Phase::call}, SuiteMoment{"b", Phase::teardown}));
  EXPECT_THAT(seen[1].allocated, ElementsAre(SuiteMoment{"t.py", Phase::import}));
  EXPECT_TRUE(seen[2].allocated.empty());
  EXPECT_TRUE(problems.empty());
}

}  // namespace
}  // namespace extproof::engines
