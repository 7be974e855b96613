// SPDX-License-Identifier: Apache-2.0
//
// Lines of a source text, told in a way that survives edits elsewhere in the file. Pure.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace extproof::worker {

struct SourceLine {
  std::string text;  // without white space at both ends
  int ordinal = 0;   // how many lines before it, in the whole file, have the same text
};

// Line `number` of the `lines` of a file, counted from 1; none when there is no such line.
std::optional<SourceLine> find_line(const std::vector<std::string_view>& lines,
                                    std::int64_t number);

// Where a reported `file` is read: below `root`. A path below `mapped`, when that is not empty,
// means the same file below `root`: debug information names the project, not the tree it was built
// in. A relative path is relative to `root`.
//
// Errors: none for a path that leads out of `root` by its text alone. Links are not looked at.
std::optional<std::string> path_below(const std::string& root, const std::string& mapped,
                                      const std::string& file);

}  // namespace extproof::worker
