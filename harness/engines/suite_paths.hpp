// SPDX-License-Identifier: Apache-2.0
//
// The paths of one configuration in one run. Level: engines.

#pragma once

#include <string>

#include "harness/facts/configuration.hpp"
#include "harness/store/layout.hpp"

namespace extproof::engines {

struct SuitePaths {
  store::Layout layout;
  store::BuildFolder folder;

  std::string python;        // the launcher
  std::string plain_python;  // the interpreter of the environment as it is
  std::string site_packages;
  std::string canary;          // the built canary
  std::string preflight_logs;  // kept with the build, since the preflight is
  std::string preflight_out;
  std::string logs;  // of this run's first test process
  std::string events;
};

SuitePaths paths_of(const facts::Configuration& configuration);

}  // namespace extproof::engines
