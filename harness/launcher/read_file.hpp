// SPDX-License-Identifier: Apache-2.0
//
// Whole small files. Linux; std only.

#pragma once

#include <string>

namespace extproof::launcher {

// Appends what is in the file to `text`. Errors: false, and errno.
bool read_file(const std::string& path, std::string& text);

}  // namespace extproof::launcher
