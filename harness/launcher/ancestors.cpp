// SPDX-License-Identifier: Apache-2.0
#include "harness/launcher/ancestors.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "harness/launcher/read_file.hpp"

namespace extproof::launcher {
namespace {

// More than any real chain; a process that dies meanwhile may be replaced by one of its number, so
// that a chain could in theory lead round and round.
constexpr int k_most_ancestors = 1000;

}  // namespace

int parse_parent(std::string_view stat) {
  const std::size_t bracket = stat.rfind(')');  // the last one ends the name
  constexpr std::size_t k_state_size = 4;       // ") S "
  if (bracket == stat.npos || stat.size() < bracket + k_state_size) {
    return 0;
  }
  const std::string_view number = stat.substr(bracket + k_state_size);
  int parent = 0;
  std::from_chars(number.data(), number.data() + number.size(), parent);
  return parent;
}

std::optional<std::string> find_in_block(std::string_view block, std::string_view name) {
  while (!block.empty()) {
    const std::size_t end = std::min(block.find('\0'), block.size());
    const std::string_view entry = block.substr(0, end);
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=') {
      return std::string(entry.substr(name.size() + 1));
    }
    block.remove_prefix(std::min(end + 1, block.size()));
  }
  return std::nullopt;
}

std::optional<std::string> value_of_nearest_ancestor(std::string_view name) {
  int pid = getppid();
  for (int i = 0; i < k_most_ancestors && pid > 0; ++i) {
    const std::string folder = "/proc/" + std::to_string(pid);
    std::string block;
    if (read_file(folder + "/environ", block)) {
      if (auto value = find_in_block(block, name)) {
        return value;
      }
    }
    std::string stat;
    read_file(folder + "/stat", stat);
    pid = parse_parent(stat);
  }
  return std::nullopt;
}

}  // namespace extproof::launcher
