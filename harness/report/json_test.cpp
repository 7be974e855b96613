// SPDX-License-Identifier: Apache-2.0
#include "harness/report/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/testing/golden.hpp"
#include "harness/testing/sample_runs.hpp"

namespace extproof::report {
namespace {

using Json = nlohmann::json;

std::string golden(const std::string& name) {
  return EXTPROOF_SOURCE_DIR "/harness/report/testdata/" + name + ".txt";
}

class JsonOf : public ::testing::TestWithParam<testing::NamedRun> {};

TEST_P(JsonOf, is_the_accepted_text) {
  EXPECT_EQ(testing::golden_difference(golden("json_" + std::string(GetParam().name)),
                                       render_json(GetParam().report)),
            "");
}

TEST_P(JsonOf, is_utf_8_and_reads_back) {
  const std::string text = render_json(GetParam().report);
  EXPECT_EQ(base::valid_utf8(text), text);
  const Json json = Json::parse(text);
  EXPECT_EQ(json.at("number"), GetParam().report.number);
  EXPECT_EQ(json.at("lanes").size(), GetParam().report.lanes.size());
  EXPECT_EQ(json.at("findings").size(), GetParam().report.findings.size());
}

INSTANTIATE_TEST_SUITE_P(samples, JsonOf, ::testing::ValuesIn(testing::sample_runs()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RunAsJson, has_the_keys_that_other_programs_rely_on) {
  const Json run = Json::parse(render_json(testing::run_with_findings()));
  EXPECT_EQ(run.at("schema"), 1);
  EXPECT_EQ(run.at("run"), "2026-11-21T09:30:00Z-7");
  EXPECT_EQ(run.at("outcome"), "findings");
  EXPECT_EQ(run.at("exit_code"), 1);
  EXPECT_EQ(run.at("project"),
            Json({{"name", "matrix"}, {"commit", "3f2c1ab09d1e"}, {"modules", {"matrix._core"}}}));
  const Json& lane = run.at("lanes").at(1);
  for (const char* key : {"name", "outcome", "reason", "configuration", "preflight", "tests",
                          "build_seconds", "test_seconds", "log"}) {
    EXPECT_TRUE(lane.contains(key)) << key;
  }
  for (const char* key : {"compiler", "interpreter", "flags"}) {
    EXPECT_TRUE(lane.at("configuration").contains(key)) << key;
  }
  for (const char* key : {"passed", "failed", "skipped", "errors", "not_run"}) {
    EXPECT_TRUE(lane.at("tests").at(key).is_number_integer()) << key;
  }
  EXPECT_EQ(lane.at("preflight").at(0).at("check"), "instrumented");
  const Json& finding = run.at("findings").at(0);
  for (const char* key :
       {"id", "fingerprint", "kind", "rule", "group", "severity", "owner", "state", "title"}) {
    EXPECT_TRUE(finding.at(key).is_string()) << key;
  }
  EXPECT_EQ(finding.at("location"),
            Json({{"file", "src/_core.c"}, {"line", 214}, {"function", "fill_row"}}));
  EXPECT_EQ(finding.at("sightings").at(0).at("bytes"), Json({1021, 4890}));
  EXPECT_EQ(finding.at("sightings").at(0).at("phase"), "call");
  EXPECT_EQ(finding.at("stacks").at(0).at("access"), "write");
  EXPECT_EQ(finding.at("stacks").at(2).at("frames").at(0).at("language"), "python");
  EXPECT_EQ(finding.at("again").at(0), "extproof");
}

TEST(RunAsJson, names_the_tests_that_did_not_pass) {
  const Json run = Json::parse(render_json(testing::run_with_crash()));
  const Json& records = run.at("lanes").at(1).at("test_records");
  ASSERT_EQ(records.size(), 5U);
  EXPECT_EQ(records.at(0).at("id"), "tests/test_matrix.py::test_deep");
  EXPECT_EQ(records.at(0).at("outcome"), "failed");
  EXPECT_EQ(records.at(1).at("outcome"), "not_run");
  EXPECT_TRUE(run.at("lanes").at(0).at("test_records").empty());
}

TEST(RunAsJson, stays_json_when_a_duration_is_not_finite) {
  facts::RunReport run = testing::quiet_run();
  run.seconds = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(Json::parse(render_json(run)).at("seconds").is_null());
}

std::vector<facts::LaneReport> planned_lanes() {
  facts::LaneReport asan;
  asan.name = "asan";
  asan.compiler = "clang-19 19.1.7";
  asan.interpreter = "3.13.0 /opt/python/bin/python3.13";
  asan.flags = {"-O1", "-fsanitize=address"};
  facts::LaneReport left_out;
  left_out.name = "ubsan";
  left_out.outcome = facts::LaneOutcome::refused;
  left_out.reason = "lane \"ubsan\" has no compiler with its runtime";
  return {asan, left_out};
}

const ArgumentsByLane k_words = {{"asan", {"-m", "not slow"}}};

TEST(PlanAsJson, is_the_accepted_text) {
  EXPECT_EQ(testing::golden_difference(
                golden("json_plan"), plan_json(planned_lanes(), k_words, testing::sample_steps())),
            "");
}

TEST(PlanAsJson, has_the_keys_that_other_programs_rely_on) {
  const Json plan = Json::parse(plan_json(planned_lanes(), k_words, testing::sample_steps()));
  EXPECT_EQ(plan.at("schema"), 1);
  EXPECT_EQ(plan.at("lanes").at(0).at("configuration").at("flags").at(1), "-fsanitize=address");
  EXPECT_EQ(plan.at("lanes").at(1).at("runs"), false);
  const Json& step = plan.at("steps").at(1);
  for (const char* key : {"id", "lane", "argv", "env", "cwd", "needs", "leaves", "limits"}) {
    EXPECT_TRUE(step.contains(key)) << key;
  }
  EXPECT_EQ(step.at("env").at("CC"), "/wrap/cc");
  EXPECT_EQ(Json::parse(plan_json({}, {}, {})).at("steps"), Json::array());
}

}  // namespace
}  // namespace extproof::report
