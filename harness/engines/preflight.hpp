// SPDX-License-Identifier: Apache-2.0
//
// Judges what the preflight saw: whether this configuration would show a bug. Level: engines. Pure.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/engines/instrumentation.hpp"
#include "harness/engines/lane.hpp"
#include "harness/engines/seen_report.hpp"

namespace extproof::engines {

struct NativeModule {
  std::string name;  // "pkg._core"
  std::string file;  // absolute, as installed
};

// What the step "modules" printed, of a wheel or of what CMake built.
struct InstalledPackage {
  std::string name;
  std::string version;
  std::vector<std::string> top_level;
  std::vector<NativeModule> native;
  // Of what CMake built: the folders in which Python has to look, and which folders of the project
  // a built package takes the place of.
  std::vector<std::string> roots;
  std::vector<std::pair<std::string, std::string>> links;
};

// Ensures: empty members for an output that cannot be read.
InstalledPackage parse_installed(const facts::StepResult& modules,
                                 const std::string& site_packages);

// The modules that the lane judges: those asked for, else all of the wheel.
std::vector<NativeModule> judged_modules(const facts::Configuration& configuration,
                                         const InstalledPackage& package);

struct Preflight {
  std::vector<facts::PreflightCheck> checks;
  std::vector<facts::Refusal> refusals;  // empty: the lane can judge
  std::vector<std::string> blind_spots;  // of these modules; sentences
  // The process ended while it imported this module; what it left tells why. Empty: it did not.
  std::string died_importing;
  std::vector<SeenReport> reports_of_import;
};

// Requires: the steps "modules", "inspect" and "preflight" have results.
Preflight judge_preflight(const facts::Configuration& configuration,
                          const Instrumentation& instrumentation, const Results& results);

}  // namespace extproof::engines
