// SPDX-License-Identifier: Apache-2.0
//
// Reads what CPython prints when it dies or when its fault handler is asked for stacks. Level:
// parsers.
//
// Relied upon, from CPython 3.8 to 3.15: the first lines "Fatal Python error: " and "Stack (most
// recent call first):", thread lines with or without a thread name, frames as
// `  File "x.py", line 12 in fn`, the C stack of 3.14 and the list of extension modules. File names
// and names are ASCII with \xNN, \uNNNN and \UNNNNNNNN for other characters; they stay as printed.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/span.hpp"
#include "harness/facts/stack.hpp"
#include "harness/parsers/line_cursor.hpp"

namespace extproof::parsers {

struct FaultStack {
  facts::Stack stack;  // role python; `thread` is the name, or else the number as printed
  std::uint64_t thread_number = 0;  // as printed; 0 when it was not
  bool is_current = false;          // of the thread that crashed or printed
  bool is_native = false;           // the C stack that 3.14 adds: its frames are native
  bool is_cut = false;  // the interpreter or the end of the text may have left out the rest
  base::ByteRange bytes;
};

struct FatalError {
  std::string message;    // "Segmentation fault", "none_dealloc: deallocating None", ...
  base::ByteRange bytes;  // of its line
};

struct FaultDump {
  std::vector<FatalError> fatal_errors;  // in order; a suite may print those of its children
  std::vector<FaultStack> stacks;        // in order
  std::vector<std::string> extension_modules;

  // The Python stack of the thread that crashed or printed; nullptr when there is none.
  const FaultStack* current() const;
};

// Finds every dump in `text`, which may hold anything else as well.
//
// Ensures: linear in the size of the text; a stack that is cut off is returned as far as it goes.
FaultDump parse_faulthandler(std::string_view text);

// The stack at the cursor's line, if one begins there; the cursor is then behind it, otherwise it
// does not move.
std::optional<FaultStack> take_fault_stack(LineCursor& at);

}  // namespace extproof::parsers
