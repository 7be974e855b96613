// SPDX-License-Identifier: Apache-2.0
//
// A run of the project out of its store, and its rendering in the formats asked for. Level: cli.

#pragma once

#include "harness/cli/console.hpp"
#include "harness/cli/request.hpp"
#include "harness/facts/finding.hpp"

namespace extproof::cli {

// The run that --run names, else the latest.
// Errors: XP1003 where there is none, XP2004 for a store that cannot be read.
facts::Judged<facts::RunReport> load_stored_run(const Request& request);

// Each format asked for, to stdout; the console form when none is.
void print_report(const facts::RunReport& report, const Request& request, const Console& console);

}  // namespace extproof::cli
