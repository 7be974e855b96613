// SPDX-License-Identifier: Apache-2.0
//
// What the processes above this one were started with. Linux; std only.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace extproof::launcher {

// The number of the parent, of a line as /proc/PID/stat has it; 0 when it cannot be read. The name
// in it is chosen by the process, and may hold spaces, brackets and line ends.
int parse_parent(std::string_view stat);

// The value of `name` in `block`, entries "NAME=VALUE" that each end with a null byte.
std::optional<std::string> find_in_block(std::string_view block, std::string_view name);

// The value of `name` in the environment that the nearest ancestor was started with that had it.
// Nothing when none had, or where /proc does not show them.
//
// What a process has changed in its own environment since its start does not count: Python's
// os.environ does not reach these bytes.
std::optional<std::string> value_of_nearest_ancestor(std::string_view name);

}  // namespace extproof::launcher
