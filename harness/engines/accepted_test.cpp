// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/accepted.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engines/conclude.hpp"

namespace extproof::engines {
namespace {

using facts::ExitCode;
using facts::FindingState;
using facts::LaneOutcome;
using ::testing::HasSubstr;

facts::Finding overflow(const std::string& print = "aa") {
  facts::Finding finding;
  finding.id = "F1";
  finding.fingerprint = print;
  finding.kind = facts::FindingKind::heap_buffer_overflow;
  finding.title = "write of 1 byte";
  finding.location = {"src/a.c", 31, "fill"};
  finding.sightings = {{.lane = "asan", .test = "t.py::a"}, {.lane = "asan", .test = "t.py::b"}};
  return finding;
}

facts::Accepted entry(const std::string& print = "aa", const std::string& until = "") {
  return {.fingerprint = print,
          .kind = facts::FindingKind::leak,
          .title = "leak of 8 bytes",
          .lanes = {"asan"},
          .acceptance = {"known", "", until}};
}

facts::LaneReport lane(LaneOutcome outcome = LaneOutcome::failed) {
  facts::LaneReport report;
  report.name = "asan";
  report.outcome = outcome;
  return report;
}

facts::RunReport run_with(std::vector<facts::Finding> findings) {
  facts::RunReport run;
  run.lanes = {lane()};
  run.findings = std::move(findings);
  return run;
}

TEST(Accepted, a_finding_with_an_entry_is_accepted_and_says_why) {
  auto run = run_with({overflow("aa"), overflow("bb")});

  take_accepted(run, {{entry("aa")}, "2026-11-21"}, true);

  EXPECT_EQ(run.findings[0].state, FindingState::accepted);
  EXPECT_EQ(run.findings[0].acceptance.reason, "known");
  EXPECT_EQ(run.findings[1].state, FindingState::new_);
  EXPECT_EQ(run.findings.size(), 2u);
}

TEST(Accepted, its_last_day_counts_and_the_day_after_does_not) {
  for (const auto& [today, state] : {std::pair("2026-11-21", FindingState::accepted),
                                     std::pair("2026-11-22", FindingState::new_)}) {
    auto run = run_with({overflow()});
    take_accepted(run, {{entry("aa", "2026-11-21")}, today}, true);
    EXPECT_EQ(run.findings[0].state, state) << today;
    EXPECT_EQ(run.findings[0].hint.empty(), state == FindingState::accepted);
  }
}

TEST(Accepted, an_entry_without_a_finding_is_stale) {
  auto run = run_with({overflow("bb")});

  take_accepted(run, {{entry("aa")}, "2026-11-21"}, true);

  ASSERT_EQ(run.findings.size(), 2u);
  const facts::Finding& stale = run.findings[1];
  EXPECT_EQ(stale.state, FindingState::stale);
  EXPECT_EQ(stale.id, "F2");
  EXPECT_EQ(stale.title, "leak of 8 bytes");
  EXPECT_EQ(stale.severity, "warning");
  EXPECT_TRUE(stale.sightings.empty());
}

TEST(Accepted, what_was_not_looked_for_is_not_stale) {
  const Known known{{entry("aa")}, "2026-11-21"};
  auto part = run_with({});
  take_accepted(part, known, false);
  EXPECT_TRUE(part.findings.empty()) << "a part of the tests";

  auto other_lane = run_with({});
  other_lane.lanes[0].name = "ubsan";
  take_accepted(other_lane, known, true);
  EXPECT_TRUE(other_lane.findings.empty()) << "another lane";

  auto refused = run_with({});
  refused.lanes[0].outcome = LaneOutcome::refused;
  take_accepted(refused, known, true);
  EXPECT_TRUE(refused.findings.empty()) << "a lane that could not judge";

  auto cut_short = run_with({});
  cut_short.lanes[0].counts.not_run = 1;
  take_accepted(cut_short, known, true);
  EXPECT_TRUE(cut_short.findings.empty()) << "tests that were not run";
}

TEST(Accepted, an_entry_is_made_of_what_the_finding_tells) {
  const facts::Accepted made = accept(overflow(), {"why", "url", "2027-01-01"});

  EXPECT_EQ(made.fingerprint, "aa");
  EXPECT_EQ(made.kind, facts::FindingKind::heap_buffer_overflow);
  EXPECT_EQ(made.location.line, 31);
  EXPECT_THAT(made.lanes, ::testing::ElementsAre("asan"));
  EXPECT_EQ(made.acceptance.issue, "url");
}

// A lane with one test that ended as given, and one sighting of it.
LaneEnd lane_end(facts::TestOutcome outcome, LaneOutcome of_lane, const std::string& test) {
  LaneEnd end;
  end.configuration.name = end.configuration.lane = "asan";
  end.interpretation.report = lane(of_lane);
  end.interpretation.report.tests = {{.id = "t.py::a", .outcome = outcome}};
  (outcome == facts::TestOutcome::failed ? end.interpretation.report.counts.failed
                                         : end.interpretation.report.counts.passed) = 1;
  facts::Finding finding = overflow();
  finding.sightings = {{.lane = "asan", .test = test}};
  end.interpretation.sightings = {{.finding = finding}};
  return end;
}

ExitCode code_of(const LaneEnd& end, const Known& known) {
  return conclude({}, {end}, {}, RunEnd::complete, known).exit_code;
}

TEST(Accepted, an_accepted_finding_does_not_fail_the_run) {
  const LaneEnd end = lane_end(facts::TestOutcome::passed, LaneOutcome::failed, "t.py::a");

  EXPECT_EQ(code_of(end, {}), ExitCode::findings);
  EXPECT_EQ(code_of(end, {{entry()}, "2026-11-21"}), ExitCode::nothing_found);
}

TEST(Accepted, a_test_that_an_accepted_crash_ended_does_not_fail_the_run) {
  const Known known{{entry()}, "2026-11-21"};
  const LaneEnd crash = lane_end(facts::TestOutcome::failed, LaneOutcome::crashed, "t.py::a");

  EXPECT_EQ(code_of(crash, {}), ExitCode::findings);
  EXPECT_EQ(code_of(crash, known), ExitCode::nothing_found);
}

TEST(Accepted, a_test_that_fails_for_another_reason_still_fails_the_run) {
  const LaneEnd end = lane_end(facts::TestOutcome::failed, LaneOutcome::failed, "t.py::b");

  EXPECT_EQ(code_of(end, {{entry()}, "2026-11-21"}), ExitCode::findings);
}

TEST(Accepted, a_stale_entry_does_not_fail_the_run) {
  LaneEnd end = lane_end(facts::TestOutcome::passed, LaneOutcome::passed, "t.py::a");
  end.interpretation.sightings.clear();

  const auto run = conclude({}, {end}, {}, RunEnd::complete, {{entry()}, "2026-11-21"});

  EXPECT_EQ(run.exit_code, ExitCode::nothing_found);
  ASSERT_EQ(run.findings.size(), 1u);
}

TEST(Accepted, a_run_of_chosen_tests_finds_nothing_stale) {
  LaneEnd end = lane_end(facts::TestOutcome::passed, LaneOutcome::passed, "t.py::a");
  end.interpretation.sightings.clear();
  end.configuration.pytest_arguments = {"-k", "a"};

  EXPECT_TRUE(
      conclude({}, {end}, {}, RunEnd::complete, {{entry()}, "2026-11-21"}).findings.empty());
}

}  // namespace
}  // namespace extproof::engines
