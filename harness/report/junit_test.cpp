// SPDX-License-Identifier: Apache-2.0
#include "harness/report/junit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <pugixml.hpp>

#include "harness/base/text.hpp"
#include "harness/testing/golden.hpp"
#include "harness/testing/sample_runs.hpp"

namespace extproof::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string golden(std::string_view name) {
  return EXTPROOF_SOURCE_DIR "/harness/report/testdata/junit_" + std::string(name) + ".xml";
}

struct Document {
  explicit Document(const facts::RunReport& run) : text(render_junit(run)) {
    result = document.load_string(text.c_str());
  }
  pugi::xml_node suite(const char* name) const {
    return document.child("testsuites").find_child_by_attribute("testsuite", "name", name);
  }
  static pugi::xml_node test(pugi::xml_node suite, const char* classname, const char* name) {
    return suite.find_child([&](pugi::xml_node node) {
      return std::string_view(node.attribute("classname").value()) == classname &&
             std::string_view(node.attribute("name").value()) == name;
    });
  }

  std::string text;
  pugi::xml_document document;
  pugi::xml_parse_result result;
};

class JunitOf : public ::testing::TestWithParam<testing::NamedRun> {};

TEST_P(JunitOf, is_the_accepted_text) {
  EXPECT_EQ(testing::golden_difference(golden(GetParam().name), render_junit(GetParam().report)),
            "");
}

TEST_P(JunitOf, reads_back_as_xml) {
  const Document read(GetParam().report);
  EXPECT_TRUE(read.result) << read.result.description();
  EXPECT_EQ(base::valid_utf8(read.text), read.text);
}

// Nothing but tab, newline and what is printable; pugixml itself would take more.
TEST_P(JunitOf, has_no_control_character) {
  for (const char c : render_junit(GetParam().report)) {
    EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20U || c == '\n') << static_cast<int>(c);
  }
  EXPECT_THAT(render_junit(GetParam().report), Not(HasSubstr("&#")));
}

TEST_P(JunitOf, counts_what_it_holds) {
  const Document read(GetParam().report);
  for (const pugi::xml_node suite : read.document.child("testsuites").children("testsuite")) {
    int tests = 0;
    int failures = 0;
    int errors = 0;
    int skipped = 0;
    for (const pugi::xml_node test : suite.children("testcase")) {
      ++tests;
      failures += test.child("failure") ? 1 : 0;
      errors += test.child("error") ? 1 : 0;
      skipped += test.child("skipped") ? 1 : 0;
    }
    EXPECT_EQ(suite.attribute("tests").as_int(), tests);
    EXPECT_EQ(suite.attribute("failures").as_int(), failures);
    EXPECT_EQ(suite.attribute("errors").as_int(), errors);
    EXPECT_EQ(suite.attribute("skipped").as_int(), skipped);
  }
}

TEST_P(JunitOf, is_red_exactly_when_the_run_is) {
  const Document read(GetParam().report);
  const pugi::xml_node all = read.document.child("testsuites");
  const int red = all.attribute("failures").as_int() + all.attribute("errors").as_int();
  EXPECT_EQ(red > 0, GetParam().report.exit_code != facts::ExitCode::nothing_found);
}

INSTANTIATE_TEST_SUITE_P(samples, JunitOf, ::testing::ValuesIn(testing::sample_runs()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RunAsJunit, a_finding_is_the_failure_of_its_test_in_its_lane) {
  const Document read(testing::run_with_findings());
  const pugi::xml_node test = Document::test(read.suite("asan"), "tests.test_matrix", "test_fill");
  EXPECT_STREQ(test.child("failure").attribute("type").value(), "heap-buffer-overflow");
  EXPECT_THAT(test.child("failure").attribute("message").value(),
              HasSubstr("F1 heap-buffer-overflow: write of 4 bytes past a 40-byte block (and 1 "));
  EXPECT_THAT(test.child("failure").child_value(), HasSubstr("src/_core.c:214:17"));
  EXPECT_THAT(test.child("failure").child_value(), HasSubstr("F3  use-after-free"));
  const pugi::xml_node in_release =
      Document::test(read.suite("release"), "tests.test_matrix", "test_fill");
  EXPECT_TRUE(in_release);
  EXPECT_FALSE(in_release.child("failure"));
}

TEST(RunAsJunit, what_no_test_record_stands_for_is_a_case_of_its_own) {
  const Document read(testing::run_with_findings());
  EXPECT_TRUE(Document::test(read.suite("ubsan"), "", "tests.test_index").child("failure"));
  EXPECT_TRUE(
      Document::test(read.suite("asan/gcc"), "tests.test_matrix", "test_fill_slice[negative step]")
          .child("failure"));
}

TEST(RunAsJunit, accepted_findings_and_those_of_others_fail_nothing) {
  facts::RunReport run = testing::run_with_findings();
  std::erase_if(run.findings, [](const facts::Finding& finding) {
    return finding.id != "F4" && finding.id != "F5";
  });
  run.exit_code = facts::ExitCode::nothing_found;
  // As the contract has it: a lane in which anything was found is failed.
  run.lanes.resize(2);
  const Document read(run);
  const pugi::xml_node end = Document::test(read.suite("asan"), "extproof.asan", "after the tests");
  EXPECT_FALSE(end.child("failure"));
  EXPECT_THAT(end.child("system-out").child_value(), HasSubstr("cache_make"));
  EXPECT_STREQ(read.document.child("testsuites").attribute("failures").value(), "0");
}

TEST(RunAsJunit, a_failed_lane_without_finding_and_failing_test_is_a_failure) {
  facts::RunReport run = testing::quiet_run();
  run.lanes[1].outcome = facts::LaneOutcome::failed;
  run.lanes[1].reason = "the suite ended with exit code 5";
  const Document read(run);
  EXPECT_STREQ(Document::test(read.suite("asan"), "extproof.asan", "lane")
                   .child("failure")
                   .attribute("message")
                   .value(),
               "the suite ended with exit code 5");
}

TEST(RunAsJunit, a_refused_lane_is_an_error_only_when_it_was_asked_for) {
  facts::RunReport run = testing::run_with_refused_lane();
  const Document asked(run);
  const pugi::xml_node error =
      Document::test(asked.suite("asan"), "extproof.asan", "lane").child("error");
  EXPECT_THAT(error.attribute("message").value(), HasSubstr("without AddressSanitizer"));
  EXPECT_THAT(error.child_value(), HasSubstr("error[XP3107]"));
  run.lanes[1].requested = false;
  const Document offered(run);
  EXPECT_TRUE(Document::test(offered.suite("asan"), "extproof.asan", "lane").child("skipped"));
}

TEST(RunAsJunit, a_finding_that_many_tests_see_is_told_in_full_once) {
  facts::RunReport run = testing::run_with_findings();
  run.findings.resize(1);
  for (int i = 0; i < 500; ++i) {
    run.findings[0].sightings.push_back(
        {.lane = "ubsan", .test = "tests/test_many.py::test_" + std::to_string(i)});
  }
  const std::string text = render_junit(run);
  const std::size_t first = text.find("Objects/methodobject.c");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("Objects/methodobject.c", first + 1), std::string::npos);
}

TEST(RunAsJunit, stays_xml_when_a_duration_is_not_finite) {
  facts::RunReport run = testing::quiet_run();
  run.lanes[0].tests[0].seconds = std::numeric_limits<double>::quiet_NaN();
  run.seconds = std::numeric_limits<double>::infinity();
  const Document read(run);
  EXPECT_STREQ(read.document.child("testsuites").attribute("time").value(), "0.000");
}

}  // namespace
}  // namespace extproof::report
