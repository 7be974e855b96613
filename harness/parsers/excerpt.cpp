// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/excerpt.hpp"

#include <algorithm>
#include <optional>

#include "harness/base/text.hpp"
#include "harness/parsers/text_columns.hpp"

namespace extproof::parsers {
namespace {

constexpr std::size_t k_tab = 4;
constexpr std::size_t k_widest = 90;       // columns of a source line that are shown
constexpr std::size_t k_before_span = 30;  // of these, before the span when the line is cut

std::optional<std::string_view> line_of(std::string_view text, std::size_t number) {
  // A byte order mark is no column of the first line.
  constexpr std::string_view k_mark = "\xEF\xBB\xBF";
  if (text.substr(0, k_mark.size()) == k_mark) {
    text.remove_prefix(k_mark.size());
  }
  for (std::size_t line = 1; line < number; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    text.remove_prefix(end + 1);
  }
  std::string_view line = text.substr(0, text.find('\n'));
  if (!line.empty() && line.back() == '\r') {
    line.remove_suffix(1);
  }
  return line;
}

// One code point as it is shown.
struct Cell {
  std::string shown;
  std::size_t begin = 0;  // display column
  std::size_t end = 0;
};

std::vector<Cell> cells_of(std::string_view line) {
  std::vector<Cell> cells;
  std::size_t column = 0;
  while (!line.empty()) {
    const Glyph glyph = first_glyph(line);
    Cell cell{.begin = column};
    if (glyph.bytes == "\t") {
      cell.shown = std::string(k_tab - column % k_tab, ' ');
    } else {
      cell.shown = base::escape_line(glyph.bytes);
    }
    // What is escaped is as wide as its escape.
    column += cell.shown == glyph.bytes ? glyph.columns : cell.shown.size();
    cell.end = column;
    cells.push_back(std::move(cell));
    line.remove_prefix(glyph.bytes.size());
  }
  return cells;
}

}  // namespace

std::string render_place(std::string_view origin, const SourceSpan& span) {
  return std::string(origin) + ":" + std::to_string(span.line) + ":" + std::to_string(span.column);
}

std::vector<std::string> render_excerpt(std::string_view text, const SourceSpan& span,
                                        std::string_view label) {
  const std::optional<std::string_view> line = line_of(text, span.line);
  if (span.line == 0 || !line) {
    return {};
  }
  const std::vector<Cell> cells = cells_of(*line);
  const std::size_t width = cells.empty() ? 0 : cells.back().end;
  const auto column_at = [&](std::size_t code_point) {
    return code_point - 1 < cells.size() ? cells[code_point - 1].begin : width;
  };
  const std::size_t caret = column_at(std::max<std::size_t>(1, span.column));
  const std::size_t caret_end =
      span.end_line == span.line ? column_at(std::max<std::size_t>(1, span.end_column)) : width;
  std::size_t shown_from = 0;
  std::size_t shown_to = width;
  if (width > k_widest) {
    shown_from = caret > k_widest / 2 ? caret - k_before_span : 0;
    shown_to = std::min(width, shown_from + k_widest);
  }
  std::string source = shown_from > 0 ? "…" : "";
  std::size_t first_column = shown_to;
  std::size_t last_column = shown_from;
  for (const Cell& cell : cells) {
    if (cell.begin >= shown_from && cell.end <= shown_to) {
      first_column = std::min(first_column, cell.begin);
      last_column = std::max(last_column, cell.end);
      source += cell.shown;
    }
  }
  source += shown_to < width ? "…" : "";
  const std::size_t indent = caret - std::min(caret, first_column) + (shown_from > 0 ? 1 : 0);
  const std::size_t underlined = std::min(caret_end, last_column);
  const std::size_t carets = underlined > caret ? underlined - caret : 1;

  const std::string number = std::to_string(span.line);
  std::string below =
      std::string(number.size(), ' ') + " | " + std::string(indent, ' ') + std::string(carets, '^');
  if (!label.empty()) {
    below += ' ';
    below += label;
  }
  return {number + " | " + source, std::move(below)};
}

std::string_view text_of(std::string_view text, const SourceSpan& span) {
  const std::optional<std::string_view> line = line_of(text, span.line);
  if (span.line == 0 || span.line != span.end_line || !line) {
    return {};
  }
  std::string_view rest = *line;
  std::size_t at = 0;
  std::size_t begin = rest.size();
  std::size_t end = rest.size();
  for (std::size_t column = 1; at < rest.size(); ++column) {
    begin = column == span.column ? at : begin;
    end = column == span.end_column ? at : end;
    at += first_glyph(rest.substr(at)).bytes.size();
  }
  return begin < end ? rest.substr(begin, end - begin) : std::string_view();
}

}  // namespace extproof::parsers
