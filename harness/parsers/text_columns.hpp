// SPDX-License-Identifier: Apache-2.0
//
// How wide a text is on a terminal. Level: parsers. Pure; no locale. For carets below a source
// line and for lines that must not wrap.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace extproof::parsers {

// The first code point of a text.
struct Glyph {
  std::string_view bytes;   // one byte that is not UTF-8 is a glyph too
  std::size_t columns = 1;  // 0 for a combining mark, 2 for a wide character
};

// Requires: !text.empty().
Glyph first_glyph(std::string_view text);

// Requires: no control characters; escape them first.
std::size_t display_columns(std::string_view text);

// `text` when it fits in `columns`, else its beginning and "…", never more than `columns` wide and
// never cut inside a code point or before its combining marks.
std::string cut_to_columns(std::string_view text, std::size_t columns);

}  // namespace extproof::parsers
