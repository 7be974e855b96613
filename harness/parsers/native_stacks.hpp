// SPDX-License-Identifier: Apache-2.0
//
// Reads the file in which the threads of a process that hung wrote down their native stacks. Level:
// parsers. The format is told in harness/probe/probe.h; lines of several threads may be mixed:
//
//   extproof-native 1 pid 42 tid 43 python 0x7f5a2c1fe6c0
//   frame 43 0x1249 /site-packages/spam.so
//   end 43

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/facts/stack.hpp"

namespace extproof::parsers {

struct NativeStack {
  std::uint64_t pid = 0;
  std::uint64_t tid = 0;
  std::uint64_t python = 0;  // the thread as Python's fault handler numbers it
  // Innermost first, with module and offset alone; without both for code of no object.
  std::vector<facts::Frame> frames;
  bool is_cut = true;  // there may be more frames: the thread said so, or never came to its end
};

// In the order in which the threads began. A line that is none of ours is passed over, as is one of
// a thread that did not begin: whatever stands in the file, the rest of it is read.
std::vector<NativeStack> parse_native_stacks(std::string_view text);

}  // namespace extproof::parsers
