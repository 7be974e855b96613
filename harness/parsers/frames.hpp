// SPDX-License-Identifier: Apache-2.0
//
// Reads the frames of native stacks as the sanitizer runtimes of clang and gcc print them. Level:
// parsers.
//
//   #0 0x55f6 in fn(int, char) /path/file.c:12:5
//   #1 0x55f6 in fn file.c:12
//   #2 0x55f6 in fn (/path/mod.so+0x1234) (BuildId: abcd)
//   #3 0x55f6  (/path/mod.so+0x1234)
//   #4 0x55f6  (<unknown module>)
//
// Nothing separates a function from its file but a space, and both may hold spaces. The file begins
// at the first " /", or else after the parameters of the function, or else at the first space.

#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "harness/facts/stack.hpp"
#include "harness/parsers/line_cursor.hpp"

namespace extproof::parsers {

// A source place as it ends a line: "/path/file.c:12:5", "file.c:12" or "file.c".
struct SourcePlace {
  std::string_view file;
  int line = 0;    // 0 when not there
  int column = 0;  // 0 when not there
};
SourcePlace parse_source_place(std::string_view text);

// None for a line that is no frame. The line may be cut off anywhere after its number: what is
// left is read.
std::optional<facts::Frame> parse_frame(std::string_view line);

// The frames from the cursor's line on; leaves the cursor at the first line that is none.
std::vector<facts::Frame> take_frames(LineCursor& at);

}  // namespace extproof::parsers
