// SPDX-License-Identifier: Apache-2.0
#include "harness/report/html_text.hpp"

#include <algorithm>

#include "harness/base/text.hpp"

namespace extproof::report {

std::string html_line(std::string_view text) {
  std::string out;
  for (const char c : base::escape_line(text)) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string html_lines(std::string_view text) {
  std::string all;
  for (const std::string_view line : base::lines(text)) {
    all += (all.empty() ? "" : "\n") + html_line(line);
  }
  return all;
}

bool is_html_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace extproof::report
