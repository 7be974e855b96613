// SPDX-License-Identifier: Apache-2.0
//
// The lines of a message that show a place in a file the user wrote. Level: parsers. Pure.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace extproof::parsers {

// A place as editors count: lines and columns from 1, a column is a code point. The end is the
// first place after it.
struct SourceSpan {
  std::size_t line = 0;
  std::size_t column = 0;
  std::size_t end_line = 0;
  std::size_t end_column = 0;

  friend bool operator==(const SourceSpan&, const SourceSpan&) = default;
  friend auto operator<=>(const SourceSpan&, const SourceSpan&) = default;
};

// "extproof.toml:7:10".
std::string render_place(std::string_view origin, const SourceSpan& span);

// Two lines for Refusal::excerpt: the line of `text` where `span` begins, with its number, and
// carets below exactly what the span covers of it, followed by `label`.
//
// Tabs are shown as spaces up to the next multiple of four, control characters escaped, and of a
// long line only the part around the span is shown; the carets stand right in each case.
// Ensures: at least one caret, also for a span at the end of the line. No lines when the text has
//          no such line.
std::vector<std::string> render_excerpt(std::string_view text, const SourceSpan& span,
                                        std::string_view label);

// The bytes that `span` covers; empty when it lies outside or spreads over several lines.
std::string_view text_of(std::string_view text, const SourceSpan& span);

}  // namespace extproof::parsers
