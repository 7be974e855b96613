// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/faulthandler.hpp"

#include <limits>
#include <utility>

#include "harness/base/text.hpp"
#include "harness/parsers/scan.hpp"

namespace extproof::parsers {
namespace {

constexpr std::string_view k_fatal = "Fatal Python error: ";
constexpr std::string_view k_unexpected_signal = "Fatal Python error from unexpected signum: ";
// The fault handler prints no more frames than this, and 3.13 says nothing about the rest.
constexpr std::size_t k_frames_printed = 100;
constexpr std::string_view k_order = " (most recent call first):";

// "Current thread 0x00007f [name] (most recent call first):" and its variants.
std::optional<FaultStack> parse_first_line(std::string_view line) {
  FaultStack found;
  found.stack.role = facts::StackRole::python;
  if (line == "Stack (most recent call first):") {
    found.is_current = true;
    return found;
  }
  if (line == "Current thread's C stack trace (most recent call first):") {
    found.is_current = found.is_native = true;
    found.stack.role = facts::StackRole::access;
    return found;
  }
  if (!drop_suffix(line, k_order))
    return std::nullopt;
  if (take(line, "Current thread ")) {
    found.is_current = true;
  } else if (!take(line, "Thread ")) {
    return std::nullopt;
  }
  std::string_view number = line;
  if (!take(number, "0x"))
    return std::nullopt;
  found.thread_number = take_number(number, 16).value_or(0);
  // The name is the suite's own text, so it may hold brackets.
  const std::size_t name = line.find(" [");
  if (name != std::string_view::npos && line.ends_with(']')) {
    found.stack.thread = line.substr(name + 2, line.size() - name - 3);
  } else {
    found.stack.thread = line;
  }
  return found;
}

// `  File "x.py", line 12 in fn`. The name of the file is not quoted in any way, so it ends at the
// last `", line `.
std::optional<facts::Frame> parse_python_frame(std::string_view line) {
  if (!take(line, "  File "))
    return std::nullopt;
  facts::Frame frame;
  frame.language = facts::Language::python;
  if (take(line, "\"")) {
    const std::size_t end = line.rfind("\", line ");
    if (end == std::string_view::npos)
      return std::nullopt;
    frame.file = line.substr(0, end);
    line.remove_prefix(end + 8);
  } else if (!take(line, "???, line ")) {
    return std::nullopt;
  }
  const auto number = take_number(line);
  if (number && *number <= static_cast<std::uint64_t>(std::numeric_limits<int>::max())) {
    frame.line = static_cast<int>(*number);
  } else if (!number) {
    take(line, "???");
  }
  if (!take(line, " in "))
    return std::nullopt;
  if (line != "???")
    frame.function = line;
  return frame;
}

// `  Binary file "x.so", at fn+0x12 [0x7f..]`; without the symbol `  Binary file "x.so" [0x7f..]`.
std::optional<facts::Frame> parse_binary_frame(std::string_view line) {
  if (!take(line, "  Binary file "))
    return std::nullopt;
  facts::Frame frame;
  const std::size_t address = line.rfind(" [0x");
  if (address == std::string_view::npos || !line.ends_with(']'))
    return std::nullopt;
  line = line.substr(0, address);
  if (take(line, "'<unknown>'"))
    return frame;
  if (!take(line, "\""))
    return std::nullopt;
  const std::size_t symbol = line.rfind("\", at ");
  if (symbol == std::string_view::npos) {
    drop_suffix(line, "\"");
    frame.module = line;
    return frame;
  }
  frame.module = line.substr(0, symbol);
  line.remove_prefix(symbol + 6);
  // The number behind the symbol counts from the symbol; without a symbol, from the object.
  const std::size_t sign = line.find_last_of("+-");
  frame.function = line.substr(0, sign);
  if (frame.function.empty() && sign != std::string_view::npos) {
    line.remove_prefix(sign + 1);
    take(line, "0x");
    frame.offset = take_number(line, 16).value_or(0);
  }
  return frame;
}

// What stands in the place of frames: true for a line of a stack, and then whether more is missing.
struct Remark {
  bool is_one = false;
  bool cuts = false;
};
Remark parse_remark(std::string_view line) {
  for (const std::string_view whole :
       {"  <no Python frame>", "  Garbage-collecting", "<freed interpreter>",
        "<freed thread state>", "  <system returned no stack trace>",
        "  <cannot get C stack on this system>"}) {
    if (line == whole)
      return {.is_one = true};
  }
  for (const std::string_view cut : {"  ...", "  <freed thread state>", "  <freed frame>",
                                     "  <invalid frame>", "  <truncated rest of calls>"}) {
    if (line == cut)
      return {.is_one = true, .cuts = true};
  }
  const bool is_count = line.starts_with("plus ") && line.ends_with(" frames");
  return {.is_one = is_count, .cuts = is_count};
}

}  // namespace

const FaultStack* FaultDump::current() const {
  for (const FaultStack& stack : stacks) {
    if (stack.is_current && !stack.is_native)
      return &stack;
  }
  return nullptr;
}

std::optional<FaultStack> take_fault_stack(LineCursor& at) {
  std::optional<FaultStack> found = parse_first_line(at.line());
  if (!found)
    return std::nullopt;
  found->bytes.begin = at.offset();
  bool last_line_ended = at.is_terminated();
  at.advance();
  while (!at.at_end()) {
    std::optional<facts::Frame> frame =
        found->is_native ? parse_binary_frame(at.line()) : parse_python_frame(at.line());
    if (frame) {
      found->stack.frames.push_back(std::move(*frame));
    } else {
      const Remark remark = parse_remark(at.line());
      if (!remark.is_one)
        break;
      found->is_cut = found->is_cut || remark.cuts;
    }
    last_line_ended = at.is_terminated();
    at.advance();
  }
  if (!last_line_ended || found->stack.frames.size() >= k_frames_printed)
    found->is_cut = true;
  found->bytes.end = at.offset();
  return found;
}

FaultDump parse_faulthandler(std::string_view text) {
  FaultDump dump;
  LineCursor at(text);
  while (!at.at_end()) {
    if (std::optional<FaultStack> stack = take_fault_stack(at)) {
      dump.stacks.push_back(std::move(*stack));
      continue;
    }
    std::string_view line = at.line();
    if (take(line, k_fatal) || take(line, k_unexpected_signal)) {
      dump.fatal_errors.push_back(
          {.message = std::string(line), .bytes = {at.offset(), at.next_offset()}});
    } else if (take(line, "Extension modules: ")) {
      const std::size_t total = line.rfind(" (total: ");
      for (const std::string_view name : base::split(line.substr(0, total), ',')) {
        dump.extension_modules.emplace_back(base::trim(name));
      }
    }
    at.advance();
  }
  return dump;
}

}  // namespace extproof::parsers
