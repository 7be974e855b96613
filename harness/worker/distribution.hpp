// SPDX-License-Identifier: Apache-2.0
//
// What an installed distribution brought with it, read from its metadata. Pure.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace extproof::worker {

// As packaging names are compared: lower case, runs of "-", "_" and "." are one "-".
std::string normalised_name(std::string_view name);

// The value of a header of METADATA ("Version"); "" without it. Headers end at the first empty
// line.
std::string metadata_header(std::string_view metadata, std::string_view name);

// The first field of every line of RECORD, a table of comma-separated, perhaps quoted values.
std::vector<std::string> recorded_paths(std::string_view record);

// The module that a native file of the distribution is: "pkg/_core.cpython-313-x86_64.so" is
// "pkg._core". "" when its path cannot be one, as that of "pkg.libs/libx.so".
std::string native_module_of(std::string_view path);

// The packages and modules that can be imported, sorted: first parts of the paths of Python and of
// native files.
std::vector<std::string> top_level_of(const std::vector<std::string>& paths);

}  // namespace extproof::worker
