// SPDX-License-Identifier: Apache-2.0
#include "harness/report/github.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/text.hpp"
#include "harness/testing/golden.hpp"
#include "harness/testing/sample_runs.hpp"

namespace extproof::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string golden(std::string_view kind, std::string_view name, const char* suffix) {
  return EXTPROOF_SOURCE_DIR "/harness/report/testdata/" + std::string(kind) + "_" +
         std::string(name) + suffix;
}

int lines_with(const std::string& text, std::string_view beginning) {
  int count = 0;
  for (const std::string_view line : base::lines(text)) {
    count += line.starts_with(beginning) ? 1 : 0;
  }
  return count;
}

class GithubOf : public ::testing::TestWithParam<testing::NamedRun> {};

TEST_P(GithubOf, annotations_are_the_accepted_text) {
  EXPECT_EQ(testing::golden_difference(golden("annotations", GetParam().name, ".txt"),
                                       render_annotations(GetParam().report)),
            "");
}

TEST_P(GithubOf, summary_is_the_accepted_text) {
  EXPECT_EQ(testing::golden_difference(golden("summary", GetParam().name, ".md"),
                                       render_step_summary(GetParam().report, k_summary_bytes)),
            "");
}

// What a runner takes for a command is one of ours, and the rest of the line cannot be another.
TEST_P(GithubOf, each_line_is_one_command_with_known_properties) {
  const std::string text = render_annotations(GetParam().report);
  for (const std::string_view line : base::lines(text)) {
    const bool known = line.starts_with("::error title=") || line.starts_with("::warning title=") ||
                       line.starts_with("::notice title=");
    EXPECT_TRUE(known) << line;
    const std::size_t end = line.find("::", 2);
    ASSERT_NE(end, std::string_view::npos);
    const std::string_view properties = line.substr(line.find(' ') + 1, end - line.find(' ') - 1);
    EXPECT_EQ(properties.find(':'), std::string_view::npos) << line;
    for (const std::string_view property : base::split(properties, ',')) {
      EXPECT_TRUE(property.starts_with("title=") || property.starts_with("file=") ||
                  property.starts_with("line="))
          << property;
    }
    EXPECT_EQ(line.find('\r'), std::string_view::npos);
  }
}

TEST_P(GithubOf, a_run_that_did_not_pass_has_an_error) {
  const bool passed = GetParam().report.exit_code == facts::ExitCode::nothing_found;
  EXPECT_EQ(lines_with(render_annotations(GetParam().report), "::error ") > 0, !passed);
}

INSTANTIATE_TEST_SUITE_P(samples, GithubOf, ::testing::ValuesIn(testing::sample_runs()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Annotations, one_defect_is_one_error_at_its_line) {
  const std::string text = render_annotations(testing::run_with_findings());
  EXPECT_EQ(lines_with(text, "::error "), 2);
  EXPECT_THAT(text, HasSubstr("::error title=heap-buffer-overflow in fill_row and 1 more at the "
                              "same defect,file=src/_core.c,line=214::F1 heap-buffer-overflow: "));
  EXPECT_THAT(text,
              HasSubstr("%0Asee it again: extproof run asan -- tests/test_matrix.py::test_fill"));
  EXPECT_EQ(lines_with(text, "::notice "), 1);
}

TEST(Annotations, name_files_from_the_root_of_the_repository) {
  EXPECT_THAT(render_annotations(testing::run_with_findings(), "python/"),
              HasSubstr(",file=python/src/_core.c,line=214::"));
}

TEST(Annotations, escape_what_would_end_a_property_or_a_command) {
  facts::RunReport run = testing::run_with_findings();
  run.findings.resize(1);
  run.findings[0].rule = "a,b:c%d\n::warning::e";
  EXPECT_THAT(render_annotations(run),
              HasSubstr("title=heap-buffer-overflow/a%2Cb%3Ac%25d\\n%3A%3Awarning%3A%3Ae in "));
}

TEST(Annotations, of_one_level_are_at_most_ten_and_the_last_says_how_many_more) {
  facts::RunReport run = testing::run_with_findings();
  const facts::Finding sample = run.findings.front();
  run.findings.assign(25, sample);
  for (std::size_t i = 0; i < run.findings.size(); ++i) {
    run.findings[i].group = "D" + std::to_string(i);
  }
  const std::string text = render_annotations(run);
  EXPECT_EQ(lines_with(text, "::error "), 10);
  EXPECT_THAT(text, HasSubstr("::error title=16 more of this level::"));
}

TEST(Annotations, a_test_that_fails_in_several_lanes_is_told_once) {
  const std::string text = render_annotations(testing::run_with_failing_tests());
  EXPECT_EQ(lines_with(text, "::error "), 7);
  EXPECT_THAT(text, HasSubstr("::error title=fails in release%2C asan,file=tests/test_io.py,line=1"
                              "::tests/test_io.py::test_open%0Afixture failed"));
}

TEST(StepSummary, stays_below_its_size_and_says_what_is_left_out) {
  facts::RunReport run = testing::run_with_findings();
  const facts::Finding sample = run.findings.front();
  run.findings.assign(3000, sample);
  for (const std::size_t most : {k_summary_bytes, std::size_t{20'000}, std::size_t{900}}) {
    const std::string text = render_step_summary(run, most);
    EXPECT_LE(text.size(), most);
    EXPECT_THAT(text, HasSubstr("## extproof: 3000 findings"));
    EXPECT_THAT(text, HasSubstr("stand here without their stacks"));
  }
  EXPECT_THAT(render_step_summary(run, k_summary_bytes),
              HasSubstr("2900 findings not shown here."));
  EXPECT_EQ(render_step_summary(run, 100), "");
}

TEST(StepSummary, holds_text_from_outside_as_code_only) {
  EXPECT_THAT(render_step_summary(testing::hostile_run(), k_summary_bytes),
              Not(HasSubstr("\n<script>")));
}

}  // namespace
}  // namespace extproof::report
