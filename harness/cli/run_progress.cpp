// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/run_progress.hpp"

#include <chrono>

#include "harness/platform/surroundings.hpp"

namespace extproof::cli {
namespace {

using platform::Stream;

ProgressStyle style_of(const Request& request, const Console& console) {
  const bool terminal = platform::is_terminal(Stream::errors);
  return {.form = choose_form(request.quiet, terminal, console.environment()),
          .columns = static_cast<std::size_t>(platform::columns_of(Stream::errors)),
          .color = use_color(request.color, terminal, console.environment()),
          .verbose = request.verbose};
}

}  // namespace

RunProgress::RunProgress(const Request& request, const Console& console)
    : progress_(std::make_unique<Progress>(
          style_of(request, console),
          [](std::string_view text) { platform::write_to(Stream::errors, text); },
          platform::monotonic_seconds)),
      clock_([this](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
          std::this_thread::sleep_for(std::chrono::milliseconds(200));
          progress_->tick();
        }
      }) {}

engines::RunRecorder& RunProgress::in_front_of(engines::RunRecorder& behind) {
  behind_ = &behind;
  return *this;
}

void RunProgress::grown(const facts::Step& step, std::string_view appended) {
  const std::lock_guard lock(mutex_);
  Counted& counted = counted_[step.id];
  counted.rest += appended;
  std::size_t begin = 0;
  for (std::size_t end = counted.rest.find('\n'); end != std::string::npos;
       end = counted.rest.find('\n', begin)) {
    const std::string_view line = std::string_view(counted.rest).substr(begin, end - begin);
    // The plugin writes the event's name first; see harness/python/extproof/events.py.
    if (line.starts_with("{\"event\":\"test\"") || line.starts_with("{\"event\": \"test\"")) {
      ++counted.done;
    } else if (line.starts_with("{\"event\":\"item\"") ||
               line.starts_with("{\"event\": \"item\"")) {
      ++counted.total;
    }
    begin = end + 1;
  }
  counted.rest.erase(0, begin);
  progress_->step_output_growth(step.id, static_cast<std::size_t>(counted.done),
                                static_cast<std::size_t>(counted.total));
}

void RunProgress::planned(const std::vector<facts::Step>& steps) {
  behind_->planned(steps);
}

void RunProgress::started(const facts::Step& step) {
  progress_->step_started(step);
  behind_->started(step);
}

void RunProgress::ended(const facts::Step& step, const facts::StepResult& result) {
  progress_->step_ended(step, result);
  behind_->ended(step, result);
}

void RunProgress::finish() {
  progress_->finish();
}

}  // namespace extproof::cli
