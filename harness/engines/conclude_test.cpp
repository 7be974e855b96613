// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/conclude.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/testing/sample_machine.hpp"

namespace extproof::engines {
namespace {

using facts::ExitCode;
using facts::Finding;
using facts::FindingKind;
using facts::LaneOutcome;
using facts::Owner;
using facts::TestOutcome;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

LaneEnd lane(const std::string& name, LaneOutcome outcome = LaneOutcome::passed) {
  LaneEnd end;
  end.configuration = testing::sample_configuration();
  end.configuration.name = name;
  end.configuration.lane = name.substr(0, name.find('/'));
  end.interpretation.report.name = name;
  end.interpretation.report.outcome = outcome;
  end.interpretation.report.requested = end.configuration.lane != "release";
  return end;
}

LaneEnd refused(const std::string& name, const std::string& code) {
  LaneEnd end = lane(name, LaneOutcome::refused);
  end.interpretation.report.refusals = {{.code = code}};
  return end;
}

LaneEnd with_tests(LaneEnd end, std::vector<std::pair<std::string, TestOutcome>> tests) {
  for (const auto& [id, outcome] : tests) {
    end.interpretation.report.tests.push_back({.id = id, .outcome = outcome, .message = "why"});
    end.interpretation.report.counts.failed += outcome == TestOutcome::failed ? 1 : 0;
    end.interpretation.report.counts.not_run += outcome == TestOutcome::not_run ? 1 : 0;
  }
  return end;
}

Finding finding(const std::string& fingerprint, const std::string& test = "a") {
  Finding made;
  made.kind = FindingKind::heap_buffer_overflow;
  made.fingerprint = fingerprint;
  made.title = fingerprint;
  made.location = {.file = "a.c", .line = 3, .function = "f"};
  made.sightings = {{.lane = "", .test = test}};
  return made;
}

LaneEnd with(LaneEnd end, std::vector<Finding> findings) {
  for (Finding& one : findings) {
    one.sightings[0].lane = end.configuration.name;
    end.interpretation.sightings.push_back({std::move(one)});
  }
  end.interpretation.report.outcome = LaneOutcome::failed;
  return end;
}

LeftOut left_out(const std::string& name, const std::string& code, bool requested) {
  return {.name = name,
          .lane = name,
          .refusal = {.code = code, .headline = "why"},
          .requested = requested};
}

facts::RunReport concluded(const std::vector<LaneEnd>& lanes, const std::vector<LeftOut>& out = {},
                           RunEnd end = RunEnd::complete) {
  return conclude({}, lanes, out, end);
}

int code(const std::vector<LaneEnd>& lanes, const std::vector<LeftOut>& out = {},
         RunEnd end = RunEnd::complete) {
  return static_cast<int>(concluded(lanes, out, end).exit_code);
}

TEST(Conclude, findings_with_one_fingerprint_are_one_with_all_sightings) {
  const auto report =
      concluded({with(lane("asan"), {finding("x", "a"), finding("y"), finding("x", "b")}),
                 with(lane("ubsan"), {finding("x", "c")})});

  ASSERT_EQ(report.findings.size(), 2u);
  EXPECT_EQ(report.findings[0].id, "F1");
  EXPECT_EQ(report.findings[1].id, "F2");
  const auto& sightings = report.findings[0].sightings;
  ASSERT_EQ(sightings.size(), 3u);
  EXPECT_EQ(sightings[0].test, "a");
  EXPECT_EQ(sightings[1].test, "b");
  EXPECT_EQ(sightings[2].lane, "ubsan");
}

TEST(Conclude, findings_of_the_extension_come_first_and_keep_their_order) {
  Finding others = finding("others");
  others.owner = Owner::third_party;

  const auto report = concluded({with(lane("asan"), {others, finding("one"), finding("two")})});

  ASSERT_EQ(report.findings.size(), 3u);
  EXPECT_EQ(report.findings[0].title, "one");
  EXPECT_EQ(report.findings[1].title, "two");
  EXPECT_EQ(report.findings[2].title, "others");
  EXPECT_EQ(report.findings[2].id, "F3");
}

TEST(Conclude, one_family_at_one_place_is_one_group) {
  Finding race = finding("free");
  race.kind = FindingKind::use_after_free;
  Finding same_place = finding("double");
  same_place.kind = FindingKind::double_free;
  Finding elsewhere = finding("elsewhere");
  elsewhere.kind = FindingKind::use_after_free;
  elsewhere.location.line = 4;
  Finding nowhere = finding("nowhere");
  nowhere.location = {};
  Finding nowhere_too = finding("nowhere too");
  nowhere_too.location = {};

  const auto report =
      concluded({with(lane("asan"), {race, race, elsewhere, nowhere, nowhere_too, finding("x")})});

  std::vector<std::string> groups;
  for (const Finding& one : report.findings) {
    groups.push_back(one.group);
  }
  EXPECT_THAT(groups, ElementsAre("D1", "D2", "D3", "D4", "D5"));
  const bool one_family = family_of(race.kind) == family_of(same_place.kind);
  const auto pair = concluded({with(lane("asan"), {race, same_place})});
  EXPECT_EQ(pair.findings[0].group == pair.findings[1].group, one_family);
}

TEST(Conclude, what_may_follow_from_a_finding_names_it) {
  LaneEnd asan = with(lane("asan"), {finding("write"), finding("crash")});
  asan.interpretation.sightings[1].after = "write";

  const auto report = concluded({asan});

  EXPECT_EQ(report.findings[0].after, "");
  EXPECT_EQ(report.findings[1].after, "F1");
  EXPECT_EQ(report.findings[1].severity, "error");
  EXPECT_EQ(report.exit_code, ExitCode::findings);
}

TEST(Conclude, what_was_also_seen_by_itself_follows_from_nothing) {
  LaneEnd asan = with(lane("asan"), {finding("write"), finding("crash")});
  asan.interpretation.sightings[1].after = "write";
  const LaneEnd release = with(lane("release"), {finding("crash")});

  EXPECT_EQ(concluded({asan, release}).findings[1].after, "");
  EXPECT_EQ(concluded({release, asan}).findings[0].after, "");
}

TEST(Conclude, a_test_that_fails_only_in_a_lane_has_the_place_and_the_error_of_its_failure) {
  LaneEnd asan = with_tests(lane("asan", LaneOutcome::failed), {{"t.py::a", TestOutcome::failed}});
  asan.interpretation.failures["t.py::a"] = {.file = "t.py", .line = 8, .error = "E: why"};
  const LaneEnd release = with_tests(lane("release"), {{"t.py::a", TestOutcome::passed}});

  const Finding only = concluded({release, asan}).findings.at(0);

  EXPECT_EQ(only.location.file, "t.py");
  EXPECT_EQ(only.location.line, 8);
  EXPECT_EQ(only.title, "passes in the release build and fails here: E: why");
  EXPECT_EQ(only.hint, "");
}

TEST(Conclude, a_limit_on_memory_has_a_hint_where_the_runtime_reserves_address_space) {
  LaneEnd asan = with_tests(lane("asan", LaneOutcome::failed), {{"t.py::a", TestOutcome::failed}});
  const LaneEnd release = with_tests(lane("release"), {{"t.py::a", TestOutcome::passed}});
  const auto hint = [&](const std::string& error, bool reserves) {
    asan.interpretation.failures["t.py::a"] = {.file = "t.py", .line = 8, .error = error};
    asan.interpretation.reserves_address_space = reserves;
    return concluded({release, asan}).findings.at(0).hint;
  };

  for (const char* error :
       {"MemoryError", "OSError: [Errno 12] Cannot allocate memory",
        "RuntimeError: can't start new thread", "MemoryError: std::bad_alloc",
        "numpy._core._exceptions._ArrayMemoryError: Unable to allocate 8.00 GiB"}) {
    EXPECT_THAT(hint(error, true), ::testing::HasSubstr("RLIMIT_AS")) << error;
    EXPECT_EQ(hint(error, false), "") << error;
  }
  EXPECT_EQ(hint("AssertionError: assert 1 == 2", true), "");
}

TEST(Conclude, a_test_that_fails_only_in_a_lane_is_a_finding) {
  const auto report = concluded(
      {with_tests(lane("release"),
                  {{"t.py::a", TestOutcome::passed}, {"t.py::b", TestOutcome::failed}}),
       with_tests(lane("asan", LaneOutcome::failed), {{"t.py::a", TestOutcome::failed},
                                                      {"t.py::b", TestOutcome::failed},
                                                      {"t.py::c", TestOutcome::failed}})});

  ASSERT_EQ(report.findings.size(), 1u);
  const Finding& only = report.findings[0];
  EXPECT_EQ(only.kind, FindingKind::fails_only_in_lane);
  EXPECT_EQ(only.title, "passes in the release build and fails here: why");
  EXPECT_EQ(only.location.file, "t.py");
  EXPECT_EQ(only.sightings[0].test, "t.py::a");
  EXPECT_THAT(only.again, ElementsAre("extproof", "run", "asan", "--", "t.py::a"));
}

TEST(Conclude, a_test_whose_report_says_why_is_not_told_twice) {
  const auto report = concluded(
      {with_tests(lane("release"), {{"a", TestOutcome::passed}}),
       with(with_tests(lane("asan"), {{"a", TestOutcome::failed}}), {finding("x", "a")})});

  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].kind, FindingKind::heap_buffer_overflow);
}

TEST(Conclude, without_a_baseline_of_the_same_interpreter_nothing_fails_only_in_a_lane) {
  LaneEnd baseline = with_tests(lane("release"), {{"a", TestOutcome::passed}});
  const LaneEnd asan = with_tests(lane("asan", LaneOutcome::failed), {{"a", TestOutcome::failed}});
  baseline.configuration.interpreter.path = "/another/python";

  EXPECT_THAT(concluded({baseline, asan}).findings, IsEmpty());
  EXPECT_THAT(concluded({asan}).findings, IsEmpty());
  EXPECT_EQ(code({baseline, asan}), 1) << "the failed test counts all the same";
}

TEST(Conclude, what_fails_only_in_two_lanes_is_one_finding) {
  const auto failing = [](const std::string& name) {
    return with_tests(lane(name, LaneOutcome::failed), {{"a", TestOutcome::failed}});
  };
  const auto report = concluded({with_tests(lane("release"), {{"a", TestOutcome::passed}}),
                                 failing("asan"), failing("ubsan")});

  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].sightings.size(), 2u);
}

TEST(Conclude, a_refused_lane_adds_nothing_that_fails_only_there) {
  LaneEnd asan = refused("asan", "XP3105");
  asan = with_tests(asan, {{"a", TestOutcome::failed}});

  EXPECT_THAT(concluded({with_tests(lane("release"), {{"a", TestOutcome::passed}}), asan}).findings,
              IsEmpty());
}

TEST(Conclude, modules_are_listed_once) {
  LaneEnd one = lane("asan");
  one.interpretation.report.modules = {"m", "n"};
  LaneEnd two = lane("ubsan");
  two.interpretation.report.modules = {"n", "o"};

  EXPECT_THAT(concluded({one, two}).modules, ElementsAre("m", "n", "o"));
}

TEST(ExitCode, is_zero_only_when_a_requested_lane_judged) {
  EXPECT_EQ(code({lane("release"), lane("asan")}), 0);
  EXPECT_EQ(concluded({lane("asan")}).outcome, "passed");
  EXPECT_EQ(code({lane("release")}), 3) << "the baseline alone was not asked for";
  EXPECT_EQ(code({}), 3);
  EXPECT_EQ(code({lane("asan", LaneOutcome::skipped)}), 3);
}

TEST(ExitCode, a_requested_lane_that_ended_nowhere_is_not_hidden_by_another) {
  EXPECT_EQ(code({lane("asan"), lane("ubsan", LaneOutcome::skipped)}), 3);
}

TEST(ExitCode, tests_that_were_not_run_are_not_passed_over) {
  EXPECT_EQ(code({with_tests(lane("asan", LaneOutcome::failed),
                             {{"a", TestOutcome::passed}, {"b", TestOutcome::not_run}})}),
            3);
}

TEST(ExitCode, findings_and_failures_are_one) {
  EXPECT_EQ(code({with(lane("asan"), {finding("x")})}), 1);
  EXPECT_EQ(code({with_tests(lane("asan", LaneOutcome::failed), {{"a", TestOutcome::failed}})}), 1);
  EXPECT_EQ(code({lane("asan", LaneOutcome::crashed)}), 1);
  EXPECT_EQ(code({lane("asan", LaneOutcome::timed_out)}), 1);
  LaneEnd collection = lane("asan", LaneOutcome::failed);
  collection.interpretation.report.collection_problems = {{.id = "t.py"}};
  EXPECT_EQ(code({collection}), 1);
  LaneEnd baseline = lane("release", LaneOutcome::crashed);
  EXPECT_EQ(code({baseline, lane("asan")}), 1) << "a crash of the baseline is a finding too";
}

TEST(ExitCode, warnings_and_accepted_findings_do_not_count) {
  Finding warning = finding("w");
  warning.severity = "warning";
  Finding accepted = finding("k");
  accepted.state = facts::FindingState::accepted;

  EXPECT_EQ(code({with(lane("asan"), {warning, accepted})}), 0);
}

TEST(ExitCode, a_refused_lane_that_was_requested_shows) {
  EXPECT_EQ(code({lane("asan"), refused("ubsan", "XP3102")}), 3);
  EXPECT_EQ(code({lane("asan")}, {left_out("ubsan", "XP1201", true)}), 4);
  EXPECT_EQ(code({lane("asan"), refused("release", "XP3001")}), 0) << "nobody asked for it";
}

TEST(ExitCode, a_lane_that_was_not_requested_is_merely_listed) {
  const auto report = concluded({lane("asan")}, {left_out("ubsan", "XP1201", false)});

  EXPECT_EQ(report.exit_code, ExitCode::nothing_found);
  ASSERT_EQ(report.lanes.size(), 2u);
  EXPECT_EQ(report.lanes[1].outcome, LaneOutcome::skipped);
  EXPECT_EQ(report.lanes[1].reason, "why");
  EXPECT_EQ(code({}, {left_out("ubsan", "XP1201", false)}), 3);
}

TEST(ExitCode, of_several_the_strongest_is_told) {
  const LaneEnd found = with(lane("asan"), {finding("x")});

  EXPECT_EQ(code({found, refused("ubsan", "XP3102")}), 1) << "findings beat a refusal";
  EXPECT_EQ(code({found}, {left_out("ubsan", "XP1201", true)}), 1);
  EXPECT_EQ(code({lane("asan"), refused("u", "XP3102")}, {left_out("v", "XP1201", true)}), 4);
  EXPECT_EQ(code({found}, {}, RunEnd::interrupted), 130);
}

TEST(ExitCode, a_warning_of_a_refused_lane_adds_nothing) {
  LaneEnd end = refused("asan", "XP3102");
  end.interpretation.report.refusals.push_back(
      {.code = "XP1201", .severity = facts::Severity::warning});

  EXPECT_EQ(code({end}), 3);
}

TEST(ExitCode, the_outcome_says_it_in_a_word) {
  EXPECT_EQ(concluded({with(lane("asan"), {finding("x")})}).outcome, "findings");
  EXPECT_EQ(concluded({}).outcome, "cannot-judge");
  EXPECT_EQ(concluded({lane("asan")}, {}, RunEnd::interrupted).outcome, "interrupted");
  EXPECT_EQ(concluded({lane("asan")}, {}, RunEnd::unfinished).outcome, "unfinished");
}

TEST(Conclude, lanes_that_a_stop_left_without_an_end_say_so) {
  LaneEnd stopped = lane("asan", LaneOutcome::skipped);
  stopped.interpretation.report.reason = "the run ended after 1 of 2 tests";
  for (const RunEnd end : {RunEnd::interrupted, RunEnd::unfinished}) {
    EXPECT_EQ(concluded({stopped}, {}, end).lanes[0].reason,
              "interrupted: the run ended after 1 of 2 tests");
  }
  EXPECT_EQ(concluded({stopped}).lanes[0].reason, "the run ended after 1 of 2 tests");
  EXPECT_EQ(concluded({lane("asan")}, {}, RunEnd::interrupted).lanes[0].reason, "");
  EXPECT_EQ(concluded({}, {left_out("ubsan", "XP1201", false)}, RunEnd::interrupted)
                .lanes[0]
                .reason.find("interrupted"),
            std::string::npos)
      << "it would not have run anyway";
}

}  // namespace
}  // namespace extproof::engines
