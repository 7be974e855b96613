// SPDX-License-Identifier: Apache-2.0
#include "harness/report/console.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/testing/golden.hpp"
#include "harness/testing/sample_runs.hpp"

namespace extproof::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string golden(const std::string& name) {
  return EXTPROOF_SOURCE_DIR "/harness/report/testdata/" + name + ".txt";
}

// Without the codes that painted() adds.
std::string without_colors(std::string text) {
  for (std::size_t at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b')) {
    text.erase(at, text.find('m', at) - at + 1);
  }
  return text;
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c >= 0 && c < 0x20 && c != '\n') || c == 0x7f; });
}

class ConsoleOf : public ::testing::TestWithParam<testing::NamedRun> {};

TEST_P(ConsoleOf, is_the_accepted_text) {
  const std::string text = render_console(GetParam().report, {});
  EXPECT_EQ(testing::golden_difference(golden("console_" + std::string(GetParam().name)), text),
            "");
}

TEST_P(ConsoleOf, holds_nothing_that_a_terminal_would_obey) {
  for (const bool verbose : {false, true}) {
    const std::string text = render_console(GetParam().report, {.verbose = verbose});
    EXPECT_FALSE(has_control_characters(text)) << text;
    EXPECT_EQ(base::valid_utf8(text), text);
    EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae"))) << "a right-to-left override";
    EXPECT_THAT(text, ::testing::EndsWith("\n"));
  }
}

TEST_P(ConsoleOf, says_the_same_with_and_without_colors) {
  for (const bool verbose : {false, true}) {
    const std::string plain = render_console(GetParam().report, {.verbose = verbose});
    const std::string colored =
        render_console(GetParam().report, {.color = true, .verbose = verbose});
    EXPECT_EQ(without_colors(colored), plain);
  }
}

TEST_P(ConsoleOf, names_every_new_finding_however_narrow_the_terminal_is) {
  for (const int columns : {0, 1, 40, 80, 300}) {
    const std::string text = render_console(GetParam().report, {.columns = columns});
    for (const facts::Finding& finding : GetParam().report.findings) {
      EXPECT_THAT(text, HasSubstr(finding.id));
      EXPECT_THAT(text, HasSubstr(base::escape_line(finding.location.file))) << "paths are not cut";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(samples, ConsoleOf, ::testing::ValuesIn(testing::sample_runs()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Console, what_stops_several_lanes_alike_is_told_once_with_their_names_and_logs) {
  facts::RunReport run = testing::quiet_run();
  for (facts::LaneReport& lane : run.lanes) {
    lane.outcome = facts::LaneOutcome::refused;
    lane.reason = "the build failed";
    lane.refusals = {{.code = "XP3001",
                      .headline = "the build failed",
                      .notes = {{"said", "a.c:1:1: error: no\n== 1 error in 0." +
                                             std::to_string(lane.name.size()) + "s =="},
                                {"so", "no test was run with it"},
                                {"log", lane.name + "/build.err"}}}};
  }
  run.lanes[2].refusals[0].notes[0].text = "a.c:1:1: error: another";

  const std::string text = render_console(run, {});

  EXPECT_EQ(text.substr(0, text.find("\nrun ")),
            "error[XP3001]: the build failed\n"
            "  lanes: release, asan\n"
            "  said:  a.c:1:1: error: no\n"
            "         == 1 error in 0.7s ==\n"
            "  so:    no test was run with it\n"
            "  log:   release/build.err\n"
            "         asan/build.err\n"
            "  more:  extproof explain XP3001\n"
            "\n"
            "error[XP3001]: the build failed\n"
            "  lane: ubsan\n"
            "  said: a.c:1:1: error: another\n"
            "  so:   no test was run with it\n"
            "  log:  ubsan/build.err\n"
            "  more: extproof explain XP3001\n");
}

TEST(Console, a_collection_problem_is_told_once) {
  facts::RunReport run = testing::quiet_run();
  run.lanes[1].collection_problems = {{"tests/a.py", "ModuleNotFoundError", false}};
  EXPECT_THAT(render_console(run, {}), HasSubstr("could not be collected: tests/a.py"))
      << "a stored run of an earlier extproof has no warning for it";

  run.lanes[1].refusals = {{.code = "XP2007",
                            .headline = "\"tests/a.py\" could not be collected",
                            .severity = facts::Severity::warning}};
  const std::string text = render_console(run, {});
  EXPECT_THAT(text, HasSubstr("warning[XP2007]: \"tests/a.py\" could not be collected"));
  EXPECT_THAT(text, Not(HasSubstr("could not be collected: ")));
}

TEST(Console, in_colors_is_the_accepted_text) {
  const std::string text = render_console(testing::run_with_findings(), {.color = true});
  EXPECT_EQ(testing::golden_difference(golden("console_findings_color"), text), "");
}

TEST(Console, with_every_detail_on_a_wide_terminal_is_the_accepted_text) {
  const std::string text =
      render_console(testing::run_with_findings(), {.columns = 140, .verbose = true});
  EXPECT_EQ(testing::golden_difference(golden("console_findings_verbose"), text), "");
}

TEST(Console, stays_within_the_columns_unless_a_word_is_wider) {
  constexpr std::size_t k_columns = 80;
  for (const facts::RunReport& run : {testing::run_with_findings(), testing::run_with_crash(),
                                      testing::run_with_failing_tests(), testing::quiet_run()}) {
    const std::string text = render_console(run, {.columns = k_columns});
    for (const std::string_view line : base::lines(text)) {
      const std::string_view words = base::trim(line);
      EXPECT_TRUE(display_width(line) <= k_columns || words.find(' ') == std::string_view::npos)
          << line;
    }
  }
}

TEST(Console, says_what_a_finding_may_follow_from_and_how_else_it_may_be_explained) {
  facts::RunReport run = testing::run_with_crash();
  run.findings[0].after = "F7\x1b";
  run.findings[0].hint = "raise \x1b the limit";
  run.findings[0].sightings[0].log = ".extproof/runs/7/asan/tests.out";

  const std::string text = render_console(run, {});

  EXPECT_THAT(text,
              HasSubstr("  after    F7\\x1b, in the same process; may be a consequence of it"));
  EXPECT_THAT(text, HasSubstr("  hint     raise \\x1b the limit"));
  EXPECT_THAT(text, HasSubstr("  log      .extproof/runs/7/asan/tests.out\n"));
}

TEST(Console, names_few_of_the_many_threads_of_a_hang) {
  facts::RunReport run = testing::sample_runs().front().report;
  facts::Finding hang = {.id = "F7", .kind = facts::FindingKind::hang};
  for (int i = 0; i < 9; ++i) {
    const auto role = i == 0 ? facts::StackRole::access : facts::StackRole::other_thread;
    hang.stacks.push_back({.role = role,
                           .thread = "thread " + std::to_string(i),
                           .frames = {{.function = "wait", .file = "a.c", .line = i + 1}}});
  }
  run.findings = {hang};

  const std::string text = render_console(run, {});

  EXPECT_THAT(text, HasSubstr("other    at a.c:2  wait in thread 1\n"));
  EXPECT_THAT(text, HasSubstr("other    at a.c:4  wait in thread 3\n"));
  EXPECT_THAT(text, HasSubstr("and 5 threads more: extproof explain F7\n"));
  EXPECT_THAT(text, Not(HasSubstr("thread 4")));
}

TEST(Console, shows_a_refusal_of_several_lanes_once) {
  facts::RunReport run = testing::run_with_refused_lane();
  run.lanes[2] = run.lanes[1];
  run.lanes[2].name = "ubsan";
  const std::string text = render_console(run, {});
  EXPECT_EQ(text.find("error[XP3107]"), text.rfind("error[XP3107]"));
  EXPECT_THAT(text, HasSubstr("  lanes:  asan, ubsan\n"));
}

TEST(Console, calls_no_run_a_pass_in_which_no_lane_judged) {
  for (const facts::RunReport& run :
       {testing::empty_run(), testing::run_with_refused_lane(), testing::interrupted_run()}) {
    EXPECT_THAT(render_console(run, {}), Not(HasSubstr("nothing found")));
  }
  facts::RunReport only_baseline = testing::quiet_run();
  only_baseline.lanes.resize(1);
  EXPECT_THAT(render_console(only_baseline, {}), Not(HasSubstr("nothing found")));
}

TEST(Console, tells_a_refused_lane_also_beside_findings) {
  facts::RunReport run = testing::run_with_findings();
  run.lanes[3].outcome = facts::LaneOutcome::refused;
  EXPECT_THAT(render_console(run, {}), HasSubstr("refused, so it says nothing: ubsan\n"));
}

TEST(Console, tells_a_refused_lane_that_nobody_asked_for_beside_a_pass) {
  facts::RunReport run = testing::run_with_refused_lane();
  run.exit_code = facts::ExitCode::nothing_found;
  EXPECT_THAT(render_console(run, {}),
              HasSubstr("nothing found in 1 lane: ubsan\nrefused, so it says nothing: asan\n"));
}

TEST(Console, calls_a_run_with_only_accepted_findings_one_without_new_ones) {
  facts::RunReport run = testing::run_with_findings();
  run.findings.erase(run.findings.begin(), run.findings.begin() + 3);
  run.exit_code = facts::ExitCode::nothing_found;
  EXPECT_THAT(render_console(run, {}),
              HasSubstr("nothing new found in 3 lanes: asan, asan/gcc, ubsan\n"));
}

TEST(Console, names_accepted_findings_that_are_gone) {
  facts::RunReport run = testing::run_with_findings();
  run.findings[3].state = facts::FindingState::stale;
  run.findings[3].sightings = {};
  EXPECT_THAT(render_console(run, {}), HasSubstr("accepted, but no longer seen:\n  F4 leak"));
  EXPECT_THAT(render_console(run, {.verbose = true}), HasSubstr("seen     not in this run\n"));
}

TEST(Console, tells_failures_of_a_lane_that_the_baseline_does_not_have) {
  facts::RunReport run = testing::run_with_failing_tests();
  run.lanes[0].tests.resize(2);
  const std::string text = render_console(run, {.columns = 0});
  EXPECT_THAT(text, HasSubstr("fails here only: tests/test_io.py::test_b, "));
  EXPECT_THAT(text, HasSubstr("2 tests failing without any sanitizer, 5 tests failing in another"));
}

TEST(Wrapped, breaks_at_spaces_only) {
  EXPECT_EQ(wrapped("- ", "  ", "one two three", {.columns = 9}), "- one two\n  three\n");
  EXPECT_EQ(wrapped("- ", "  ", "a/very/long/path x", {.columns = 9}), "- a/very/long/path\n  x\n");
  EXPECT_EQ(wrapped("- ", "  ", "", {.columns = 9}), "- \n");
  EXPECT_EQ(wrapped("", "", "one two three", {.columns = 0}), "one two three\n");
}

TEST(Wrapped, keeps_texts_from_outside_whole) {
  EXPECT_EQ(wrapped("- ", "  ", "in " + unbroken("a b.c\n") + " now", {.columns = 8}),
            "- in\n  a b.c\\n\n  now\n");
}

TEST(Wrapped, leaves_no_spaces_at_the_end_of_a_line) {
  EXPECT_EQ(wrapped("", "  ", "one  two   three", {.columns = 8}), "one  two\n  three\n");
}

TEST(Wrapped, counts_letters_and_not_bytes) {
  EXPECT_EQ(wrapped("", "", "\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4", {.columns = 6}),
            "\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4\n");
}

TEST(WrappedCommand, can_be_pasted_into_a_shell) {
  EXPECT_EQ(wrapped_command("$ ", "    ", {"extproof", "run", "a b"}, {.columns = 16}),
            "$ extproof run \\\n    'a b'\n");
}

}  // namespace
}  // namespace extproof::report
