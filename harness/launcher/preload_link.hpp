// SPDX-License-Identifier: Apache-2.0
//
// Names for libraries whose paths cannot stand in LD_PRELOAD. Linux; std only.

#pragma once

#include <string>

namespace extproof::launcher {

// True when `path` has no character that the dynamic linker takes for a separator (space, colon)
// or for the beginning of a substitution ($ORIGIN).
bool can_be_preloaded(const std::string& path);

// A symbolic link to `path` in a folder of the user's own (mode 0700) under `runtime_folder`, or
// under /tmp when that one cannot serve. Its name ends with the library's own name, because the
// sanitizers recognise their runtimes by a part of it.
//
// Safe against others who write to the same folder, and against other launchers at the same time.
// Errors: "", and `problem`.
std::string make_preload_link(const std::string& path, const std::string& runtime_folder,
                              std::string& problem);

}  // namespace extproof::launcher
