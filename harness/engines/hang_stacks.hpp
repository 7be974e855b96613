// SPDX-License-Identifier: Apache-2.0
//
// Where each thread of a process that hung was, in C++ and in Python. Level: engines. Pure.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/engines/lane.hpp"
#include "harness/engines/test_parts.hpp"
#include "harness/facts/thread_state.hpp"

namespace extproof::engines {

// By the path of an object: the calls that lie at an address of it, inlined ones first.
using Symbols = std::map<std::string, std::map<std::uint64_t, std::vector<facts::Frame>>>;

struct HangThread {
  facts::ThreadState state;
  // Innermost first. A native frame of which nothing is known has its module and offset alone.
  std::vector<facts::Frame> native;
  std::vector<facts::Frame> python;
};

struct HangStacks {
  std::vector<HangThread> threads;   // each of TimedOut::threads, in that order
  std::vector<facts::Stack> others;  // what the fault handler or a runtime wrote of other threads
};

// The stacks of a process that was ended for its silence, of what it left as "native" and "crash".
// None for a process that ended otherwise.
HangStacks hang_stacks(const facts::StepResult& process, const Symbols& symbols);

// One step for each object in which a thread of a process that hung was: its functions and lines.
// They are named "symbols-1" and so on. None where nothing can tell them.
std::vector<facts::Step> symbol_steps(const LaneInput& input, const std::vector<TestPart>& parts);

// What those steps have told so far. An object of which nothing was told is not in it.
Symbols symbols_of(const facts::Configuration& configuration, const Results& results,
                   const std::vector<TestPart>& parts);

}  // namespace extproof::engines
