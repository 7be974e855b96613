// SPDX-License-Identifier: Apache-2.0
//
// Reading /proc.

#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace extproof::reaper {

// False when it cannot be read; `text` is then what was read so far.
bool read_small_file(const std::string& path, std::string& text);

// The names in `folder` that are numbers.
std::vector<pid_t> numbers_in(const std::string& folder);

}  // namespace extproof::reaper
