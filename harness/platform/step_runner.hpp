// SPDX-License-Identifier: Apache-2.0
//
// Runs steps as real processes, each under a reaper of its own. Level: platform.

#pragma once

#include <string>

#include "harness/engines/ports.hpp"
#include "harness/platform/process.hpp"

namespace extproof::platform {

// How the reaper's protocol is used, in seconds.
struct Patience {
  double after_interrupt = 5;  // from SIGINT to SIGTERM when the run is asked to end soon
  double after_terminate = 3;  // from SIGTERM to SIGKILL
  double after_abort = 10;     // for a silent process to write down its stacks
};

class PosixStepRunner final : public engines::StepRunner {
 public:
  PosixStepRunner(std::string reaper, Environment own, Patience patience = {});

  facts::StepResult run(const facts::Step& step, const engines::StopFlag& stop,
                        engines::StepWatcher& watcher) override;

 private:
  std::string reaper_;
  Environment own_;
  Patience patience_;
};

}  // namespace extproof::platform
