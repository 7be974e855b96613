// SPDX-License-Identifier: Apache-2.0
//
// A run for GitHub Actions: annotations for its log, and the summary of a step. Level: report.
// Pure.

#pragma once

#include <cstddef>
#include <string>

#include "harness/facts/finding.hpp"

namespace extproof::report {

// A step shows this many annotations of each level and drops the rest silently.
inline constexpr std::size_t k_annotations = 10;

// The size of a step's summary; one that is larger is not shown at all.
inline constexpr std::size_t k_summary_bytes = std::size_t{1024} * 1024;

// Workflow commands, one per line: an error for each defect that counts, each failing test and each
// lane that could not judge; warnings; notices of what others own and of what could not be seen.
// Of each level at most k_annotations, the last one then says how many more there are.
// `folder`: of the project in the repository, "" or "python/"; stands in front of file names.
// Ensures: a line that holds text from outside is one command, whatever that text is.
std::string render_annotations(const facts::RunReport& run, const std::string& folder = "");

// Markdown of at most `most_bytes`: verdict, findings, lanes, what could not be seen, then the page
// of each finding as long as there is room. Empty when there is none.
std::string render_step_summary(const facts::RunReport& run, std::size_t most_bytes);

}  // namespace extproof::report
