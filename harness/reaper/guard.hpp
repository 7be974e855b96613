// SPDX-License-Identifier: Apache-2.0
//
// What is left when somebody kills the reaper itself, as an out-of-memory killer does: a second
// process above it, which does nothing else.

#pragma once

#include <optional>

namespace extproof::reaper {

// Forks. In the new process: nothing, and it goes on as the reaper. In the old one: returns when
// the new one and, if that was killed, everything that it had below it is gone; the value is the
// code to exit with. When it is the old one that is killed, the reaper goes on unharmed.
//
// The old one closes the two descriptors, whose ends tell extproof and the reaper about each other.
// Where the system refuses the fork the caller is the reaper, without a guard.
std::optional<int> guard_reaper(int control_fd, int status_fd);

}  // namespace extproof::reaper
