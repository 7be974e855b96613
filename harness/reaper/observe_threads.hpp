// SPDX-License-Identifier: Apache-2.0
//
// What the threads of a process are doing, as /proc tells it. Linux.

#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace extproof::reaper {

// Looks at the processes for 0.4 s. A line for each thread, in the order of the processes, at most
// 2000:
//
//   thread ID process ID cpu_permille N wakeups N waits_for ID joins ID sleeps_in CALL name NAME
//
// process: the one that it belongs to, whose first thread has the same number. wakeups: how often
// in a second it went to sleep anew. waits_for: the owner of the mutex that it waits for, 0 where
// there is none. joins: the thread whose end it waits for, or 0. CALL: the system call, "-" for
// none, "?" where the system hides it. NAME, to the end of the line, is the thread's name without
// control characters. No line for a thread that ends meanwhile.
//
// A mutex is known by the layout of pthread_mutex_t of glibc on 64 bits: the lock's word, which
// says 2 while somebody waits, and the owner 8 bytes behind it.
std::string observe_threads(const std::vector<pid_t>& processes);

}  // namespace extproof::reaper
