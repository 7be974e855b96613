// SPDX-License-Identifier: Apache-2.0
#include "harness/report/markdown_text.hpp"

#include <algorithm>

#include "harness/base/text.hpp"

namespace extproof::report {
namespace {

std::size_t longest_run(std::string_view text, char c) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char one : text) {
    run = one == c ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string markdown_code(std::string_view text) {
  std::string code;
  for (const char c : base::escape_line(text)) {
    code += c == '|' ? "\\|" : std::string(1, c);
  }
  if (code.empty()) {
    return code;
  }
  const std::string fence(longest_run(code, '`') + 1, '`');
  // A backtick at an end would be taken for the fence's.
  const bool pad = code.front() == '`' || code.back() == '`';
  return fence + (pad ? " " + code + " " : code) + fence;
}

std::string markdown_block(std::string_view text) {
  const std::string fence(std::max<std::size_t>(longest_run(text, '`') + 1, 3), '`');
  std::string block = fence + "text\n";
  for (const std::string_view line : base::lines(text)) {
    block += base::escape_line(line) + "\n";
  }
  return block + fence + "\n";
}

}  // namespace extproof::report
