// SPDX-License-Identifier: Apache-2.0
#include "harness/report/lane_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "harness/base/text.hpp"

namespace extproof::report {
namespace {

using base::escape_line;
using facts::LaneOutcome;
using facts::LaneReport;
using facts::TestOutcome;

constexpr std::size_t k_columns = 9;
using Row = std::array<std::string, k_columns>;

std::string seconds_text(double seconds) {
  return seconds > 0 ? fmt::format("{:.1f} s", seconds) : "-";
}

Row row_of(const LaneReport& lane) {
  const facts::TestCounts& counts = lane.counts;
  return {escape_line(lane.name),         facts::to_string(lane.outcome),
          std::to_string(counts.passed),  std::to_string(counts.failed),
          std::to_string(counts.skipped), std::to_string(counts.errors),
          std::to_string(counts.not_run), seconds_text(lane.build_seconds),
          seconds_text(lane.test_seconds)};
}

Ink ink_of(LaneOutcome outcome) {
  switch (outcome) {
    case LaneOutcome::passed:
      return Ink::green;
    case LaneOutcome::skipped:
      return Ink::plain;
    case LaneOutcome::refused:
      return Ink::yellow;
    case LaneOutcome::failed:
    case LaneOutcome::timed_out:
    case LaneOutcome::crashed:
      return Ink::red;
  }
  return Ink::plain;
}

// "clang-19 19.1.7, Python 3.13.0"; with the interpreter's path when it is asked for.
std::string built_with(const LaneReport& lane, const ConsoleStyle& style) {
  std::string text = escape_line(lane.compiler);
  if (!lane.interpreter.empty()) {
    const std::string_view version = style.verbose ? std::string_view(lane.interpreter)
                                                   : base::split(lane.interpreter, ' ').front();
    text += (text.empty() ? "Python " : ", Python ") + escape_line(version);
  }
  return text;
}

std::string row_text(const Row& row, const std::array<std::size_t, k_columns>& widths) {
  std::string text =
      "  " + left_aligned(row[0], widths[0]) + "  " + left_aligned(row[1], widths[1]);
  for (std::size_t i = 2; i < k_columns; ++i) {
    text += "  " + right_aligned(row.at(i), widths.at(i));
  }
  return text;
}

std::vector<std::string> tests_with(const LaneReport& lane, TestOutcome outcome) {
  std::vector<std::string> names;
  for (const facts::TestRecord& test : lane.tests) {
    if (test.outcome == outcome) {
      names.push_back(test.id);
    }
  }
  return names;
}

// Requires: others is sorted.
std::vector<std::string> without(std::vector<std::string> names,
                                 const std::vector<std::string>& others) {
  std::erase_if(names, [&](const std::string& name) {
    return std::binary_search(others.begin(), others.end(), name);
  });
  return names;
}

class LaneNotes {
 public:
  LaneNotes(const LaneReport& lane, const std::vector<std::string>& baseline_failing,
            const ConsoleStyle& style)
      : lane_(lane), baseline_failing_(baseline_failing), style_(style) {}

  std::string render() {
    add_failures();
    add_not_run();
    for (const facts::CollectionProblem& problem : lane_.collection_problems) {
      if (!problem.skipped) {
        const auto lines = base::lines(problem.message);
        add("could not be collected: " + unbroken(problem.id) +
            (lines.empty() ? "" : ": " + escape_line(lines.front())));
      }
    }
    if (!lane_.blind_spots.empty()) {
      std::string blind;
      for (const std::string& spot : lane_.blind_spots) {
        blind += (blind.empty() ? "" : "; ") + escape_line(spot);
      }
      add("could not see: " + blind);
    }
    const bool ended_early =
        lane_.outcome == LaneOutcome::crashed || lane_.outcome == LaneOutcome::timed_out;
    if ((ended_early || style_.verbose) && !lane_.log.empty()) {
      add("log: " + unbroken(lane_.log));
    }
    if (style_.verbose) {
      add_details();
    }
    const bool has_reason = lane_.outcome != LaneOutcome::passed && !lane_.reason.empty();
    if (notes_.empty() && !has_reason) {
      return "";
    }
    const std::string name = escape_line(lane_.name);
    return wrapped("", "  ", has_reason ? name + ": " + escape_line(lane_.reason) : name, style_) +
           notes_;
  }

 private:
  void add(const std::string& note) { notes_ += wrapped("  ", "    ", note, style_); }

  void add_failures() {
    constexpr std::size_t k_shown = 5;
    const std::vector<std::string> failing = failing_tests(lane_);
    if (is_baseline(lane_)) {
      if (!failing.empty()) {
        add("fails without any sanitizer: " + some_of(failing, k_shown));
      }
      return;
    }
    const std::vector<std::string> here_only = without(failing, baseline_failing_);
    if (!here_only.empty()) {
      add("fails here only: " + some_of(here_only, k_shown));
    }
    if (failing.size() > here_only.size()) {
      add(counted(failing.size() - here_only.size(), "test") + " fail as without any sanitizer");
    }
  }

  void add_not_run() {
    constexpr std::size_t k_shown = 3;
    if (lane_.counts.not_run == 0) {
      return;
    }
    const std::vector<std::string> names = tests_with(lane_, TestOutcome::not_run);
    add("not run: " + counted(static_cast<std::size_t>(std::max(lane_.counts.not_run, 0)), "test") +
        (names.empty() ? "" : ": " + some_of(names, style_.verbose ? names.size() : k_shown)));
  }

  void add_details() {
    for (const facts::PreflightCheck& check : lane_.preflight) {
      add(fmt::format("preflight: {} {}: {}", escape_line(check.check), check.ok ? "ok" : "not ok",
                      escape_line(check.detail)));
    }
    if (!lane_.flags.empty()) {
      add("flags: " + escape_line(base::render_command(lane_.flags)));
    }
  }

  const LaneReport& lane_;
  const std::vector<std::string>& baseline_failing_;
  const ConsoleStyle& style_;
  std::string notes_;
};

}  // namespace

bool is_baseline(const LaneReport& lane) {
  return lane.name == "release" || lane.name.starts_with("release/");
}

std::vector<std::string> failing_tests(const LaneReport& lane) {
  std::vector<std::string> names = tests_with(lane, TestOutcome::failed);
  for (std::string& name : tests_with(lane, TestOutcome::error)) {
    names.push_back(std::move(name));
  }
  return names;
}

std::string render_refusals(const facts::RunReport& run) {
  std::vector<std::string> texts;
  std::map<std::string, std::vector<std::string>> lanes;
  for (const LaneReport& lane : run.lanes) {
    for (const facts::Refusal& refusal : lane.refusals) {
      std::string text = facts::render_refusal(refusal);
      if (lanes[text].empty()) {
        texts.push_back(text);
      }
      lanes[text].push_back(lane.name);
    }
  }
  std::string all;
  for (const std::string& text : texts) {
    all += text;
    const std::vector<std::string>& names = lanes[text];
    if (names.size() > 1) {
      all += wrapped("  the same in lanes ", "    ", some_of(names, names.size()), {.columns = 0});
    }
    all += "\n";
  }
  return all;
}

std::string render_lane_table(const facts::RunReport& run, const ConsoleStyle& style) {
  const Row head = {"lane",  "outcome", "passed", "failed", "skipped",
                    "error", "not run", "build",  "test"};
  std::vector<Row> rows;
  std::array<std::size_t, k_columns> widths = {};
  std::size_t widest_origin = 0;
  const auto measure = [&](const Row& row) {
    for (std::size_t i = 0; i < k_columns; ++i) {
      widths.at(i) = std::max(widths.at(i), display_width(row.at(i)));
    }
  };
  measure(head);
  for (const LaneReport& lane : run.lanes) {
    rows.push_back(row_of(lane));
    measure(rows.back());
    widest_origin = std::max(widest_origin, display_width(built_with(lane, style)));
  }
  const std::string head_text = row_text(head, widths);
  const auto columns = static_cast<std::size_t>(std::max(style.columns, 0));
  const bool one_line = columns == 0 || display_width(head_text) + 2 + widest_origin <= columns;
  std::string text = head_text + (one_line ? "  built with" : "") + "\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const LaneReport& lane = run.lanes[i];
    const std::string origin = built_with(lane, style);
    std::string row = row_text(rows[i], widths);
    // Painted last, so that the codes do not count as columns.
    const std::size_t at = 2 + left_aligned(rows[i][0], widths[0]).size() + 2;
    row.replace(at, rows[i][1].size(), painted(rows[i][1], ink_of(lane.outcome), style));
    text += row;
    if (!origin.empty()) {
      text += one_line ? "  " + origin : "\n" + std::string(widths[0] + 4, ' ') + origin;
    }
    text += "\n";
  }
  return text;
}

std::string render_lane_notes(const facts::RunReport& run, const ConsoleStyle& style) {
  std::vector<std::string> baseline_failing;
  for (const LaneReport& lane : run.lanes) {
    if (is_baseline(lane)) {
      for (std::string& name : failing_tests(lane)) {
        baseline_failing.push_back(std::move(name));
      }
    }
  }
  std::sort(baseline_failing.begin(), baseline_failing.end());
  std::string text;
  for (const LaneReport& lane : run.lanes) {
    text += LaneNotes(lane, baseline_failing, style).render();
  }
  return text;
}

}  // namespace extproof::report
