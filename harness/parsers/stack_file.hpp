// SPDX-License-Identifier: Apache-2.0
//
// Reads the file in which the probe collects the Python stack of each sanitizer report. Level:
// parsers. Each entry is one line of the probe and what the fault handler printed behind it:
//
//   extproof-stack 1 pid 42 tid 43 runtime asan when after log san.42 size 1021
//   Stack (most recent call first):
//     File "test_matrix.py", line 31 in test_fill

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/facts/report.hpp"
#include "harness/facts/stack.hpp"

namespace extproof::parsers {

// When the stack was taken: after the report stood in the log, or before its first byte.
enum class StackMoment { before, after };

struct ReportStack {
  std::uint64_t pid = 0;
  std::uint64_t tid = 0;
  std::string runtime;  // "asan", "ubsan"
  StackMoment moment = StackMoment::after;
  std::string log;       // the name of the log file, without a folder
  std::size_t size = 0;  // of the log file at that moment
  facts::Stack stack;    // without frames when the fault handler printed none
};

struct StackFile {
  std::vector<ReportStack> stacks;  // in the order of the file
  std::vector<facts::Problem> problems;
};

// Errors: none stops the reading. XP2120 for an entry line that cannot be read; the stack behind it
//         is passed over. A last entry that is cut off is not an error.
StackFile parse_stack_file(std::string_view text);

}  // namespace extproof::parsers
