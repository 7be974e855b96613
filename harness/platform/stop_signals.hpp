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

}  // namespace extproof::platform
