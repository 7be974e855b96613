// SPDX-License-Identifier: Apache-2.0
//
// Starts the step's own process. Linux.

#pragma once

#include <sys/types.h>

namespace extproof::reaper {

struct Started {
  pid_t pid = -1;      // -1 when there was no process at all
  int exec_error = 0;  // errno of fork or exec; 0 when the program runs
};

// Forks and executes `argv` (looked up in PATH when it has no slash), in a session and process
// group of its own unless it is to stay in ours, with default signal dispositions, an empty mask,
// and SIGKILL as the signal that it gets when this process dies.
//
// Requires: called by the only thread, which stays until the end: the signal on death is bound to
//           the thread that forks.
// Ensures:  a process with exec_error has ended and been reaped.
Started start_step_process(char** argv, bool own_session);

}  // namespace extproof::reaper
