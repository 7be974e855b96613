// SPDX-License-Identifier: Apache-2.0
//
// Small functions on text. Level: base. Pure; no locale.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace extproof::base {

// The pieces between `separator`; "a,,b" gives three, "" gives one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);

// The lines of `text` without their "\n" or "\r\n"; no empty line after a final newline.
std::vector<std::string_view> lines(std::string_view text);

std::string join(const std::vector<std::string>& pieces, std::string_view separator);

// Without spaces, tabs, carriage returns and newlines at both ends.
std::string_view trim(std::string_view text);

// The whole of `text` as a decimal number; none for anything else, overflow included.
std::optional<std::int64_t> to_integer(std::string_view text);

// Makes text from outside (a log, a file name, a test id) safe for a terminal and for one line:
// control characters, DEL and C1 codes become \xNN, newline \n, and bytes that are not UTF-8
// become \xNN. Other UTF-8 stays, except bidirectional controls, which become \u{....}.
std::string escape_line(std::string_view text);

// `text` with each byte sequence that is not UTF-8 replaced by U+FFFD, so that it can be put
// into JSON, XML or a database.
std::string valid_utf8(std::string_view text);

// The candidate with the least edit distance to `word`, when that is close enough to be a typing
// error (at most a third of the word's length, at least one); none otherwise.
std::optional<std::string> closest(std::string_view word,
                                   const std::vector<std::string>& candidates);

// An argv as one line that a POSIX shell reads back as the same words. For messages only.
std::string render_command(const std::vector<std::string>& argv);

}  // namespace extproof::base
