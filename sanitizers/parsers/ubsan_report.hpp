// SPDX-License-Identifier: Apache-2.0
//
// Reads what UndefinedBehaviorSanitizer prints, and returns reports. Level: parsers. What we rely
// on is listed in ../testdata/README.md.
//
//   a.c:12:5: runtime error: signed integer overflow: 2147483647 + 1 cannot be represented in ...
//       #0 0x55f6 in add a.c:12:5            with print_stacktrace=1
//   SUMMARY: UndefinedBehaviorSanitizer: signed-integer-overflow a.c:12:5
//
// Between the first line and the stack, notes may show the memory.

#pragma once

#include <string_view>
#include <vector>

#include "harness/parsers/line_cursor.hpp"
#include "sanitizers/parsers/parsed_log.hpp"

namespace extproof::sanitizers {

// Finds every report in `log`, which may hold anything else as well. `origin` names the log in
// messages.
//
// Ensures:  the rule is that of the summary when it names one, else that of the message; the same
//           for both toolchains. A report is incomplete only when the log ends inside a line of it:
//           nothing else tells that there would have been more. Linear.
// Errors:   none stops the reading. XP2104 for an error of the runtime that is not known.
ParsedLog parse_ubsan_log(std::string_view log, std::string_view origin);

// Reads the report at the cursor's line and leaves the cursor behind it.
// Requires: runtime_of_report_at(at) == Runtime::ubsan.
facts::Report read_ubsan_report(parsers::LineCursor& at, std::string_view origin,
                                std::vector<facts::Problem>& problems);

}  // namespace extproof::sanitizers
