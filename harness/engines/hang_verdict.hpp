// SPDX-License-Identifier: Apache-2.0
//
// Why a process gave no sign any more: a deadlock, slow work, or threads that wait for something
// outside. Level: engines. Pure.

#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/facts/thread_state.hpp"

namespace extproof::engines {

struct HangVerdict {
  // "deadlock" when the threads prove one; else empty. A part of the finding's fingerprint.
  std::string rule;
  // "deadlock", "still at work", "every thread waits"; empty where nothing is known.
  std::string what;
  // What it is in a few words, then a line for each thread, what it does or whom it waits for, and
  // where: first those that it is about.
  std::string explanation;
  // The threads that it is about, the first one first; that of the step's own process which came
  // first where nothing is known.
  std::vector<int> about;
};

// "thread 4711 (worker)"; the name as the program gave it, of any bytes.
std::string thread_label(const facts::ThreadState& thread);

// What the native stacks say.
struct HangPlaces {
  std::map<int, std::string> place;  // by thread: where in the project it is; of any bytes
  // The threads that are in code other than the interpreter's. What blocks inside of the
  // interpreter has given Python's lock back.
  std::set<int> outside_python;
};

// A mutex has an owner and so proves who waits for whom. Whoever waits for Python's own lock wakes
// up every 5 ms to ask for it, and is told by that; who holds it is not recorded anywhere, so that
// a circle through it is closed when exactly one other thread can be the holder. A thread that
// blocks in the system is taken to hold it when every other one asks for it or is in the
// interpreter. Each process has a lock of Python's of its own; a mutex may be shared by several.
//
// `threads`: first those of the step's own process, then those of its children.
HangVerdict judge_hang(const std::vector<facts::ThreadState>& threads,
                       const HangPlaces& places = {});

}  // namespace extproof::engines
