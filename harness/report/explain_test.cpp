// SPDX-License-Identifier: Apache-2.0
#include "harness/report/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/text.hpp"
#include "harness/testing/golden.hpp"
#include "harness/testing/sample_runs.hpp"

namespace extproof::report {
namespace {

using ::testing::HasSubstr;

std::string golden(const std::string& name) {
  return EXTPROOF_SOURCE_DIR "/harness/report/testdata/" + name + ".txt";
}

std::string id_of(const facts::RunReport& run, std::string_view name) {
  const auto found = finding_named(run, name);
  return found.ok() ? found.value()->id : found.error().front().code;
}

TEST(FindingNamed, takes_numbers_and_beginnings_of_fingerprints) {
  const facts::RunReport run = testing::run_with_findings();
  EXPECT_EQ(id_of(run, "F1"), "F1");
  EXPECT_EQ(id_of(run, "f3"), "F3");
  EXPECT_EQ(id_of(run, "5d1c"), "F1");
  EXPECT_EQ(id_of(run, "5D1C"), "F1");
  EXPECT_EQ(id_of(run, run.findings[1].fingerprint), "F2");
}

TEST(FindingNamed, refuses_what_names_none_or_several) {
  const facts::RunReport run = testing::run_with_findings();
  for (const char* name : {"F9", "", "F", "zz", "F10", "5d1c0e6fb1f84a0c9a56e2f4c07a6b110"}) {
    EXPECT_EQ(id_of(run, name), "XP1002") << name;
  }
  const auto several = finding_named(run, "77aa");
  ASSERT_FALSE(several.ok());
  const std::string text = facts::render_refusal(several.error().front());
  EXPECT_THAT(text, HasSubstr("is the beginning of 2 fingerprints"));
  EXPECT_THAT(text, HasSubstr(run.findings[3].fingerprint + " F4"));
  EXPECT_EQ(id_of(testing::empty_run(), "F1"), "XP1002");
}

TEST(FindingPage, is_the_accepted_text) {
  const facts::RunReport run = testing::run_with_findings();
  EXPECT_EQ(testing::golden_difference(golden("explain_overflow"),
                                       render_finding_page(run, run.findings[0], {})),
            "");
  EXPECT_EQ(testing::golden_difference(golden("explain_import"),
                                       render_finding_page(run, run.findings[1], {})),
            "");
  EXPECT_EQ(testing::golden_difference(golden("explain_threads"),
                                       render_finding_page(run, run.findings[2], {})),
            "");
}

TEST(FindingPage, of_hostile_texts_is_the_accepted_text) {
  const facts::RunReport run = testing::hostile_run();
  EXPECT_EQ(testing::golden_difference(golden("explain_hostile"),
                                       render_finding_page(run, run.findings[0], {})),
            "");
}

TEST(FindingPage, shows_every_frame_of_every_stack) {
  for (const testing::NamedRun& sample : testing::sample_runs()) {
    for (const facts::Finding& finding : sample.report.findings) {
      const std::string text = render_finding_page(sample.report, finding, {.columns = 30});
      for (const facts::Stack& stack : finding.stacks) {
        for (const facts::Frame& frame : stack.frames) {
          EXPECT_THAT(text, HasSubstr(base::escape_line(frame.function)));
          EXPECT_THAT(text, HasSubstr(base::escape_line(frame.file)));
        }
      }
    }
  }
}

TEST(FindingPage, names_what_the_compiler_read_beside_its_source) {
  facts::RunReport run = testing::run_with_findings();
  facts::Frame& frame = run.findings[0].stacks[0].frames[0];
  frame.function = "__pyx_f";
  frame.generated_file = "spam/co\x1bre.c";
  frame.generated_line = 4711;

  EXPECT_THAT(render_finding_page(run, run.findings[0], {}),
              HasSubstr("  __pyx_f  (spam/co\\x1bre.c:4711)\n"));
}

std::string asked_for(std::string_view code) {
  const auto message = message_asked_for(code);
  return message.ok() ? std::string(message.value()->code)
                      : facts::render_refusal(message.error().front());
}

TEST(MessageAskedFor, takes_codes_in_either_case) {
  EXPECT_EQ(asked_for("XP3107"), "XP3107");
  EXPECT_EQ(asked_for("xp3107"), "XP3107");
  EXPECT_EQ(asked_for("xP1001"), "XP1001");
}

TEST(MessageAskedFor, refuses_others_with_the_close_ones) {
  EXPECT_EQ(asked_for("XP2204"),
            "error[XP1002]: \"XP2204\" is not a message of extproof\n"
            "  close:    XP1204 extproof's own files are incomplete\n"
            "            XP2004 the store cannot be written\n"
            "            XP2104 a report whose kind is unknown\n"
            "  expected: the code in the brackets of a message: error[XP3107]\n"
            "  more:     extproof explain XP1002\n");
  EXPECT_THAT(asked_for("xp30999"), HasSubstr("XP3003 a step could not be run"))
      << "those of its group, when no other is one digit away";
  EXPECT_THAT(asked_for("xp"), ::testing::Not(HasSubstr("close:")));
  EXPECT_THAT(asked_for("XP\x1b[2J"), ::testing::Not(HasSubstr("\x1b")));
}

TEST(MessageAskedFor, nothing_that_names_a_finding_looks_like_a_code) {
  EXPECT_TRUE(looks_like_code("xp3107") && looks_like_code("XP"));
  EXPECT_FALSE(looks_like_code("F1") || looks_like_code("5d1c") || looks_like_code(""));
}

TEST(MessagePage, is_the_accepted_text) {
  const facts::Message* message = facts::message_named("XP3102");
  ASSERT_NE(message, nullptr);
  EXPECT_EQ(
      testing::golden_difference(golden("explain_message"), render_message_page(*message, {})), "");
}

TEST(MessagePage, of_every_message_fits_into_eighty_columns) {
  for (const facts::Message& message : facts::messages()) {
    const std::string text = render_message_page(message, {});
    EXPECT_THAT(text, ::testing::StartsWith(std::string(message.code) + ": "));
    for (const std::string_view line : base::lines(text)) {
      EXPECT_LE(line.size(), 80U) << line;
    }
  }
}

}  // namespace
}  // namespace extproof::report
