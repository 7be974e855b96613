// SPDX-License-Identifier: Apache-2.0
//
// A run of the project out of its store, and its rendering in the formats asked for. Level: cli.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/cli/console.hpp"
#include "harness/cli/outputs.hpp"
#include "harness/cli/request.hpp"
#include "harness/facts/configuration.hpp"
#include "harness/facts/finding.hpp"

namespace extproof::cli {

// The run that --run names, else the latest.
// Errors: XP1003 where there is none, XP2004 for a store that cannot be read.
facts::Judged<facts::RunReport> load_stored_run(const Request& request);

// The configuration of that name in that run; none when the store does not have it.
std::optional<facts::Configuration> load_stored_configuration(const Request& request, int run,
                                                              const std::string& name);

// Where the reports asked for go. Asked for before anything is run.
// Errors: XP1001 when two of them meet in one place.
facts::Judged<std::vector<Output>> places_of_reports(const Request& request);

// Renders each and puts it in its place. Returns the run's exit code, with what a report that could
// not be written (XP2008) adds to it.
facts::ExitCode give_report(const facts::RunReport& report, const std::vector<Output>& outputs,
                            const Console& console);

}  // namespace extproof::cli
