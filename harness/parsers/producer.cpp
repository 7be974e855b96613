// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/producer.hpp"

#include <algorithm>

#include "harness/base/text.hpp"

namespace extproof::parsers {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "GNU C++17 12.2.0 -mtune=generic ...": the language has no space in it.
bool is_of_gcc(std::string_view text) {
  constexpr std::string_view k_start = "GNU ";
  if (!text.starts_with(k_start)) {
    return false;
  }
  text.remove_prefix(k_start.size());
  const std::size_t space = text.find(' ');
  return space != text.npos && space > 0 && text[0] >= 'A' && text[0] <= 'Z' &&
         text.substr(0, space) != "AS" && space + 1 < text.size() && is_digit(text[space + 1]);
}

// "Debian clang version 19.1.7 (3) /usr/bin/clang ...": a vendor's word may come first.
bool names_version(std::string_view text, std::string_view words) {
  constexpr std::size_t k_longest_vendor = 40;
  const std::size_t at = text.substr(0, k_longest_vendor + words.size()).find(words);
  return at != text.npos && at + words.size() < text.size() && is_digit(text[at + words.size()]);
}

}  // namespace

bool is_producer(std::string_view text) {
  return (is_of_gcc(text) && text.find(" -fbuilding-libgcc") == text.npos) ||
         names_version(text, "clang version ") || names_version(text, "rustc version ");
}

bool is_of_rust(std::string_view producer) {
  return names_version(producer, "rustc version ");
}

bool was_sanitized(std::string_view producer, std::string_view sanitizer) {
  constexpr std::string_view k_on = "-fsanitize=";
  constexpr std::string_view k_off = "-fno-sanitize=";
  bool sanitized = false;
  for (const std::string_view word : base::split(producer, ' ')) {
    const bool on = word.starts_with(k_on);
    if (!on && !word.starts_with(k_off)) {
      continue;
    }
    const auto names = base::split(word.substr(on ? k_on.size() : k_off.size()), ',');
    const auto is_named = [&](std::string_view name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (is_named(sanitizer) || (!on && is_named("all"))) {
      sanitized = on;
    }
  }
  return sanitized;
}

}  // namespace extproof::parsers
