// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/symbols.hpp"

#include <optional>
#include <utility>

#include "harness/parsers/frames.hpp"
#include "harness/parsers/line_cursor.hpp"
#include "harness/parsers/scan.hpp"

namespace extproof::parsers {
namespace {

std::optional<std::uint64_t> parse_address(std::string_view line) {
  if (!take(line, "0x")) {
    return std::nullopt;
  }
  const auto address = take_number(line, 16);
  return address && line.empty() ? address : std::nullopt;
}

// "file:12", "file:12 (discriminator 3)", "??:0", "??:?", "file:?".
void read_place(std::string_view line, facts::Frame& frame) {
  if (const std::size_t more = line.rfind(" (discriminator ");
      more != std::string_view::npos && line.ends_with(')')) {
    line = line.substr(0, more);
  }
  drop_suffix(line, ":?");
  const SourcePlace place = parse_source_place(line);
  if (place.file != "??" && place.line > 0) {
    frame.file = place.file;
    frame.line = place.line;
    frame.column = place.column;
  }
}

}  // namespace

std::map<std::uint64_t, std::vector<facts::Frame>> parse_symbols(std::string_view text) {
  std::map<std::uint64_t, std::vector<facts::Frame>> found;
  std::optional<std::uint64_t> address;
  for (LineCursor at(text); !at.at_end() && at.is_terminated(); at.advance()) {
    if (const auto next = parse_address(at.line())) {
      address = next;
      continue;
    }
    const std::string_view function = at.line();
    LineCursor behind = at;
    behind.advance();
    if (!address || behind.at_end() || !behind.is_terminated()) {
      continue;
    }
    at = behind;
    facts::Frame frame;
    if (function != "??") {
      frame.function = function;
    }
    read_place(at.line(), frame);
    if (!frame.function.empty() || !frame.file.empty()) {
      found[*address].push_back(std::move(frame));
    }
  }
  return found;
}

}  // namespace extproof::parsers
