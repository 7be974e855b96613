// SPDX-License-Identifier: Apache-2.0
//
// How a suite ends otherwise than by its last test.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engines/suite_fixture_for_test.hpp"

namespace extproof::engines {
namespace {

using facts::LaneOutcome;
using ::testing::HasSubstr;

using SuiteEnd = Suite;

TEST_F(SuiteEnd, a_crash_is_a_finding_of_the_test_that_ran_and_the_rest_was_not_run) {
  scene_.events = k_session + item("a") + item("b") + item("c") + phase("a", "call") +
                  test("a", "passed") + phase("b", "call");
  scene_.tests_end = facts::Signalled{11};
  scene_.crash_file =
      "Fatal Python error: Segmentation fault\n\nCurrent thread 0x01 (most recent call first):\n"
      "  File \"/project/tests/t.py\", line 7 in test_b\n";

  const facts::LaneReport report = whole();

  EXPECT_EQ(report.outcome, LaneOutcome::crashed);
  EXPECT_EQ(report.reason, "ended by SIGSEGV");
  EXPECT_EQ(report.counts.passed, 1);
  EXPECT_EQ(report.counts.failed, 1);
  EXPECT_EQ(report.counts.not_run, 1);
  EXPECT_EQ(report.tests[1].outcome, facts::TestOutcome::failed);
  EXPECT_EQ(report.tests[1].message,
            "the process ended during its call, by crash: the process was ended by SIGSEGV "
            "without a sanitizer's report");
  EXPECT_EQ(report.tests[2].outcome, facts::TestOutcome::not_run);
  const auto sightings = interpret().sightings;
  ASSERT_EQ(sightings.size(), 1u);
  EXPECT_EQ(sightings[0].finding.kind, facts::FindingKind::crash);
  EXPECT_EQ(sightings[0].finding.sightings[0].test, "b");
  EXPECT_EQ(sightings[0].finding.location.file, "tests/t.py");
}

TEST_F(SuiteEnd, a_crash_that_the_runtime_reported_is_told_once) {
  scene_.test_log = canary_report("f /project/src/a.c:3:1");
  scene_.events = k_session + item("a") + phase("a", "call");
  scene_.tests_end = facts::Exited{99};

  EXPECT_EQ(whole().outcome, LaneOutcome::crashed);
  ASSERT_EQ(interpret().sightings.size(), 1u);
  EXPECT_EQ(interpret().sightings[0].finding.kind, facts::FindingKind::heap_buffer_overflow);
  EXPECT_EQ(interpret().sightings[0].finding.sightings[0].test, "a");
}

TEST_F(SuiteEnd, a_signal_after_a_report_that_the_process_survived_is_a_crash_after_it) {
  scene_.test_log = canary_report("f /project/src/a.c:3:1");
  scene_.events = k_session + item("a") + item("b") + phase("a", "call");
  scene_.tests_end = facts::Signalled{6};

  EXPECT_EQ(whole().counts.failed, 1);
  const auto sightings = interpret().sightings;
  ASSERT_EQ(sightings.size(), 2u);
  EXPECT_EQ(sightings[0].after, "");
  EXPECT_EQ(sightings[1].finding.kind, facts::FindingKind::crash);
  EXPECT_EQ(sightings[1].after, sightings[0].finding.fingerprint);
}

TEST_F(SuiteEnd, a_crash_without_a_report_is_after_no_report_of_another_process) {
  scene_.test_log = canary_report("f /project/src/a.c:3:1");
  scene_.events = k_session + item("a") + item("b") + phase("a", "call") + test("a", "passed") +
                  phase("b", "call", scene_.test_log.size());
  scene_.events.replace(scene_.events.find("\"pid\":1"), 7, "\"pid\":2");
  scene_.tests_end = facts::Signalled{11};

  whole();
  const auto sightings = interpret().sightings;
  ASSERT_EQ(sightings.size(), 2u);
  EXPECT_EQ(sightings[1].finding.kind, facts::FindingKind::crash);
  EXPECT_EQ(sightings[1].after, "");
}

TEST_F(SuiteEnd, the_failures_and_the_address_space_of_the_lane_are_handed_on) {
  scene_.instrumentation.reserves_address_space = true;
  scene_.events = k_session + item("a") +
                  R"({"event":"test","id":"a","outcome":"failed","duration":0,"message":"why",)"
                  R"("file":"a.py","line":4,"error":"MemoryError"})"
                  "\n" +
                  finish(1);
  whole();

  EXPECT_TRUE(interpret().reserves_address_space);
  ASSERT_EQ(interpret().failures.count("a"), 1u);
  EXPECT_EQ(interpret().failures.at("a").line, 4);
}

TEST_F(SuiteEnd, a_crash_after_the_last_test_is_one_of_the_finalization) {
  scene_.tests_end = facts::Signalled{11};

  EXPECT_EQ(whole().outcome, LaneOutcome::failed);
  ASSERT_EQ(interpret().sightings.size(), 1u);
  EXPECT_EQ(interpret().sightings[0].finding.kind, facts::FindingKind::finalization_crash);
}

TEST_F(SuiteEnd, a_hang_is_a_finding_and_our_own_abort_is_none) {
  scene_.events = k_session + item("a") + phase("a", "call");
  scene_.tests_end = facts::TimedOut{120, true};
  scene_.test_log =
      "AddressSanitizer:DEADLYSIGNAL\n==1==ERROR: AddressSanitizer: ABRT on unknown address "
      "0x000000002a44 (pc 0x7f01 bp 0x7f02 sp 0x7f03 T0)\n    #0 0x7f01 in wait_forever "
      "/project/src/a.c:9:1\n\nSUMMARY: AddressSanitizer: ABRT\n==1==ABORTING\n";

  EXPECT_EQ(whole().outcome, LaneOutcome::timed_out);
  EXPECT_EQ(report().counts.not_run, 0);
  EXPECT_THAT(report().tests[0].message, HasSubstr("hang: no test finished for 120 s"));
  const auto sightings = interpret().sightings;
  ASSERT_EQ(sightings.size(), 1u);
  EXPECT_EQ(sightings[0].finding.kind, facts::FindingKind::hang);
  EXPECT_EQ(sightings[0].finding.location.function, "wait_forever");
  EXPECT_EQ(sightings[0].finding.title, "no test finished for 120 s");
}

TEST_F(SuiteEnd, a_hang_says_what_its_threads_did) {
  scene_.events = k_session + item("a") + phase("a", "call");
  scene_.tests_end = facts::TimedOut{
      120, true, {{.id = 7, .sleeps_in = "futex", .waits_for = 7}, {.id = 8, .sleeps_in = "read"}}};

  EXPECT_EQ(whole().outcome, LaneOutcome::timed_out);
  ASSERT_EQ(interpret().sightings.size(), 1u);
  const facts::Finding finding = interpret().sightings[0].finding;
  EXPECT_EQ(finding.title, "no test finished for 120 s: deadlock");
  EXPECT_EQ(finding.rule, "deadlock");
  EXPECT_THAT(finding.explanation, HasSubstr("thread 7 waits for a lock that it holds itself"));
}

TEST_F(SuiteEnd, a_process_that_does_not_end_behind_its_last_test_hangs) {
  scene_.tests_end = facts::TimedOut{120, true, {{.id = 7, .process = 7, .sleeps_in = "futex"}}};

  EXPECT_EQ(whole().outcome, LaneOutcome::failed);
  ASSERT_EQ(interpret().sightings.size(), 1u);
  const facts::Finding finding = interpret().sightings[0].finding;
  EXPECT_EQ(finding.kind, facts::FindingKind::hang);
  EXPECT_EQ(finding.title, "the process did not end for 120 s: every thread waits");
  EXPECT_EQ(finding.sightings[0].test, "");
  EXPECT_EQ(finding.sightings[0].phase, facts::Phase::finish);
}

// A suite of four tests whose second one crashes, and the process that runs the rest.
class ContinuedSuite : public Suite {
 protected:
  void SetUp() override {
    scene_.events = k_session + item("a") + item("b") + item("c") + item("d") + phase("a", "call") +
                    test("a", "passed") + phase("b", "call");
    scene_.tests_end = facts::Signalled{11};
    scene_.good_until("tests");
  }
  void second(const std::string& events, facts::StepEnd end, const std::string& log = "") {
    facts::StepResult result = scene_.bare("tests-2", std::move(end));
    result.seconds = 2;
    const std::string folder = scene_.paths().layout.logs(7, "asan", 2);
    result.left = {{"events", folder + "/events.jsonl", facts::make_text(events)},
                   {"logs", folder + "/san.2", facts::make_text(log)}};
    scene_.add(std::move(result));
  }
};

TEST_F(ContinuedSuite, the_rest_runs_in_a_further_process_with_logs_of_its_own) {
  const std::vector<facts::Step> steps =
      next_suite(scene_.input(), scene_.instrumentation, scene_.results);

  const facts::Step& step = steps.back();
  EXPECT_EQ(step.id, "asan/tests-2");
  const std::string logs = scene_.paths().layout.logs(7, "asan", 2);
  EXPECT_THAT(step.argv,
              ::testing::IsSupersetOf({logs, logs + "/events.jsonl", std::string("--continue"),
                                       logs + "/continuation.json"}));
  EXPECT_EQ(step.environment.at("EXTPROOF_LOGS"), logs);
  EXPECT_THAT(step.fresh_folders, ::testing::ElementsAre(logs));
  ASSERT_EQ(step.files.size(), 1u);
  EXPECT_EQ(step.files[0].second, R"({"judged":["a","b"],"left_out":[],"schema":1})");
}

TEST_F(ContinuedSuite, its_source_lines_are_read_after_the_last_process) {
  scene_.good_until("preflight");
  facts::StepResult first = scene_.tests();
  first.left[1].text = facts::make_text(canary_report("f /project/src/a.c:3:1"));
  scene_.add(std::move(first));
  EXPECT_THAT(next(), ::testing::Not(::testing::Contains("asan/lines")));

  second(k_session + item("c") + item("d") + test("c", "passed") + test("d", "passed") + finish(0),
         facts::Exited{0});

  EXPECT_THAT(next(), ::testing::Contains("asan/lines"));
  EXPECT_THAT(next(), ::testing::Not(::testing::Contains("asan/tests-3")));
}

TEST_F(ContinuedSuite, every_test_is_judged_and_the_lane_says_what_happened) {
  second(k_session + item("c") + item("d") + test("c", "passed") + test("d", "passed") + finish(0),
         facts::Exited{0});

  const facts::LaneReport lane = report();

  EXPECT_EQ(lane.counts.passed, 3);
  EXPECT_EQ(lane.counts.failed, 1);
  EXPECT_EQ(lane.counts.not_run, 0);
  EXPECT_EQ(lane.outcome, LaneOutcome::crashed);
  EXPECT_EQ(lane.reason, "ended by SIGSEGV; the other tests ran in further processes");
  EXPECT_EQ(lane.test_seconds, 7);
  EXPECT_THAT(lane.blind_spots, ::testing::Contains(HasSubstr("not checked for them")));
  ASSERT_EQ(interpret().sightings.size(), 1u);
}

TEST_F(ContinuedSuite, a_report_of_the_second_process_belongs_to_its_test_and_its_log) {
  const std::string log = canary_report("f /project/src/a.c:3:1");
  second(k_session + item("c") + item("d") + phase("c", "call") + test("c", "passed") +
             R"({"event":"phase","id":"d","phase":"call","edge":"start","t":1,"logs":{"san.2":)" +
             std::to_string(log.size()) + "}}\n" + test("d", "passed") + finish(0),
         facts::Exited{0}, log);

  const auto sightings = interpret().sightings;

  ASSERT_EQ(sightings.size(), 2u);
  const facts::Sighting& seen = sightings[1].finding.sightings[0];
  EXPECT_EQ(seen.test, "c");
  EXPECT_EQ(seen.log, ".extproof/runs/7/asan/logs-2/san.2");
}

TEST_F(ContinuedSuite, a_second_crash_is_a_second_finding_and_the_count_is_told) {
  second(k_session + item("c") + item("d") + phase("c", "call"), facts::Signalled{6});
  EXPECT_THAT(next(), ::testing::Contains("asan/tests-3"));

  const facts::LaneReport lane = report();

  EXPECT_EQ(lane.counts.failed, 2);
  EXPECT_EQ(lane.counts.not_run, 1);
  EXPECT_EQ(lane.reason, "2 processes of the suite ended early (the first: ended by SIGSEGV)");
  EXPECT_EQ(interpret().sightings.size(), 2u);
}

TEST_F(ContinuedSuite, a_module_that_fails_collection_in_each_process_is_told_once) {
  const std::string problem = R"({"event":"collect-error","id":"bad.py","message":"no"})"
                              "\n";
  scene_.events = k_session + problem + item("a") + item("c") + phase("a", "call");
  scene_.add(scene_.tests());
  second(k_session + problem + item("c") + test("c", "passed") + finish(0), facts::Exited{0});

  EXPECT_EQ(report().collection_problems.size(), 1u);
}

TEST_F(ContinuedSuite, a_module_whose_import_crashed_is_a_finding_and_no_collection_problem) {
  scene_.events = k_session + phase("bad.py", "import");
  scene_.add(scene_.tests());
  second(k_session +
             R"({"event":"collect-skip","id":"bad.py","message":"its import ended"})"
             "\n" +
             item("c") + test("c", "passed") + finish(0),
         facts::Exited{0});

  const facts::LaneReport lane = report();

  EXPECT_EQ(lane.counts.passed, 1);
  EXPECT_TRUE(lane.collection_problems.empty());
  ASSERT_EQ(interpret().sightings.size(), 1u);
  EXPECT_EQ(interpret().sightings[0].finding.sightings[0].test, "bad.py");
}

}  // namespace
}  // namespace extproof::engines
