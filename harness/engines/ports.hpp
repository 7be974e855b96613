// SPDX-License-Identifier: Apache-2.0
//
// What the engines need of the outside, as small interfaces. Level: engines. Implemented by
// harness/platform and harness/store, and by fakes in harness/testing; both pass the suites in
// harness/testing/conformance.

#pragma once

#include <atomic>
#include <string_view>
#include <vector>

#include "harness/facts/step.hpp"

namespace extproof::engines {

// How urgently the run is asked to end. Raised by signal handlers and by the executor; polled.
enum class StopRequest { none, finish_soon, at_once };
using StopFlag = std::atomic<StopRequest>;

// Told while a step runs. Calls come from the thread that runs the step.
class StepWatcher {
 public:
  virtual ~StepWatcher() = default;
  // The file that the step's limits watch has grown by this text.
  virtual void grown(const facts::Step& step, std::string_view appended) = 0;
};

// Runs one step to its end.
class StepRunner {
 public:
  virtual ~StepRunner() = default;
  // Ensures: when it returns, no process of the step is left, whatever the step did. A step that
  // cannot be started gives NotStarted with the system's reason. `stop` above none ends the step:
  // finish_soon lets it write down what it knows, at_once does not; the result is then Stopped.
  // Threads: any number of calls at once, for different steps.
  virtual facts::StepResult run(const facts::Step& step, const StopFlag& stop,
                                StepWatcher& watcher) = 0;
};

// Written before anything is started and after anything ended. Calls come from one thread.
class RunRecorder {
 public:
  virtual ~RunRecorder() = default;
  virtual void planned(const std::vector<facts::Step>& steps) = 0;
  virtual void started(const facts::Step& step) = 0;
  virtual void ended(const facts::Step& step, const facts::StepResult& result) = 0;
};

}  // namespace extproof::engines
