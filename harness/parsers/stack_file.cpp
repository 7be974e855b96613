// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/stack_file.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "harness/base/text.hpp"
#include "harness/parsers/faulthandler.hpp"
#include "harness/parsers/scan.hpp"

namespace extproof::parsers {
namespace {

constexpr std::string_view k_word = "extproof-stack ";

std::optional<ReportStack> parse_entry_line(std::string_view line) {
  ReportStack entry;
  if (!take(line, "extproof-stack 1 pid "))
    return std::nullopt;
  const auto pid = take_number(line);
  if (!pid || !take(line, " tid "))
    return std::nullopt;
  const auto tid = take_number(line);
  if (!tid || !take(line, " runtime "))
    return std::nullopt;
  const auto runtime = take_until(line, " when ");
  if (!runtime || (*runtime != "asan" && *runtime != "ubsan"))
    return std::nullopt;
  if (take(line, "before log ")) {
    entry.moment = StackMoment::before;
  } else if (!take(line, "after log ")) {
    return std::nullopt;
  }
  const std::size_t size_at = line.rfind(" size ");
  if (size_at == std::string_view::npos)
    return std::nullopt;
  entry.log = line.substr(0, size_at);
  line.remove_prefix(size_at + 6);
  const auto size = take_number(line);
  if (!size || !line.empty())
    return std::nullopt;
  entry.pid = *pid;
  entry.tid = *tid;
  entry.runtime = *runtime;
  entry.size = *size;
  return entry;
}

}  // namespace

StackFile parse_stack_file(std::string_view text) {
  StackFile file;
  LineCursor at(text);
  while (!at.at_end()) {
    const std::string_view line = at.line();
    if (!line.starts_with(k_word)) {
      at.advance();
      continue;
    }
    const std::size_t offset = at.offset();
    std::optional<ReportStack> entry = parse_entry_line(line);
    if (!entry && at.is_terminated()) {
      file.problems.push_back({.code = "XP2120",
                               .message = fmt::format("\"{}\" is not the first line of a stack",
                                                      base::escape_line(line.substr(0, 200))),
                               .offset = offset});
    }
    const bool is_whole = at.is_terminated();
    at.advance();
    // A size of which the last digits are missing would place the report wrongly.
    if (!entry || !is_whole)
      continue;
    // Another entry or the end may follow at once: the fault handler knows no stack then.
    while (!at.at_end() && !at.line().starts_with(k_word)) {
      if (std::optional<FaultStack> stack = take_fault_stack(at)) {
        if (stack->is_native || !entry->stack.frames.empty())
          continue;
        entry->stack = std::move(stack->stack);
      } else {
        at.advance();
      }
    }
    entry->stack.role = facts::StackRole::python;
    file.stacks.push_back(std::move(*entry));
  }
  return file;
}

}  // namespace extproof::parsers
