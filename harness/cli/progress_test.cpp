// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "harness/base/text.hpp"
#include "harness/parsers/text_columns.hpp"

namespace extproof::cli {
namespace {

using facts::Step;
using facts::StepPurpose;
using facts::StepResult;

// A progress display whose text and clock are in the test's hand.
class ProgressTest : public ::testing::Test {
 protected:
  Progress make(ProgressStyle style) {
    return Progress(
        style, [this](std::string_view text) { written_ += text; }, [this] { return now_; });
  }
  std::string take() { return std::exchange(written_, ""); }

  std::string written_;
  double now_ = 100;
};

Step step(std::string lane, StepPurpose purpose) {
  const std::string id = lane + "/" + to_string(purpose);
  return {.id = id, .lane = std::move(lane), .purpose = purpose, .argv = {"/bin/tool", "a b"}};
}

StepResult ended(facts::StepEnd end, double seconds) {
  return {.end = std::move(end), .seconds = seconds};
}

TEST_F(ProgressTest, lines_come_at_the_end_of_the_steps_that_matter) {
  Progress progress = make({.form = ProgressForm::lines});

  progress.step_started(step("asan", StepPurpose::synchronise));
  progress.step_ended(step("asan", StepPurpose::synchronise), ended(facts::Exited{0}, 0.2));
  EXPECT_EQ(take(), "");

  progress.step_started(step("asan", StepPurpose::build));
  progress.step_ended(step("asan", StepPurpose::build), ended(facts::Exited{0}, 12.34));
  EXPECT_EQ(take(), "asan       build           12.3 s\n");

  progress.step_started(step("asan", StepPurpose::test));
  progress.step_output_growth("asan/test", 41, 120);
  progress.step_ended(step("asan", StepPurpose::test), ended(facts::Signalled{11}, 3));
  EXPECT_EQ(take(), "asan       test             3.0 s  41 of 120 tests  ended by SIGSEGV\n");

  progress.finish();
  EXPECT_EQ(take(), "");
}

TEST_F(ProgressTest, a_step_that_went_wrong_always_has_a_line) {
  Progress progress = make({.form = ProgressForm::lines});

  progress.step_ended(step("", StepPurpose::resolve), ended(facts::Exited{2}, 1));
  EXPECT_EQ(take(), "all lanes  resolve          1.0 s  exit 2\n");
  progress.step_ended(step("asan", StepPurpose::install),
                      ended(facts::NotStarted{"no such file", ""}, 0));
  EXPECT_EQ(take(), "asan       install          0.0 s  not started: no such file\n");
}

TEST_F(ProgressTest, what_was_skipped_stopped_or_reused_has_none) {
  Progress progress = make({.form = ProgressForm::lines});

  progress.step_ended(step("asan", StepPurpose::test),
                      ended(facts::NotStarted{"build failed", "asan/build"}, 0));
  progress.step_ended(step("asan", StepPurpose::test), ended(facts::Stopped{}, 1));
  progress.step_ended(step("asan", StepPurpose::build), ended(facts::Reused{}, 0));

  EXPECT_EQ(take(), "");
}

TEST_F(ProgressTest, verbose_shows_command_lines_and_every_end) {
  Progress progress = make({.form = ProgressForm::lines, .verbose = true});

  progress.step_started(step("asan", StepPurpose::install));
  EXPECT_EQ(take(), "asan/install: /bin/tool 'a b'\n");
  progress.step_ended(step("asan", StepPurpose::install), ended(facts::Reused{}, 0));
  EXPECT_EQ(take(), "asan       install          0.0 s  unchanged since an earlier run\n");
}

TEST_F(ProgressTest, quiet_writes_nothing_but_the_messages_of_others) {
  Progress progress = make({.form = ProgressForm::nothing, .verbose = true});

  progress.step_started(step("asan", StepPurpose::test));
  progress.step_output_growth("asan/test", 1, 2);
  progress.tick();
  progress.step_ended(step("asan", StepPurpose::test), ended(facts::Exited{1}, 1));
  progress.finish();
  EXPECT_EQ(take(), "");
}

TEST_F(ProgressTest, plain_lines_and_groups_have_no_control_characters) {
  for (const ProgressForm form : {ProgressForm::lines, ProgressForm::github}) {
    Progress progress = make({.form = form, .verbose = true});
    Step hostile = step("a\x1b[2J\r", StepPurpose::test);
    hostile.argv = {"\x1b]0;title\x07", "\n::error::x"};

    progress.step_started(hostile);
    progress.step_ended(hostile, ended(facts::NotStarted{"\x1b[31m\nno", ""}, 1));
    progress.finish();

    for (const char c : take()) {
      EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20U);
    }
  }
}

TEST_F(ProgressTest, the_block_is_redrawn_in_place) {
  Progress progress = make({.form = ProgressForm::block});

  progress.step_started(step("asan", StepPurpose::build));
  EXPECT_EQ(take(), "1 running, 0 done, 0.0 s\n  asan       build        0.0 s");

  now_ += 1;
  progress.step_started(step("ubsan", StepPurpose::test));
  EXPECT_EQ(take(),
            "\r\x1b[1A\x1b[J"
            "2 running, 0 done, 1.0 s\n"
            "  asan       build        1.0 s\n"
            "  ubsan      test         0.0 s");

  now_ += 1;
  progress.step_output_growth("ubsan/test", 7, 30);
  EXPECT_EQ(take(),
            "\r\x1b[2A\x1b[J"
            "2 running, 0 done, 2.0 s\n"
            "  asan       build        2.0 s\n"
            "  ubsan      test         1.0 s  7 of 30 tests");

  now_ += 1;
  progress.step_ended(step("asan", StepPurpose::build), ended(facts::Exited{0}, 3));
  EXPECT_EQ(take(),
            "\r\x1b[2A\x1b[J"
            "asan       build            3.0 s\n"
            "1 running, 1 done, 3.0 s\n"
            "  ubsan      test         2.0 s  7 of 30 tests");

  progress.print("warning\n");
  EXPECT_EQ(take(),
            "\r\x1b[1A\x1b[J"
            "warning\n"
            "1 running, 1 done, 3.0 s\n"
            "  ubsan      test         2.0 s  7 of 30 tests");

  progress.finish();
  EXPECT_EQ(take(), "\r\x1b[1A\x1b[J");
}

TEST_F(ProgressTest, the_block_is_not_redrawn_more_often_than_an_eye_can_follow) {
  Progress progress = make({.form = ProgressForm::block});
  progress.step_started(step("asan", StepPurpose::test));
  take();

  for (std::size_t done = 1; done <= 1000; ++done) {
    now_ += 0.001;
    progress.step_output_growth("asan/test", done, 1000);
  }

  const std::string text = take();
  EXPECT_GE(std::count(text.begin(), text.end(), '\r'), 8);
  EXPECT_LE(std::count(text.begin(), text.end(), '\r'), 10);
}

TEST_F(ProgressTest, no_row_of_the_block_is_as_wide_as_the_terminal) {
  for (std::size_t columns = 0; columns < 60; ++columns) {
    Progress progress = make({.form = ProgressForm::block, .columns = columns});
    progress.step_started(step("größe日本語🐍", StepPurpose::make_environment));
    const std::string text = take();
    for (const std::string_view row : base::lines(text)) {
      EXPECT_LT(parsers::display_columns(row), std::max<std::size_t>(columns, 2)) << columns;
      EXPECT_EQ(base::valid_utf8(row), row) << columns;
    }
  }
}

TEST_F(ProgressTest, many_running_steps_are_counted_instead_of_shown) {
  Progress progress = make({.form = ProgressForm::block});
  for (int i = 0; i < 12; ++i) {
    progress.step_started(step("lane" + std::to_string(i), StepPurpose::build));
    now_ += 1;
  }

  const std::vector<std::string_view> rows = base::lines(written_);
  EXPECT_EQ(rows.back(), "  and 4 more");
}

TEST_F(ProgressTest, github_gets_a_group_for_each_lane) {
  Progress progress = make({.form = ProgressForm::github});

  progress.step_ended(step("asan", StepPurpose::build), ended(facts::Exited{0}, 1));
  progress.step_ended(step("asan", StepPurpose::test), ended(facts::Exited{0}, 2));
  progress.step_ended(step("ubsan", StepPurpose::build), ended(facts::Exited{0}, 3));
  progress.finish();

  EXPECT_EQ(take(),
            "::group::asan\n"
            "asan       build            1.0 s\n"
            "asan       test             2.0 s\n"
            "::endgroup::\n"
            "::group::ubsan\n"
            "ubsan      build            3.0 s\n"
            "::endgroup::\n");
}

TEST_F(ProgressTest, github_takes_no_command_from_what_steps_say) {
  Progress progress = make({.form = ProgressForm::github, .verbose = true});
  Step hostile = step("asan", StepPurpose::test);
  hostile.id = "::set-env name=A::b";
  hostile.argv = {"##[add-mask]x"};

  progress.step_started(hostile);
  progress.finish();

  EXPECT_EQ(take(),
            "::group::asan\n"
            ". ::set-env name=A::b: '## [add-mask]x'\n"
            "::endgroup::\n");
}

TEST_F(ProgressTest, what_went_wrong_is_red_when_there_are_colours) {
  Progress progress = make({.form = ProgressForm::lines, .color = true});

  progress.step_ended(step("asan", StepPurpose::build), ended(facts::Exited{0}, 1));
  progress.step_ended(step("asan", StepPurpose::test), ended(facts::Exited{1}, 1));

  EXPECT_EQ(take(),
            "asan       build            1.0 s\n"
            "asan       test             1.0 s\x1b[31m  exit 1\x1b[0m\n");
}

TEST_F(ProgressTest, events_may_come_from_several_threads) {
  Progress progress = make({.form = ProgressForm::lines});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&progress, i] {
      const Step one = step("lane" + std::to_string(i), StepPurpose::test);
      for (std::size_t n = 0; n < 50; ++n) {
        progress.step_started(one);
        progress.step_output_growth(one.id, n, 50);
        progress.step_ended(one, ended(facts::Exited{0}, 1));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(base::lines(written_).size(), 200U);
}

TEST(ProgressFormOf, a_run_follows_from_where_it_writes) {
  EXPECT_EQ(choose_form(true, true, {{"GITHUB_ACTIONS", "true"}}), ProgressForm::nothing);
  EXPECT_EQ(choose_form(false, true, {{"GITHUB_ACTIONS", "true"}}), ProgressForm::github);
  EXPECT_EQ(choose_form(false, true, {{"GITHUB_ACTIONS", ""}}), ProgressForm::block);
  EXPECT_EQ(choose_form(false, true, {{"TERM", "dumb"}}), ProgressForm::lines);
  EXPECT_EQ(choose_form(false, false, {}), ProgressForm::lines);
}

struct ColorRow {
  ColorMode mode;
  bool is_terminal;
  std::map<std::string, std::string> environment;
  bool expected;
};

TEST(UseColor, options_win_over_the_environment_and_that_over_the_terminal) {
  const std::vector<ColorRow> k_rows = {
      {ColorMode::always, false, {{"NO_COLOR", "1"}, {"TERM", "dumb"}}, true},
      {ColorMode::never, true, {{"FORCE_COLOR", "1"}}, false},
      {ColorMode::automatic, true, {}, true},
      {ColorMode::automatic, false, {}, false},
      {ColorMode::automatic, true, {{"NO_COLOR", "1"}}, false},
      {ColorMode::automatic, true, {{"NO_COLOR", ""}}, true},
      {ColorMode::automatic, true, {{"NO_COLOR", "1"}, {"FORCE_COLOR", "1"}}, false},
      {ColorMode::automatic, false, {{"FORCE_COLOR", "1"}}, true},
      {ColorMode::automatic, false, {{"FORCE_COLOR", "0"}}, false},
      {ColorMode::automatic, false, {{"CLICOLOR_FORCE", "1"}}, true},
      {ColorMode::automatic, false, {{"CLICOLOR_FORCE", "0"}}, false},
      {ColorMode::automatic, true, {{"TERM", "dumb"}}, false},
      {ColorMode::automatic, false, {{"TERM", "dumb"}, {"FORCE_COLOR", "1"}}, true},
  };
  for (const ColorRow& row : k_rows) {
    EXPECT_EQ(use_color(row.mode, row.is_terminal, row.environment), row.expected)
        << "row " << &row - k_rows.data();
  }
}

TEST(RenderSeconds, is_as_exact_as_a_person_wants_it) {
  EXPECT_EQ(render_seconds(0), "0.0 s");
  EXPECT_EQ(render_seconds(-1), "0.0 s");
  EXPECT_EQ(render_seconds(99.94), "99.9 s");
  EXPECT_EQ(render_seconds(99.96), "1 min 40 s");
  EXPECT_EQ(render_seconds(3599.6), "1 h 0 min");
  EXPECT_EQ(render_seconds(3725), "1 h 2 min");
  EXPECT_EQ(render_seconds(1e300), "277777 h 46 min");
}

}  // namespace
}  // namespace extproof::cli
