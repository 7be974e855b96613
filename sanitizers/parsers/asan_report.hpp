// SPDX-License-Identifier: Apache-2.0
//
// Reads what AddressSanitizer prints, and returns reports. Level: parsers. Never opens a file,
// never looks at the environment: the same bytes always give the same answer.
//
// The format has no version. What we rely on, and nothing else, is listed in
// ../testdata/README.md with the toolchains that wrote our samples.

#pragma once

#include <string_view>
#include <vector>

#include "harness/parsers/line_cursor.hpp"
#include "sanitizers/parsers/parsed_log.hpp"

namespace extproof::sanitizers {

// Finds every report in `log`.
//
// The log may hold anything else as well: other output before, between and after the reports,
// invalid UTF-8, CRLF, a last line that was cut off. `origin` names the log in messages; it is not
// opened.
//
// Ensures:  a log without a report gives no reports and is not an error; a report that does not
//           come to its end is marked incomplete; linear in the size of the log.
// Errors:   none stops the reading. XP2104 if a report begins but its kind cannot be read: it
//           becomes a report of unknown kind with its bytes.
// Threads:  any number of calls at once.
ParsedLog parse_asan_log(std::string_view log, std::string_view origin);

// Reads the report at the cursor's line and leaves the cursor behind it.
// Requires: runtime_of_report_at(at) == Runtime::asan.
facts::Report read_asan_report(parsers::LineCursor& at, std::string_view origin,
                               std::vector<facts::Problem>& problems);

}  // namespace extproof::sanitizers
