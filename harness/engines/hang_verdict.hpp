// SPDX-License-Identifier: Apache-2.0
//
// Why a process gave no sign any more: a deadlock, slow work, or threads that wait for something
// outside. Level: engines. Pure.

#pragma once

#include <string>
#include <vector>

#include "harness/facts/thread_state.hpp"

namespace extproof::engines {

struct HangVerdict {
  // "deadlock" when the threads prove one; else empty. A part of the finding's fingerprint.
  std::string rule;
  // "deadlock", "still at work", "every thread waits"; empty where nothing is known.
  std::string what;
  // What it is in a few words, then a line for each thread, what it does or whom it waits for:
  // first those that it is about.
  std::string explanation;
};

// A mutex has an owner and so proves who waits for whom. Whoever waits for Python's own lock wakes
// up every 5 ms to ask for it, and is told by that; who holds it is not recorded anywhere, so that
// a circle through it is closed when exactly one other thread can be the holder. An extension that
// blocks in the system without giving Python's lock back is not told from one that does.
HangVerdict judge_hang(const std::vector<facts::ThreadState>& threads);

}  // namespace extproof::engines
