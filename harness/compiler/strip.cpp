// SPDX-License-Identifier: Apache-2.0
#include "harness/compiler/strip.hpp"

#include <algorithm>
#include <array>

namespace extproof::compiler {
namespace {

// Options whose value is the next word, of GNU's strip and LLVM's.
constexpr std::array<std::string_view, 13> k_with_value = {"-F",
                                                           "-I",
                                                           "-O",
                                                           "-K",
                                                           "-N",
                                                           "-R",
                                                           "--target",
                                                           "--input-target",
                                                           "--output-target",
                                                           "--keep-symbol",
                                                           "--strip-symbol",
                                                           "--remove-section",
                                                           "--keep-section"};

bool is_version(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

}  // namespace

bool is_strip(std::string_view called_as) {
  std::string_view name = called_as.substr(called_as.rfind('/') + 1);
  constexpr std::string_view k_name = "strip";
  const std::size_t dash = name.rfind('-');
  if (dash != std::string_view::npos && dash + 1 < name.size() &&
      is_version(name.substr(dash + 1))) {
    name = name.substr(0, dash);
  }
  return name == k_name || (name.ends_with(k_name) && name[name.size() - k_name.size() - 1] == '-');
}

std::optional<StripCopy> copy_instead_of_strip(const std::vector<std::string>& args) {
  StripCopy copy;
  bool only_files = false;
  for (std::size_t at = 0; at < args.size(); ++at) {
    const std::string_view arg = args[at];
    if (only_files || arg.empty() || arg[0] != '-') {
      copy.from = arg;
    } else if (arg == "--") {
      only_files = true;
    } else if (arg == "-o" || arg == "--output") {
      copy.to = at + 1 < args.size() ? args[++at] : "";
    } else if (arg.starts_with("-o")) {
      copy.to = arg.substr(2);
    } else if (arg.starts_with("--output=")) {
      copy.to = arg.substr(arg.find('=') + 1);
    } else if (std::find(k_with_value.begin(), k_with_value.end(), arg) != k_with_value.end()) {
      ++at;
    }
  }
  if (copy.from.empty() || copy.to.empty() || copy.from == copy.to) {
    return std::nullopt;
  }
  return copy;
}

}  // namespace extproof::compiler
