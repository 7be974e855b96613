// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/progress.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/base/text.hpp"
#include "harness/cli/workflow_commands.hpp"
#include "harness/parsers/text_columns.hpp"

namespace extproof::cli {
namespace {

using facts::Step;
using facts::StepPurpose;
using facts::StepResult;

constexpr std::size_t k_most_rows = 8;    // running steps in the block
constexpr double k_redraw_seconds = 0.1;  // between two drawings that nothing urgent asks for
constexpr std::string_view k_shared = "all lanes";

std::string_view value_of(const std::map<std::string, std::string>& environment,
                          const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string_view() : std::string_view(found->second);
}

std::string filled(std::string text, std::size_t columns) {
  const std::size_t width = parsers::display_columns(text);
  text.append(width < columns ? columns - width : 0, ' ');
  return text;
}

std::string counted(std::size_t done, std::size_t total) {
  if (total == 0) {
    return std::to_string(done) + (done == 1 ? " test" : " tests");
  }
  return std::to_string(done) + " of " + std::to_string(total) + (total == 1 ? " test" : " tests");
}

// Whether a person wants a line about the end of this step: what takes long or decides something,
// and everything that went wrong, but not what was skipped because of that.
bool matters(const Step& step, const StepResult& result, bool verbose) {
  if (const auto* idle = std::get_if<facts::NotStarted>(&result.end)) {
    return verbose || idle->need.empty();
  }
  if (std::holds_alternative<facts::Stopped>(result.end)) {
    return verbose;
  }
  if (!result.good()) {
    return true;
  }
  if (std::holds_alternative<facts::Reused>(result.end)) {
    return verbose;
  }
  return verbose || step.purpose == StepPurpose::build || step.purpose == StepPurpose::preflight ||
         step.purpose == StepPurpose::test;
}

}  // namespace

ProgressForm choose_form(bool quiet, bool is_terminal,
                         const std::map<std::string, std::string>& environment) {
  if (quiet) {
    return ProgressForm::nothing;
  }
  if (value_of(environment, "GITHUB_ACTIONS") == "true") {
    return ProgressForm::github;
  }
  return is_terminal && value_of(environment, "TERM") != "dumb" ? ProgressForm::block
                                                                : ProgressForm::lines;
}

bool use_color(ColorMode mode, bool is_terminal,
               const std::map<std::string, std::string>& environment) {
  if (mode != ColorMode::automatic) {
    return mode == ColorMode::always;
  }
  if (!value_of(environment, "NO_COLOR").empty()) {
    return false;
  }
  for (const char* name : {"FORCE_COLOR", "CLICOLOR_FORCE"}) {
    const std::string_view value = value_of(environment, name);
    if (!value.empty() && value != "0") {
      return true;
    }
  }
  return is_terminal && value_of(environment, "TERM") != "dumb";
}

std::string render_seconds(double seconds) {
  if (!(seconds > 0)) {
    seconds = 0;
  }
  if (seconds < 99.95) {
    const auto tenths = std::lround(seconds * 10);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
  }
  const auto whole = std::llround(std::min(seconds, 1e9));
  if (whole < 3600) {
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  }
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

Progress::Progress(ProgressStyle style, std::function<void(std::string_view)> write,
                   std::function<double()> now)
    : style_(style), write_(std::move(write)), now_(std::move(now)), began_(now_()) {
  drawn_at_ = began_ - k_redraw_seconds;
}

void Progress::step_started(const Step& step) {
  const std::lock_guard lock(mutex_);
  running_.push_back({.id = step.id,
                      .lane = base::escape_line(step.lane.empty() ? k_shared : step.lane),
                      .purpose = to_string(step.purpose),
                      .since = now_()});
  if (style_.verbose) {
    const std::string id = base::escape_line(step.id);
    write_lines(running_.back().lane,
                id + ": " + base::escape_line(base::render_command(step.argv)) + "\n");
  }
  redraw(true);
}

void Progress::step_output_growth(std::string_view step_id, std::size_t tests_done,
                                  std::size_t tests_total) {
  const std::lock_guard lock(mutex_);
  for (Running& step : running_) {
    if (step.id == step_id) {
      step.done = tests_done;
      step.total = tests_total;
    }
  }
  redraw(false);
}

void Progress::step_ended(const Step& step, const StepResult& result) {
  const std::lock_guard lock(mutex_);
  Running ended{.id = step.id,
                .lane = base::escape_line(step.lane.empty() ? k_shared : step.lane),
                .purpose = to_string(step.purpose),
                .since = now_()};
  const auto found = std::find_if(running_.begin(), running_.end(),
                                  [&](const Running& one) { return one.id == step.id; });
  if (found != running_.end()) {
    ended = *found;
    running_.erase(found);
  }
  ++ended_;
  if (matters(step, result, style_.verbose)) {
    write_lines(ended.lane, ended_line(ended, result));
  }
  redraw(true);
}

void Progress::tick() {
  const std::lock_guard lock(mutex_);
  redraw(false);
}

void Progress::print(std::string_view text) {
  const std::lock_guard lock(mutex_);
  write_(erased_block() + std::string(text));
  redraw(true);
}

void Progress::finish() {
  const std::lock_guard lock(mutex_);
  running_.clear();
  if (const std::string erased = erased_block(); !erased.empty()) {
    write_(erased);
  }
  if (!group_.empty()) {
    write_(render_group_end());
    group_.clear();
  }
}

std::string Progress::ended_line(const Running& step, const StepResult& result) const {
  std::string line = filled(step.lane, 10) + " " + filled(step.purpose, 12) + " ";
  const std::string seconds = render_seconds(result.seconds);
  line += std::string(seconds.size() < 9 ? 9 - seconds.size() : 0, ' ') + seconds;
  std::string rest;
  if (step.done > 0 || step.total > 0) {
    rest = "  " + counted(step.done, step.total);
  }
  if (!std::holds_alternative<facts::Exited>(result.end) || !result.good()) {
    rest += "  " + base::escape_line(describe(result.end));
  }
  if (style_.color && !result.good()) {
    return line + "\x1b[31m" + rest + "\x1b[0m\n";
  }
  return line + rest + "\n";
}

// Whole lines about one lane, in the form of this run.
void Progress::write_lines(const std::string& lane, const std::string& lines) {
  switch (style_.form) {
    case ProgressForm::nothing:
      return;
    case ProgressForm::block:
      write_(erased_block() + lines);
      return;
    case ProgressForm::lines:
      write_(lines);
      return;
    case ProgressForm::github: {
      std::string text;
      // Groups do not nest, and lanes run side by side: the open group is that of the last line.
      if (group_ != lane) {
        text = (group_.empty() ? "" : render_group_end()) + render_group(lane);
        group_ = lane;
      }
      for (const std::string_view line : base::lines(lines)) {
        text += without_commands(line) + "\n";
      }
      write_(text);
      return;
    }
  }
}

void Progress::redraw(bool at_once) {
  if (style_.form != ProgressForm::block) {
    return;
  }
  const double now = now_();
  if (!at_once && now - drawn_at_ < k_redraw_seconds) {
    return;
  }
  drawn_at_ = now;
  const std::string erased = erased_block();
  const std::string drawn = drawn_block();
  if (!erased.empty() || !drawn.empty()) {
    write_(erased + drawn);
  }
}

// What takes the block off the terminal and leaves the cursor where it began.
std::string Progress::erased_block() {
  if (drawn_lines_ == 0) {
    return "";
  }
  std::string text = "\r";
  if (drawn_lines_ > 1) {
    text += "\x1b[" + std::to_string(drawn_lines_ - 1) + "A";
  }
  drawn_lines_ = 0;
  return text + "\x1b[J";
}

// The block without a newline at its end, so that the terminal never scrolls because of it.
std::string Progress::drawn_block() {
  if (running_.empty()) {
    return "";
  }
  const double now = now_();
  // The last column stays free: some terminals wrap when it is written.
  const std::size_t columns = std::max<std::size_t>(style_.columns, 2) - 1;
  std::vector<std::string> rows;
  rows.push_back(std::to_string(running_.size()) + " running, " + std::to_string(ended_) +
                 " done, " + render_seconds(now - began_));
  for (const Running& step : running_) {
    if (rows.size() > k_most_rows) {
      rows.push_back("  and " + std::to_string(running_.size() - k_most_rows) + " more");
      break;
    }
    std::string row = "  " + filled(step.lane, 10) + " " + filled(step.purpose, 12) + " " +
                      render_seconds(now - step.since);
    if (step.done > 0 || step.total > 0) {
      row += "  " + counted(step.done, step.total);
    }
    rows.push_back(std::move(row));
  }
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text += (i == 0 ? "" : "\n") + parsers::cut_to_columns(rows[i], columns);
  }
  drawn_lines_ = rows.size();
  return text;
}

}  // namespace extproof::cli
