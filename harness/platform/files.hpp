// SPDX-License-Identifier: Apache-2.0
//
// Files, as the rest of the program needs them. Level: platform.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/facts/step.hpp"

namespace extproof::platform {

// The whole file; none when it cannot be read. A large one is mapped, not copied, so nobody may
// shorten it while the Text lives.
std::optional<facts::Text> read_text(const std::string& path);

// Writes `content` beside `path` and renames it there, so that a reader sees the old text or the
// new one. Folders above are made. Returns the system's error text, empty when it went well.
std::string write_file(const std::string& path, std::string_view content);

// Makes the folder and those above. Returns the system's error text.
std::string make_folder(const std::string& path);

// Removes the folder with everything in it, then makes it. Links in it are removed, not followed.
std::string make_fresh_folder(const std::string& path);

// Removes the folder with everything in it; links in it are removed, not followed. One that is not
// there is no error. Returns the system's error text.
std::string remove_folder(const std::string& path);

// Gives the folder another name on the same disk, at once. Nothing may be there under that name.
// Returns the system's error text.
std::string rename_folder(const std::string& from, const std::string& to);

// What the files in it take up on the disk, in bytes; 0 when it cannot be read.
std::uint64_t size_on_disk(const std::string& folder);

bool exists(const std::string& path);

// Names in a folder, sorted; empty when it cannot be read.
std::vector<std::string> names_in(const std::string& folder);

// The paths of the files and links below `folder`, relative to it and sorted. Folders and files
// with a name that `is_left_out` says are passed over, links are not followed. Stops at `most`.
std::vector<std::string> files_below(const std::string& folder,
                                     bool (*is_left_out)(std::string_view name), std::size_t most);

// Absolute, without links; empty when it does not exist.
std::string real_path(const std::string& path);

// Changes whenever the file is replaced or written: size and time of the last change.
std::string identity_of(const std::string& path);

// This program's own file.
std::string own_path();

}  // namespace extproof::platform
