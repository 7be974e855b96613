// SPDX-License-Identifier: Apache-2.0
//
// Reads one report of the form that all runtimes of the family share: an error line, lines that
// place the address, stacks with a heading each, a summary. Level: parsers.

#pragma once

#include <string_view>
#include <vector>

#include "harness/facts/report.hpp"
#include "harness/parsers/line_cursor.hpp"

namespace extproof::sanitizers {

// Requires: a report with an error line, or with a deadly signal alone, begins at the cursor's
// line. Ensures:  the cursor is behind the report; every line of it is looked at twice at most.
// Errors:   XP2104 if the kind is not known; the report then has kind unknown.
//
// The report ends with "ABORTING", with the last line after its summary that belongs to it, where
// another report begins, or where only other text follows. A few foreign lines inside are borne,
// because programs print while a runtime reports.
facts::Report read_error_report(parsers::LineCursor& at, std::string_view origin,
                                std::vector<facts::Problem>& problems);

}  // namespace extproof::sanitizers
