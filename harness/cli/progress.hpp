// SPDX-License-Identifier: Apache-2.0
//
// Tells a person how a run proceeds. Level: cli. Told events, writes text to where it is told;
// knows no terminal, no clock and no environment of its own.

#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/request.hpp"
#include "harness/facts/step.hpp"

namespace extproof::cli {

enum class ProgressForm {
  nothing,
  block,   // a terminal: the running steps, redrawn in place
  lines,   // one line at the end of a step that matters; no control characters
  github,  // lines, in a group for each lane
};

// The form for this run. GITHUB_ACTIONS=true in the environment means github.
ProgressForm choose_form(bool quiet, bool is_terminal,
                         const std::map<std::string, std::string>& environment);

// Whether to use colours. always and never decide; otherwise, in this order, each when set and not
// empty: NO_COLOR forbids, FORCE_COLOR and CLICOLOR_FORCE demand (unless "0"), TERM=dumb forbids.
// Else a terminal has colours.
bool use_color(ColorMode mode, bool is_terminal,
               const std::map<std::string, std::string>& environment);

struct ProgressStyle {
  ProgressForm form = ProgressForm::lines;
  std::size_t columns = 80;  // of the terminal; the block is never wider
  bool color = false;
  bool verbose = false;  // also every step's command line, and steps that were reused
};

// Threads: any number of calls at once. `write` is called by one at a time.
class Progress {
 public:
  // `now` gives seconds since any fixed moment.
  Progress(ProgressStyle style, std::function<void(std::string_view)> write,
           std::function<double()> now);

  void step_started(const facts::Step& step);
  // A total of 0 means that it is not known yet. Ignored for a step that is not running.
  void step_output_growth(std::string_view step_id, std::size_t tests_done,
                          std::size_t tests_total);
  void step_ended(const facts::Step& step, const facts::StepResult& result);
  // Lets the elapsed times go on; for a loop that waits.
  void tick();
  // Writes a message of others, lines each ended by "\n", without damaging the block.
  void print(std::string_view text);
  // Takes the block away or ends the group. Nothing may be told afterwards.
  void finish();

 private:
  struct Running {
    std::string id;
    std::string lane;
    std::string purpose;
    double since = 0;
    std::size_t done = 0;
    std::size_t total = 0;
  };

  void write_lines(const std::string& lane, const std::string& lines);
  void redraw(bool at_once);
  std::string erased_block();
  std::string drawn_block();
  std::string ended_line(const Running& step, const facts::StepResult& result) const;

  const ProgressStyle style_;
  const std::function<void(std::string_view)> write_;
  const std::function<double()> now_;
  std::mutex mutex_;
  std::vector<Running> running_;  // in the order of their starts
  std::size_t ended_ = 0;
  std::size_t drawn_lines_ = 0;  // of the block on the terminal
  double began_ = 0;
  double drawn_at_ = 0;
  std::string group_;  // the open one of GitHub
};

// "0.4 s", "12.3 s", "2 min 5 s", "1 h 2 min".
std::string render_seconds(double seconds);

}  // namespace extproof::cli
