// SPDX-License-Identifier: Apache-2.0
//
// Asks the threads of processes to write down their native stacks, which the probe in them does
// (harness/probe/native_stacks.c). Linux.

#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace extproof::reaper {

// Asks every thread of those processes that handle the signal, and waits until all have answered,
// but not longer than a second. A line for each thread that was asked:
//
//   stack ID answered|blocked|late
//
// blocked: it keeps signals away, and this process may not trace it, which lifts that. late: it did
// not answer in time. A process without the probe is not asked: the signal would end it.
std::string ask_stacks(const std::vector<pid_t>& processes);

}  // namespace extproof::reaper
