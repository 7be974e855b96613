// SPDX-License-Identifier: Apache-2.0
#include "harness/reaper/options.hpp"

#include <charconv>
#include <cstring>
#include <string_view>

namespace extproof::reaper {
namespace {

bool read_number(std::string_view text, int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0;
}

}  // namespace

bool parse_options(int argc, char** argv, Options& options, std::string& problem) {
  int at = 1;
  for (; at < argc && std::strcmp(argv[at], "--") != 0; at += 2) {
    const std::string_view name = argv[at];
    if (name == "--terminal") {
      options.terminal = true;
      --at;  // it has no value
      continue;
    }
    int* const value = name == "--control"    ? &options.control_fd
                       : name == "--status"   ? &options.status_fd
                       : name == "--grace-ms" ? &options.grace_ms
                                              : nullptr;
    if (value == nullptr) {
      problem = "unknown option " + std::string(name);
      return false;
    }
    if (at + 1 >= argc || !read_number(argv[at + 1], *value)) {
      problem = std::string(name) + " needs a number";
      return false;
    }
  }
  if (options.control_fd < 0 || options.status_fd < 0) {
    problem = "--control and --status are needed";
    return false;
  }
  if (at + 1 >= argc) {
    problem = "no command after --";
    return false;
  }
  options.argv = argv + at + 1;
  return true;
}

}  // namespace extproof::reaper
