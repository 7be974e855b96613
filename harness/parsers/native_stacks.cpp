// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/native_stacks.hpp"

#include <map>
#include <optional>

#include "harness/parsers/line_cursor.hpp"
#include "harness/parsers/scan.hpp"

namespace extproof::parsers {
namespace {

std::optional<NativeStack> parse_first_line(std::string_view line) {
  NativeStack stack;
  if (!take(line, "extproof-native 1 pid ")) {
    return std::nullopt;
  }
  const auto pid = take_number(line);
  if (!pid || !take(line, " tid ")) {
    return std::nullopt;
  }
  const auto tid = take_number(line);
  if (!tid || !take(line, " python 0x")) {
    return std::nullopt;
  }
  const auto python = take_number(line, 16);
  if (!python || !line.empty()) {
    return std::nullopt;
  }
  stack.pid = *pid;
  stack.tid = *tid;
  stack.python = *python;
  return stack;
}

// Behind "frame TID ".
std::optional<facts::Frame> parse_frame(std::string_view line) {
  facts::Frame frame;
  if (!take(line, "0x")) {
    return std::nullopt;
  }
  const auto offset = take_number(line, 16);
  if (!offset || !take(line, " ") || line.empty()) {
    return std::nullopt;
  }
  if (line != "-") {
    frame.offset = *offset;
    frame.module = line;
  }
  return frame;
}

}  // namespace

std::vector<NativeStack> parse_native_stacks(std::string_view text) {
  std::vector<NativeStack> stacks;
  std::map<std::uint64_t, std::size_t> open;  // by thread: which one it is still writing
  // What the last line lacks could be the end of a path or of a number.
  for (LineCursor at(text); !at.at_end() && at.is_terminated(); at.advance()) {
    std::string_view line = at.line();
    if (auto first = parse_first_line(line)) {
      open[first->tid] = stacks.size();
      stacks.push_back(std::move(*first));
      continue;
    }
    const bool is_frame = take(line, "frame ");
    const bool is_end = !is_frame && take(line, "end ");
    if (!is_frame && !is_end && !take(line, "cut ")) {
      continue;
    }
    const auto tid = take_number(line);
    const auto found = tid ? open.find(*tid) : open.end();
    if (found == open.end()) {
      continue;
    }
    NativeStack& stack = stacks[found->second];
    if (!is_frame) {
      stack.is_cut = !is_end;
      open.erase(found);
    } else if (auto frame = take(line, " ") ? parse_frame(line) : std::nullopt) {
      stack.frames.push_back(std::move(*frame));
    }
  }
  return stacks;
}

}  // namespace extproof::parsers
