// SPDX-License-Identifier: Apache-2.0
//
// Ctrl-C and SIGTERM as a stop request. Level: platform.

#pragma once

#include "harness/engines/ports.hpp"

namespace extproof::platform {

// From now on the first SIGINT, SIGTERM or SIGHUP raises `flag` to finish_soon, and a further one
// to at_once. SIGPIPE is ignored, so that a reader who went away is an error of the write.
// Requires: called once; `flag` lives as long as the process.
void watch_stop_signals(engines::StopFlag& flag);

// From now on the keys that interrupt (Ctrl-C, Ctrl-\) are for a process of ours in the foreground:
// they reach its whole process group, and here they are ignored. SIGTERM and SIGHUP stay as they
// were.
void leave_keys_to_children();

}  // namespace extproof::platform
