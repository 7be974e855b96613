// SPDX-License-Identifier: Apache-2.0
//
// Compares a text with the golden file that a person has accepted. Level: testing.

#pragma once

#include <string>
#include <string_view>

namespace extproof::testing {

// Empty when the file at `path` holds exactly `actual`; else a diff of their lines and the command
// that accepts the change. So a test reads EXPECT_EQ(golden_difference(path, text), "").
//
// With EXTPROOF_ACCEPT_GOLDEN=1 in the environment the file is written instead, and the answer is
// empty unless that fails.
std::string golden_difference(const std::string& path, std::string_view actual);

// The lines that differ, with two lines around them: "-" from `expected`, "+" from `actual`. Bytes
// that a terminal would not show are escaped.
std::string render_line_diff(std::string_view expected, std::string_view actual);

}  // namespace extproof::testing
