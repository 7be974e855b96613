// SPDX-License-Identifier: Apache-2.0
//
// The lanes of a run in words; the lower half of the console report. Level: report.

#pragma once

#include <string>
#include <vector>

#include "harness/facts/finding.hpp"
#include "harness/report/text_layout.hpp"

namespace extproof::report {

// The lane whose failures need no sanitizer.
bool is_baseline(const facts::LaneReport& lane);

// Tests that failed or could not be set up.
std::vector<std::string> failing_tests(const facts::LaneReport& lane);

// What refused or warned. What several lanes say alike is told once, with their names and logs.
std::string render_refusals(const facts::RunReport& run);

// One row per lane, with what it was built with in the row or, where that is too wide, below it.
std::string render_lane_table(const facts::RunReport& run, const ConsoleStyle& style);

// Why a lane did not pass, and what it could not see, run or collect. Empty when there is nothing.
std::string render_lane_notes(const facts::RunReport& run, const ConsoleStyle& style);

}  // namespace extproof::report
