// SPDX-License-Identifier: Apache-2.0
#include "harness/testing/golden.hpp"

#include <errno.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

#include "harness/base/text.hpp"

namespace extproof::testing {
namespace {

// Unlike base::lines(), keeps "\r" and tells a missing final newline.
std::vector<std::string_view> exact_lines(std::string_view text) {
  std::vector<std::string_view> lines = base::split(text, '\n');
  if (lines.back().empty()) {
    lines.pop_back();
  } else {
    lines.push_back("(no newline at the end)");
  }
  return lines;
}

void append(std::string& out, char mark, std::string_view line) {
  out += mark;
  out += ' ';
  out += base::escape_line(line);
  out += '\n';
}

}  // namespace

std::string render_line_diff(std::string_view expected, std::string_view actual) {
  constexpr std::size_t k_around = 2;
  const std::vector<std::string_view> old_lines = exact_lines(expected);
  const std::vector<std::string_view> new_lines = exact_lines(actual);
  const std::size_t shorter = std::min(old_lines.size(), new_lines.size());
  std::size_t same_before = 0;
  while (same_before < shorter && old_lines[same_before] == new_lines[same_before]) {
    ++same_before;
  }
  std::size_t same_after = 0;
  while (same_after < shorter - same_before && old_lines[old_lines.size() - 1 - same_after] ==
                                                   new_lines[new_lines.size() - 1 - same_after]) {
    ++same_after;
  }
  const std::size_t old_end = old_lines.size() - same_after;
  const std::size_t new_end = new_lines.size() - same_after;
  if (same_before == old_end && same_before == new_end) {
    return "";
  }
  std::string out = "@ line " + std::to_string(same_before + 1) + "\n";
  for (std::size_t i = same_before - std::min(same_before, k_around); i < same_before; ++i) {
    append(out, ' ', old_lines[i]);
  }
  for (std::size_t i = same_before; i < old_end; ++i) {
    append(out, '-', old_lines[i]);
  }
  for (std::size_t i = same_before; i < new_end; ++i) {
    append(out, '+', new_lines[i]);
  }
  for (std::size_t i = old_end; i < std::min(old_lines.size(), old_end + k_around); ++i) {
    append(out, ' ', old_lines[i]);
  }
  return out;
}

std::string golden_difference(const std::string& path, std::string_view actual) {
  const char* accept = std::getenv("EXTPROOF_ACCEPT_GOLDEN");
  if (accept != nullptr && std::string_view(accept) == "1") {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << actual;
    file.close();
    return file ? "" : "cannot write " + path + "\n";
  }
  const std::string command =
      "accept:  EXTPROOF_ACCEPT_GOLDEN=1 " + base::render_command({program_invocation_name}) + "\n";
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return "there is no " + path + "\n" + command;
  }
  const std::string expected{std::istreambuf_iterator<char>(file),
                             std::istreambuf_iterator<char>()};
  if (expected == actual) {
    return "";
  }
  return path + "\n" + render_line_diff(expected, actual) + command;
}

}  // namespace extproof::testing
