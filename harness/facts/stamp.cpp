// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/stamp.hpp"

#include "harness/base/hash.hpp"
#include "harness/base/text.hpp"
#include "harness/facts/schema_versions.hpp"

namespace extproof::facts {
namespace {

std::string head() {
  return "extproof-stamp " + std::to_string(schema_versions::k_stamp) + " ";
}

// Each piece with its length, so that no two lists of pieces give the same text.
void append(std::string& out, std::string_view piece) {
  out += std::to_string(piece.size());
  out += ':';
  out += piece;
}

// A section of pieces begins with how many there are, so that a piece cannot move into the next
// one.
void begin_section(std::string& out, std::size_t pieces) {
  append(out, std::to_string(pieces));
}

}  // namespace

std::string stamp_key(const Step& step,
                      const std::vector<std::optional<std::string_view>>& contents) {
  std::string text;
  begin_section(text, step.argv.size());
  for (const std::string& word : step.argv) {
    append(text, word);
  }
  append(text, step.cwd);
  begin_section(text, step.environment.size());
  for (const auto& [name, value] : step.environment) {
    append(text, name);
    append(text, value);
  }
  begin_section(text, step.files.size());
  for (const auto& [path, content] : step.files) {
    append(text, path);
    append(text, content);
  }
  begin_section(text, step.facts.size());
  for (const std::string& fact : step.facts) {
    append(text, fact);
  }
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    append(text, step.inputs[i]);
    append(text, contents[i] ? base::digest(*contents[i]) : std::string("absent"));
  }
  return base::digest(text);
}

std::string render_stamp(std::string_view key, std::string_view occasion) {
  return head() + std::string(key) + "\n" + std::string(occasion) + "\n";
}

std::optional<std::string> parse_stamp(std::string_view text) {
  const std::string expected = head();
  if (!text.starts_with(expected)) {
    return std::nullopt;
  }
  const std::string_view key = base::trim(text.substr(0, text.find('\n')).substr(expected.size()));
  if (key.size() != 32) {
    return std::nullopt;
  }
  return std::string(key);
}

}  // namespace extproof::facts
