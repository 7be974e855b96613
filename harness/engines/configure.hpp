// SPDX-License-Identifier: Apache-2.0
//
// Decides in which configurations a run builds: for each lane asked for, its compiler and its
// interpreter, and the baseline that belongs to it. Level: engines. Pure.

#pragma once

#include <string>
#include <vector>

#include "harness/engines/lane.hpp"

namespace extproof::engines {

struct Asked {
  std::vector<std::string> lanes;             // in order, without doubles
  bool only_what_can_judge = false;           // --all: a lane that cannot run here is merely listed
  std::vector<std::string> pytest_arguments;  // after "--"
};

// A lane that will not run, with the reason.
struct LeftOut {
  std::string name;
  std::string lane;
  facts::Refusal refusal;
  bool requested = true;
};

struct Configured {
  std::vector<facts::Configuration> configurations;  // the baseline first
  std::vector<LeftOut> left_out;
};

// `run` numbers the run that the configurations belong to.
// Ensures: each lane asked for is in exactly one of the two lists; for each interpreter of a
// configuration there is one of the baseline lane "release", on that interpreter or, where it is
// instrumented, on a release build of its version; none where there is no such build.
Configured configure(const Asked& asked, const std::vector<Lane>& lanes,
                     const facts::Project& project, const facts::Config& config,
                     const facts::Toolchain& toolchain, int run);

}  // namespace extproof::engines
