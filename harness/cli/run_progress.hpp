// SPDX-License-Identifier: Apache-2.0
//
// Connects the executor's events with the progress display. Level: cli.

#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "harness/cli/console.hpp"
#include "harness/cli/progress.hpp"
#include "harness/engines/ports.hpp"

namespace extproof::cli {

class RunProgress final : public engines::StepWatcher, public engines::RunRecorder {
 public:
  RunProgress(const Request& request, const Console& console);

  // Passes everything that is recorded on to `behind`, after it was shown.
  // Requires: `behind` outlives this.
  engines::RunRecorder& in_front_of(engines::RunRecorder& behind);

  void grown(const facts::Step& step, std::string_view appended) override;
  void planned(const std::vector<facts::Step>& steps) override;
  void started(const facts::Step& step) override;
  void ended(const facts::Step& step, const facts::StepResult& result) override;

  void finish();

 private:
  // Event lines of one suite, counted as they are written.
  struct Counted {
    std::string rest;  // the last line, as long as it has no end
    int done = 0;
    int total = 0;
  };

  std::mutex mutex_;  // steps grow in threads of their own
  std::unique_ptr<Progress> progress_;
  engines::RunRecorder* behind_ = nullptr;
  std::map<std::string, Counted> counted_;
  std::jthread clock_;  // lets the elapsed times go on while nothing else happens
};

}  // namespace extproof::cli
