// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/start_file.hpp"

#include <algorithm>

#include "harness/facts/schema_versions.hpp"

namespace extproof::parsers {
namespace {

std::string first_piece() {
  return "extproof-start " + std::to_string(facts::schema_versions::k_start);
}

void append(std::string& text, std::string_view label, std::string_view value) {
  text += label;
  text += value;
  text += '\0';
}

}  // namespace

std::string render_start_file(const StartFile& start) {
  std::string text;
  append(text, "", first_piece());
  append(text, "cwd ", start.cwd);
  if (!start.output.empty()) {
    append(text, "out ", start.output);
  }
  for (const std::string& word : start.argv) {
    append(text, "arg ", word);
  }
  for (const std::string& variable : start.environment) {
    append(text, "env ", variable);
  }
  return text;
}

std::optional<StartFile> parse_start_file(std::string_view text) {
  constexpr std::size_t k_label = 4;
  StartFile start;
  bool is_first = true;
  while (!text.empty()) {
    const std::size_t end = text.find('\0');
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(end + 1);
    const std::string_view label = piece.substr(0, k_label);
    const std::string value(piece.substr(std::min(k_label, piece.size())));
    if (is_first) {
      if (piece != first_piece()) {
        return std::nullopt;
      }
      is_first = false;
    } else if (label == "cwd ") {
      start.cwd = value;
    } else if (label == "out ") {
      start.output = value;
    } else if (label == "arg ") {
      start.argv.push_back(value);
    } else if (label == "env ") {
      start.environment.push_back(value);
    } else {
      return std::nullopt;
    }
  }
  return start.argv.empty() ? std::nullopt : std::optional(std::move(start));
}

}  // namespace extproof::parsers
