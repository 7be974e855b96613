// SPDX-License-Identifier: Apache-2.0
//
// Looks at the machine: compilers, runtimes, interpreters, tools, kernel. Level: platform.

#pragma once

#include "harness/facts/toolchain.hpp"
#include "harness/platform/process.hpp"

namespace extproof::platform {

// Programs that a configuration names by an absolute path; they need not be on PATH.
struct NamedPrograms {
  std::vector<std::string> compilers;
  std::vector<std::string> interpreters;
};

// What is found on PATH and in the usual places of interpreters, and what was named. What a program
// said of itself is remembered in the user's cache folder and asked again when the program changed.
facts::Toolchain observe_toolchain(const Environment& environment, const NamedPrograms& named = {});

// The user's cache folder for extproof: below $XDG_CACHE_HOME, or ~/.cache.
std::string cache_folder(const Environment& environment);

// Where extproof's own parts lie: beside the program in a build folder, or in the package that the
// wheel installed. EXTPROOF_HOME names the package's folder where neither is so. Empty paths for
// parts that are missing.
facts::Parts observe_parts(const Environment& environment);

}  // namespace extproof::platform
