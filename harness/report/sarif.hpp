// SPDX-License-Identifier: Apache-2.0
//
// A run as SARIF 2.1.0, for code scanning and for editors. Level: report. Pure.

#pragma once

#include <cstddef>
#include <string>

#include "harness/facts/finding.hpp"

namespace extproof::report {

// What a reader takes at most. The defaults are GitHub's: 25,000 results in a file of 10 MB when
// compressed, which is counted here before compression and without indentation.
struct SarifLimits {
  std::size_t results = 25000;
  std::size_t bytes = 10'000'000;
};

// One SARIF run for the whole of ours. The results are the findings of this run, those that count
// first; accepted ones are suppressed, stale ones only notified. Each has
// - a rule, which is the kind with what the runtime named it,
// - our fingerprint, also under the name by which GitHub follows an alert over edits,
// - a first location below the project, so that no reader refuses the file; where nothing of the
//   finding lies there, that is the test or the project's own file,
// - every stack, and the project's frames of them as a code flow in the order of time.
// What was refused, warned, interrupted or could not be seen are notifications of the invocation.
//
// Ensures: what does not fit into `limits` is left out whole, beginning with the stacks of the last
// results, and a notification says how many. Always valid UTF-8 and valid against the schema.
std::string render_sarif(const facts::RunReport& run, const SarifLimits& limits = {});

}  // namespace extproof::report
