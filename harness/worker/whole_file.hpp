// SPDX-License-Identifier: Apache-2.0
//
// Files of our own, read and written in one piece. Linux.

#pragma once

#include <optional>
#include <string>

namespace extproof::worker {

// The content; nothing, and errno, when it cannot be read or is no regular file.
std::optional<std::string> read_whole_file(const std::string& path);

// Writes beside the file and renames: a reader sees the old content or the new. False, and errno.
bool write_whole_file(const std::string& path, const std::string& content);

}  // namespace extproof::worker
