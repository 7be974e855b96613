// SPDX-License-Identifier: Apache-2.0
//
// What the processes of a suite say of a lane: each test's end, the reports, crashes and hangs, and
// what the lane comes to. Level: engines. Pure; private to the suite.

#pragma once

#include <string>
#include <vector>

#include "harness/engines/instrumentation.hpp"
#include "harness/engines/lane.hpp"
#include "harness/engines/preflight.hpp"
#include "harness/engines/suite_paths.hpp"

namespace extproof::engines {

// All of it outlives the call.
struct TestsInput {
  const facts::Configuration& configuration;
  const Instrumentation& instrumentation;
  const Results& results;
  const SuitePaths& paths;
  const InstalledPackage& package;
  const std::vector<std::string>& native_files;  // absolute
};

// Adds it to `lane`, which comes with what is known of the steps before. A lane whose suite has not
// begun is left as it is.
void interpret_tests(const TestsInput& input, LaneInterpretation& lane);

}  // namespace extproof::engines
