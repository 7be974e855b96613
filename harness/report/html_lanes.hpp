// SPDX-License-Identifier: Apache-2.0
//
// The lanes of a run on a page. Level: report.

#pragma once

#include <string>

#include "harness/facts/finding.hpp"

namespace extproof::report {

// A table of all lanes.
std::string html_lane_table(const facts::RunReport& run);

// What is known of a lane beside its row: why it did not pass, what refused it, its preflight,
// tests that failed or were not run, what was not collected, flags, the log.
std::string html_lane(const facts::LaneReport& lane, std::size_t number);

// What the lanes could not see, and those that say nothing. Empty when there is nothing.
std::string html_unseen(const facts::RunReport& run);

}  // namespace extproof::report
