// SPDX-License-Identifier: Apache-2.0
//
// Reads and extends extproof-accepted.toml. Level: parsers. Pure.
//
//   [[accepted]]
//   fingerprint = "4f0c..."            # all of it; `extproof accept` writes it
//   kind = "heap-buffer-overflow"      # this and the next four are for people
//   title = "write of 1 byte past a 40-byte block"
//   file = "src/a.c"
//   line = 31
//   function = "fill_row"
//   lanes = ["asan"]
//   reason = "fixed upstream in 2.1"
//   issue = "https://..."              # optional
//   until = 2027-01-31                 # optional; the last day on which it holds

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/facts/accepted.hpp"
#include "harness/facts/refusal.hpp"

namespace extproof::parsers {

// Its name, in the project's folder.
inline constexpr std::string_view k_accepted_file = "extproof-accepted.toml";

// The entries in the order of the file. `origin` names the file in messages.
//
// Errors: XP1401 for each entry that lacks a fingerprint or a reason, or has a value that cannot be
//         one; XP1301 for an unknown key; XP1304 for a file that is not TOML. All at once.
facts::Judged<std::vector<facts::Accepted>> parse_accepted(std::string_view text,
                                                           std::string_view origin);

// Whether it is a day of the calendar in the form "2027-01-31".
bool is_day(std::string_view text);

// The entry as text, to be put behind what the file has.
// Ensures: parse_accepted() of it gives the entry back, whatever its texts hold.
std::string render_accepted(const facts::Accepted& entry);

}  // namespace extproof::parsers
