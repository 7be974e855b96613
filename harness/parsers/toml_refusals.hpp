// SPDX-License-Identifier: Apache-2.0
//
// Collects what is wrong with one TOML file. Level: parsers. Pure.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/facts/refusal.hpp"
#include "harness/parsers/excerpt.hpp"
#include "harness/parsers/toml_document.hpp"

namespace extproof::parsers {

class TomlRefusals {
 public:
  // `text` must live as long as this does.
  TomlRefusals(std::string_view text, std::string_view origin) : text_(text), origin_(origin) {}

  // Gives `refusal` its place and its excerpt, with `label` beside the carets.
  void add(const SourceSpan& span, facts::Refusal refusal, std::string_view label);

  // In the order of the file; this is empty afterwards.
  facts::Refusals take();

  std::size_t count() const { return found_.size(); }
  std::string_view text_of(const SourceSpan& span) const { return parsers::text_of(text_, span); }
  const std::string& origin() const { return origin_; }

 private:
  std::string_view text_;
  std::string origin_;
  std::vector<std::pair<SourceSpan, facts::Refusal>> found_;
};

// XP1304.
facts::Refusal not_toml(std::string_view text, std::string_view origin, const TomlFailure& failure);

}  // namespace extproof::parsers
