// SPDX-License-Identifier: Apache-2.0
//
// Writes to a place that a user named, which may be more than a plain file. Level: platform.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace extproof::platform {

bool is_folder(const std::string& path);

// Puts `content` in the place of what the file held, so that a reader sees the old text or the new
// one. Folders above are made. A link leads to its file; a device or a pipe is written into and
// stays what it is. Returns the system's error text, empty when it went well.
std::string write_output(const std::string& path, std::string_view content);

// Adds `content` behind what the file holds; makes the file when there is none.
std::string append_output(const std::string& path, std::string_view content);

// The size of a plain file in bytes; 0 when there is none.
std::size_t size_of(const std::string& path);

}  // namespace extproof::platform
