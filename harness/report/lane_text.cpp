// SPDX-License-Identifier: Apache-2.0
#include "harness/report/lane_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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

bool was_interrupted(const LaneReport& lane) {
  return lane.outcome == LaneOutcome::skipped && lane.reason.starts_with(facts::k_interrupted);
}

Row row_of(const LaneReport& lane) {
  const facts::TestCounts& counts = lane.counts;
  return {escape_line(lane.name),
          was_interrupted(lane) ? "interrupted" : facts::to_string(lane.outcome),
          std::to_string(counts.passed),
          std::to_string(counts.failed),
          std::to_string(counts.skipped),
          std::to_string(counts.errors),
          std::to_string(counts.not_run),
          seconds_text(lane.build_seconds),
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
      if (!problem.skipped && !is_told(problem)) {
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
  // By a refusal or warning above the table.
  bool is_told(const facts::CollectionProblem& problem) const {
    return std::any_of(lane_.refusals.begin(), lane_.refusals.end(), [&](const auto& refusal) {
      return refusal.code == "XP1104" ||
             (refusal.code == "XP2007" &&
              refusal.headline.find("\"" + problem.id + "\"") != std::string::npos);
    });
  }

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

// One message for all lanes that say the same.
struct SharedRefusal {
  std::string cause;
  facts::Refusal refusal;  // of the first lane
  std::vector<std::string> lanes;
  std::vector<std::string> logs;
};

bool is_log(const facts::RefusalNote& note) {
  return note.label == "log";
}

// Without "in 0.12s", in which pytest's last line differs each time.
std::string without_duration(std::string line) {
  const std::size_t at = line.rfind(" in ");
  const std::size_t end =
      at == std::string::npos ? at : line.find_first_not_of("0123456789.", at + 4);
  if (end != std::string::npos && end > at + 4 && line[end] == 's') {
    line.erase(at, end + 1 - at);
  }
  return line;
}

// What two lanes say alike: everything but where their logs are and how long they took.
std::string cause_of(facts::Refusal refusal) {
  std::erase_if(refusal.notes, is_log);
  const std::string text = facts::render_refusal(refusal);  // the lines point into it
  std::string cause;
  for (const std::string_view line : base::lines(text)) {
    cause += without_duration(std::string(line)) + "\n";
  }
  return cause;
}

void add_logs(const facts::Refusal& refusal, std::vector<std::string>& logs) {
  for (const facts::RefusalNote& note : refusal.notes) {
    if (is_log(note) && std::find(logs.begin(), logs.end(), note.text) == logs.end()) {
      logs.push_back(note.text);
    }
  }
}

// Names the lanes, unless the headline names the only one already.
facts::Refusal with_lanes(SharedRefusal shared) {
  facts::Refusal refusal = std::move(shared.refusal);
  for (facts::RefusalNote& note : refusal.notes) {
    if (is_log(note)) {
      note.text = base::join(shared.logs, "\n");
    }
  }
  const std::string& first = shared.lanes.front();
  if (shared.lanes.size() > 1) {
    refusal.notes.insert(refusal.notes.begin(),
                         {"lanes", escape_line(base::join(shared.lanes, ", "))});
  } else if (refusal.headline.find("\"" + first + "\"") == std::string::npos) {
    refusal.notes.insert(refusal.notes.begin(), {"lane", escape_line(first)});
  }
  return refusal;
}

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
  std::vector<SharedRefusal> shared;
  for (const LaneReport& lane : run.lanes) {
    for (const facts::Refusal& refusal : lane.refusals) {
      const std::string cause = cause_of(refusal);
      const auto same = std::find_if(shared.begin(), shared.end(),
                                     [&](const auto& one) { return one.cause == cause; });
      SharedRefusal& one =
          same != shared.end() ? *same : shared.emplace_back(SharedRefusal{cause, refusal, {}, {}});
      if (one.lanes.empty() || one.lanes.back() != lane.name) {
        one.lanes.push_back(lane.name);
      }
      add_logs(refusal, one.logs);
    }
  }
  std::string all;
  for (SharedRefusal& one : shared) {
    all += facts::render_refusal(with_lanes(std::move(one))) + "\n";
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
