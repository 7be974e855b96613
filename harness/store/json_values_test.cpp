// SPDX-License-Identifier: Apache-2.0
#include "harness/store/json_values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/store/differences_test.hpp"
#include "harness/testing/sample_runs.hpp"

namespace extproof::store {
namespace {

using ::testing::IsEmpty;

TEST(Encoded, texts_of_any_bytes_come_back) {
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) {
    all_bytes += static_cast<char>(i);
  }
  for (const std::string& text :
       {all_bytes, testing::hostile_text("x"), std::string(), std::string("\xff"),
        std::string("hex"), std::string(1 << 16, '\xfe'), std::string("na\xc3\xafve")}) {
    const Json tree = {{"a", Json::array({text, 1, nullptr, Json{{"b", text}}})}};

    const std::string line = encode(tree);

    EXPECT_EQ(base::valid_utf8(line), line);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const std::optional<Json> back = decode(line);
    ASSERT_TRUE(back.has_value());
    EXPECT_TRUE(*back == tree);
  }
}

TEST(Encoded, a_readable_text_stays_readable) {
  EXPECT_EQ(encode(Json{{"a", "b"}}), R"({"a":"b"})");
}

TEST(Encoded, nothing_else_is_decoded) {
  for (const char* text : {"", "{", "nul", R"({"a":"b"} x)", R"({"hex":"0"})", R"({"hex":"zz"})",
                           R"({"hex":"FF"})", R"({"hex":1})", R"([{"hex":[]}])", "\"\xff\""}) {
    EXPECT_FALSE(decode(text).has_value()) << text;
  }
}

TEST(Values, come_back_equal) {
  for (const testing::NamedRun& run : testing::sample_runs()) {
    for (const facts::Finding& finding : run.report.findings) {
      const std::optional<facts::Finding> back = finding_from(json_of(finding));
      ASSERT_TRUE(back.has_value()) << run.name;
      EXPECT_THAT(differences(*back, finding), IsEmpty()) << run.name;
    }
    for (facts::LaneReport lane : run.report.lanes) {
      const std::optional<facts::LaneReport> back = lane_report_from(json_of(lane));
      ASSERT_TRUE(back.has_value()) << run.name;
      lane.tests.clear();  // json_of() leaves them out
      EXPECT_THAT(differences(*back, lane), IsEmpty()) << run.name;
    }
  }
  for (const facts::Step& step : testing::sample_steps()) {
    const std::optional<facts::Step> back = step_from(json_of(step));
    ASSERT_TRUE(back.has_value());
    EXPECT_THAT(differences(*back, step), IsEmpty());
  }
  for (const facts::StepResult& result : testing::sample_results()) {
    const std::optional<facts::StepResult> back = step_result_from(json_of(result));
    ASSERT_TRUE(back.has_value());
    EXPECT_THAT(differences(*back, result), IsEmpty());
  }
}

TEST(Values, keep_the_numbers_of_every_end_of_a_step) {
  const auto back = [](const facts::StepEnd& end) { return step_end_from(json_of(end)).value(); };
  EXPECT_EQ(std::get<facts::Exited>(back(facts::Exited{-7})).code, -7);
  EXPECT_EQ(std::get<facts::Signalled>(back(facts::Signalled{64})).signal, 64);
  const auto timed_out = std::get<facts::TimedOut>(
      back(facts::TimedOut{.seconds = 0.75,
                           .silent = true,
                           .threads = {{.id = 7,
                                        .process = 6,
                                        .name = "\xff",
                                        .cpu = 0.5,
                                        .wakeups = 200,
                                        .sleeps_in = "futex",
                                        .waits_for = 8,
                                        .joins = 9,
                                        .stack = facts::StackAnswer::late}}}));
  EXPECT_EQ(timed_out.seconds, 0.75);
  EXPECT_TRUE(timed_out.silent);
  const facts::ThreadState thread = {.id = 7,
                                     .process = 6,
                                     .name = "\xff",
                                     .cpu = 0.5,
                                     .wakeups = 200,
                                     .sleeps_in = "futex",
                                     .waits_for = 8,
                                     .joins = 9,
                                     .stack = facts::StackAnswer::late};
  EXPECT_EQ(timed_out.threads, std::vector<facts::ThreadState>{thread});
  Json without_answer = json_of(facts::StepEnd(timed_out));
  without_answer["threads"][0].erase("process");
  without_answer["threads"][0].erase("stack");
  EXPECT_EQ(std::get<facts::TimedOut>(step_end_from(without_answer).value()).threads[0].stack,
            facts::StackAnswer::not_asked);
  Json of_before = json_of(facts::StepEnd(facts::TimedOut{1, true}));
  of_before.erase("threads");
  EXPECT_TRUE(step_end_from(of_before).has_value());
  EXPECT_EQ(std::get<facts::NotStarted>(back(facts::NotStarted{"\xff"})).reason, "\xff");
}

TEST(Values, with_an_endless_duration_come_back_with_none) {
  facts::Step step;
  step.limits.seconds = std::numeric_limits<double>::infinity();
  step.limits.silent_seconds = std::numeric_limits<double>::quiet_NaN();

  const std::optional<facts::Step> back = step_from(decode(encode(json_of(step))).value());

  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->limits.seconds, 0);
  EXPECT_EQ(back->limits.silent_seconds, 0);
}

// Takes each field of a tree away, or makes it a number, in turn.
void expect_each_field_is_needed(const Json& tree, const std::function<bool(const Json&)>& reads) {
  ASSERT_TRUE(reads(tree));
  for (const auto& element : tree.items()) {
    Json without = tree;
    without.erase(element.key());
    EXPECT_FALSE(reads(without)) << "without " << element.key();
    Json changed = tree;
    changed[element.key()] = Json{{"other", true}};
    EXPECT_FALSE(reads(changed)) << "with another " << element.key();
  }
}

const std::array<const char*, 5> k_since_schema_1 = {"after", "hint", "reason", "issue", "until"};

TEST(Values, of_a_finding_of_schema_1_are_read) {
  Json finding = json_of(testing::run_with_findings().findings[0]);
  for (const char* const key : k_since_schema_1) {
    finding.erase(key);
  }

  const std::optional<facts::Finding> back = finding_from(finding);

  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->after + back->hint, "");
  EXPECT_EQ(back->acceptance, facts::Acceptance());
  finding["after"] = 1;
  EXPECT_FALSE(finding_from(finding).has_value());
}

TEST(Values, of_a_frame_keep_what_the_compiler_read_instead_of_its_source) {
  facts::Finding finding = testing::run_with_findings().findings[0];
  facts::Frame& frame = finding.stacks[0].frames[0];
  EXPECT_FALSE(json_of(frame).contains("generated"));
  frame.generated_file = "spam/core.c";
  frame.generated_line = 4711;

  EXPECT_EQ(finding_from(json_of(finding)).value().stacks[0].frames[0], frame);
  Json broken = json_of(finding);
  broken["stacks"][0]["frames"][0]["generated"] = "spam/core.c";
  EXPECT_FALSE(finding_from(broken).has_value());
}

TEST(Values, of_a_sighting_without_a_place_in_its_log_have_null_for_its_bytes) {
  facts::Finding finding = testing::run_with_findings().findings[0];
  finding.sightings[0].bytes = {};

  const Json json = json_of(finding);

  EXPECT_TRUE(json["sightings"][0]["bytes"].is_null());
  EXPECT_EQ(finding_from(json).value().sightings[0].bytes, base::ByteRange());
}

TEST(Values, with_a_missing_or_foreign_field_are_none) {
  Json finding = json_of(testing::run_with_findings().findings[0]);
  for (const char* const key : k_since_schema_1) {
    finding.erase(key);
  }
  expect_each_field_is_needed(finding,
                              [](const Json& json) { return finding_from(json).has_value(); });
  expect_each_field_is_needed(json_of(testing::quiet_run().lanes[0]),
                              [](const Json& json) { return lane_report_from(json).has_value(); });
  expect_each_field_is_needed(json_of(testing::sample_steps()[1]),
                              [](const Json& json) { return step_from(json).has_value(); });
  expect_each_field_is_needed(json_of(testing::sample_results()[0]),
                              [](const Json& json) { return step_result_from(json).has_value(); });
}

TEST(Values, that_name_something_unknown_are_none) {
  Json finding = json_of(testing::run_with_findings().findings[0]);
  for (const char* key : {"kind", "owner", "state"}) {
    Json changed = finding;
    changed[key] = "no such name";
    EXPECT_FALSE(finding_from(changed).has_value()) << key;
  }
  EXPECT_FALSE(step_end_from(Json{{"end", "vanished"}}).has_value());
  EXPECT_FALSE(finding_from(Json()).has_value());
  EXPECT_FALSE(finding_from(Json::array({1})).has_value());
  EXPECT_FALSE(exit_code_numbered(5).has_value());
  EXPECT_FALSE(test_outcome_named("PASSED").has_value());
}

}  // namespace
}  // namespace extproof::store
