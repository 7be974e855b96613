// SPDX-License-Identifier: Apache-2.0
#include "harness/launcher/launch_file.hpp"

#include <algorithm>

namespace extproof::launcher {
namespace {

// `text` up to the first `separator`, which is taken off with it.
std::string_view take(std::string_view& text, char separator) {
  const std::size_t at = std::min(text.find(separator), text.size());
  const std::string_view piece = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return piece;
}

bool is_name(std::string_view text) {
  const auto letter = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !text.empty() && letter(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9');
  });
}

bool is_absolute(std::string_view text) {
  return !text.empty() && text[0] == '/';
}

struct ChangeKey {
  std::string_view key;
  ChangeKind kind;
};
constexpr ChangeKey k_change_keys[] = {{"set", ChangeKind::set},
                                       {"default", ChangeKind::set_default},
                                       {"unset", ChangeKind::unset},
                                       {"option", ChangeKind::option},
                                       {"log-path", ChangeKind::log_path}};

// "" when the line was understood, else what is wrong with it.
std::string parse_change(ChangeKind kind, std::string_view rest, LaunchFile& file) {
  const std::string_view name = take(rest, ' ');
  if (!is_name(name)) {
    return "needs the name of a variable";
  }
  if (kind == ChangeKind::unset && !rest.empty()) {
    return "takes one name alone";
  }
  if (kind == ChangeKind::log_path && (rest.empty() || rest.find('/') != rest.npos)) {
    return "needs the beginning of a file name";
  }
  if (kind == ChangeKind::option && rest.empty()) {
    return "needs a value";
  }
  file.changes.push_back({kind, std::string(name), std::string(rest)});
  return "";
}

std::string parse_line(std::string_view line, LaunchFile& file) {
  std::string_view rest = line;
  const std::string_view key = take(rest, ' ');
  for (const ChangeKey& change : k_change_keys) {
    if (key == change.key) {
      return parse_change(change.kind, rest, file);
    }
  }
  if (key == "exec") {
    if (!is_absolute(rest) || !file.program.empty()) {
      return "needs one absolute path, once";
    }
    file.program = rest;
  } else if (key == "argv0") {
    if (rest != "keep" && rest != "self") {
      return "is keep or self";
    }
    file.argv0_is_self = rest == "self";
  } else if (key == "preload") {
    if (!is_absolute(rest)) {
      return "needs an absolute path";
    }
    file.preload.emplace_back(rest);
  } else if (key == "scrub") {
    if (!is_name(rest)) {
      return "needs the name of a variable";
    }
    file.scrub.emplace_back(rest);
  } else if (line == "no-aslr") {
    file.fixed_layout = true;
  } else if (line == "no-address-space-limit") {
    file.no_address_space_limit = true;
  } else {
    return "is not known";
  }
  return "";
}

}  // namespace

bool parse_launch_file(std::string_view text, LaunchFile& file, std::string& problem) {
  const std::string header = "extproof-launch " + std::to_string(k_launch_schema);
  if (take(text, '\n') != header) {
    problem = "line 1: is not \"" + header + "\"";
    return false;
  }
  for (int number = 2; !text.empty(); ++number) {
    const std::string_view line = take(text, '\n');
    if (line.empty()) {
      continue;
    }
    const std::string wrong = parse_line(line, file);
    if (!wrong.empty()) {
      const std::string_view key = line.substr(0, line.find(' '));
      problem = "line " + std::to_string(number) + ": \"" + std::string(key) + "\" " + wrong;
      return false;
    }
  }
  if (file.program.empty()) {
    problem = "no line with exec";
    return false;
  }
  return true;
}

}  // namespace extproof::launcher
