// SPDX-License-Identifier: Apache-2.0
//
// Takes pieces off the front of a line. Level: parsers. Each function leaves `text` as it was when
// what it looks for is not there.

#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace extproof::parsers {

inline bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix))
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

// A number without a sign, in base 10 or 16 (without "0x").
// A number that does not fit is not there.
inline std::optional<std::uint64_t> take_number(std::string_view& text, int base = 10) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc())
    return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return value;
}

// Up to `delimiter`, which is taken off as well.
inline std::optional<std::string_view> take_until(std::string_view& text,
                                                  std::string_view delimiter) {
  const std::size_t at = text.find(delimiter);
  if (at == std::string_view::npos)
    return std::nullopt;
  const std::string_view before = text.substr(0, at);
  text.remove_prefix(at + delimiter.size());
  return before;
}

inline void take_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
}

// The text without `suffix`, if it ends so.
inline bool drop_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix))
    return false;
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace extproof::parsers
