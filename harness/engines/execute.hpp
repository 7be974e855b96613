// SPDX-License-Identifier: Apache-2.0
//
// The one executor: runs a plan that grows. Level: engines. It knows no lane and no process; what
// comes next it asks for, what runs it hands to the StepRunner.

#pragma once

#include <functional>
#include <vector>

#include "harness/engines/lane.hpp"
#include "harness/engines/ports.hpp"

namespace extproof::engines {

// All steps that should exist, given the results so far.
using NextSteps = std::function<std::vector<facts::Step>(const Results&)>;

struct ExecutePorts {
  StepRunner& runner;
  RunRecorder& recorder;
  StepWatcher& watcher;
};

// Runs `first` and what `next` adds, at most `jobs` at once, in the order of the plan where needs
// allow it. Every step is recorded as planned before any of its wave starts, and every result is
// recorded before `next` sees it. A step whose need ended badly gets NotStarted and is not run.
// After `stop` is raised nothing new is started; what runs is ended by the runner.
// Requires: jobs >= 1. A need that is no step of the plan counts as one that failed.
// Ensures:  every planned step has a result, except those that a stop kept from starting.
Results execute(std::vector<facts::Step> first, const NextSteps& next, ExecutePorts ports,
                StopFlag& stop, int jobs);

}  // namespace extproof::engines
