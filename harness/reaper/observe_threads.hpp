// SPDX-License-Identifier: Apache-2.0
//
// What the threads of a process are doing, as /proc tells it. Linux.

#pragma once

#include <sys/types.h>

#include <string>

namespace extproof::reaper {

// Looks at the process for 0.4 s. A line for each thread:
//
//   thread ID cpu_permille N wakeups N waits_for ID joins ID sleeps_in CALL name NAME
//
// wakeups: how often in a second it went to sleep anew. waits_for: the owner of the mutex that it
// waits for, 0 where there is none. joins: the thread whose end it waits for, or 0. CALL: the
// system call, "-" for none, "?" where the system hides it. NAME, to the end of the line, is the
// thread's name without control characters. No line for a thread that ends meanwhile.
//
// A mutex is known by the layout of pthread_mutex_t of glibc on 64 bits: the lock's word, which
// says 2 while somebody waits, and the owner 8 bytes behind it.
std::string observe_threads(pid_t pid);

}  // namespace extproof::reaper
