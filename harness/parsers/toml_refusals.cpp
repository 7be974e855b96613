// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/toml_refusals.hpp"

#include <algorithm>

namespace extproof::parsers {

void TomlRefusals::add(const SourceSpan& span, facts::Refusal refusal, std::string_view label) {
  refusal.place = render_place(origin_, span);
  refusal.excerpt = render_excerpt(text_, span, label);
  // Kept in the order of the file; of one place, in the order of coming.
  const auto after =
      std::upper_bound(found_.begin(), found_.end(), span,
                       [](const SourceSpan& a, const auto& b) { return a < b.first; });
  found_.insert(after, {span, std::move(refusal)});
}

facts::Refusals TomlRefusals::take() {
  facts::Refusals refusals;
  for (auto& [span, refusal] : found_) {
    refusals.push_back(std::move(refusal));
  }
  found_.clear();
  return refusals;
}

facts::Refusal not_toml(std::string_view text, std::string_view origin,
                        const TomlFailure& failure) {
  // toml++ begins with what it was doing: "Error while parsing array: expected value".
  std::string_view said = failure.said;
  constexpr std::string_view k_doing = "Error while parsing ";
  if (const std::size_t colon = said.find(": ");
      said.substr(0, k_doing.size()) == k_doing && colon != std::string_view::npos) {
    said.remove_prefix(colon + 2);
  }
  // Its place is a point; one character is underlined.
  SourceSpan span = failure.span;
  span.end_line = span.line;
  span.end_column = span.column + 1;
  return {.code = "XP1304",
          .headline = "line " + std::to_string(span.line) + " is not TOML",
          .place = render_place(origin, span),
          .excerpt = render_excerpt(text, span, said),
          .notes = {{"so", "nothing was read from this file, and nothing was run"}}};
}

}  // namespace extproof::parsers
