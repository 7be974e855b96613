// SPDX-License-Identifier: Apache-2.0
//
// What the sanitizer lanes share in flags. Level: lanes. Pure.

#pragma once

#include <string>
#include <vector>

#include "harness/engines/instrumentation.hpp"
#include "harness/facts/configuration.hpp"

namespace extproof::sanitizers {

// Debug lines, frame pointers and little optimisation: what a report needs to name its place. And
// the groups of flags that would take it away or hide the runtime.
void add_common_flags(engines::Instrumentation& instrumentation, const facts::Compiler& compiler);

// `-fsanitize=WORD`, linked against the shared runtime, which lies in the folder of `runtime`.
void add_runtime_link(engines::Instrumentation& instrumentation, const facts::Compiler& compiler,
                      const std::string& word, const std::string& runtime);

// Sanitizer options as the runtimes read them, joined by ':'. A suppression file of the project
// becomes its absolute path.
std::string join_options(const std::vector<std::string>& options);
std::vector<std::string> suppression_options(const facts::Configuration& configuration);

}  // namespace extproof::sanitizers
