// SPDX-License-Identifier: Apache-2.0
//
// Recognises the first lines of sanitizer reports. Level: parsers.

#pragma once

#include <cstddef>
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

// The same for all lines of one log, front to back. What a gigabyte of other output costs is mostly
// what is done to tell that its lines begin nothing, so a line is looked at in full only when it
// might.
class ReportStarts {
 public:
  explicit ReportStarts(std::string_view log) : log_(log) {}

  // False only when the cursor's line begins no report of any runtime and no message of a leak
  // check. Requires: the cursor is one of this log and never behind the one of the last call.
  bool may_begin_at(const parsers::LineCursor& at);

 private:
  std::string_view log_;
  std::size_t next_words_ = 0;  // of UBSan, at or behind the line that was last asked for
  bool sought_ = false;
};

}  // namespace extproof::sanitizers
