// SPDX-License-Identifier: Apache-2.0
//
// What a run came to, as a heading. Level: report. Escaped for one line; no markup.

#pragma once

#include <string>

#include "harness/facts/finding.hpp"

namespace extproof::report {

// "3 findings", "nothing found", "could not judge", "interrupted, 1 finding until then".
std::string verdict_heading(const facts::RunReport& run);

// "run 7 of matrix at 3f2c1ab09d1e, 2026-11-21T09:30:00Z, 58.2 s".
std::string run_line(const facts::RunReport& run);

}  // namespace extproof::report
