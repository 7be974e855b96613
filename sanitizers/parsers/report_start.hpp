// SPDX-License-Identifier: Apache-2.0
//
// Recognises the first lines of sanitizer reports. Level: parsers.

#pragma once

#include <optional>
#include <string_view>

#include "harness/parsers/line_cursor.hpp"

namespace extproof::sanitizers {

enum class Runtime { none, asan, lsan, ubsan };

// "AddressSanitizer", "LeakSanitizer", "UndefinedBehaviorSanitizer".
std::string_view name_of(Runtime runtime);

// "==42==" at the front of `line`, taken off.
bool take_process_prefix(std::string_view& line);

// "==42==ERROR: AddressSanitizer: heap-buffer-overflow on ...", its parts. "FATAL" and a CHECK of
// the runtime itself begin a report as well.
struct ErrorLine {
  Runtime runtime = Runtime::none;
  std::string_view words;  // from behind "AddressSanitizer: " on
};
std::optional<ErrorLine> parse_error_line(std::string_view line);

// "AddressSanitizer:DEADLYSIGNAL", which a runtime prints before it knows more.
Runtime parse_deadly_signal(std::string_view line);

// "Direct leak of 40 byte(s) in 1 object(s) allocated from:".
bool is_leak_line(std::string_view line);

// "==42==LeakSanitizer has encountered a fatal error.": the leak checker could not look.
bool is_leak_check_failure(std::string_view line);

// "file.c:12:5: runtime error: ...": where the place ends.
std::optional<std::size_t> find_runtime_error(std::string_view line);

// A line of "=" only, which stands above error lines.
bool is_rule(std::string_view line);

// Whose report begins at the cursor's line. Looks at three lines at most: an empty line and a rule
// belong to the report when its error line follows.
Runtime runtime_of_report_at(parsers::LineCursor at);

}  // namespace extproof::sanitizers
