// SPDX-License-Identifier: Apache-2.0
//
// Reads what LeakSanitizer prints, alone or as a part of AddressSanitizer, and returns one report
// for each block "Direct leak of ...". Level: parsers. What we rely on is listed in
// ../testdata/README.md.

#pragma once

#include <string_view>
#include <vector>

#include "harness/parsers/line_cursor.hpp"
#include "sanitizers/parsers/parsed_log.hpp"

namespace extproof::sanitizers {

// Finds every leak in `log`, which may hold anything else as well.
//
// Ensures:  the line "detected memory leaks" belongs to the first leak behind it, the summary to
//           the last one before it; only that last one can be incomplete; linear.
// Errors:   none stops the reading. XP2110 if the checker says that it failed, which leaves the
//           line unclaimed; XP2104 for an error of the runtime that is not known.
ParsedLog parse_lsan_log(std::string_view log, std::string_view origin);

// Reads the report at the cursor's line and leaves the cursor behind it.
// Requires: runtime_of_report_at(at) == Runtime::lsan.
facts::Report read_lsan_report(parsers::LineCursor& at, std::string_view origin,
                               std::vector<facts::Problem>& problems);

// Adds XP2110 if the cursor's line says that the leak checker failed.
void note_lsan_failure(const parsers::LineCursor& at, std::string_view origin,
                       std::vector<facts::Problem>& problems);

}  // namespace extproof::sanitizers
