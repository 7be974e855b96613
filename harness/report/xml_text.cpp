// SPDX-License-Identifier: Apache-2.0
#include "harness/report/xml_text.hpp"

#include "harness/base/text.hpp"

namespace extproof::report {
namespace {

// U+FFFE and U+FFFF are UTF-8 like any other, but no characters of XML.
void replace_noncharacters(std::string& text) {
  for (std::size_t at = text.find("\xEF\xBF"); at != std::string::npos;
       at = text.find("\xEF\xBF", at + 2)) {
    if (at + 2 < text.size() && (text[at + 2] == '\xBE' || text[at + 2] == '\xBF')) {
      text[at + 2] = '\xBD';
    }
  }
}

}  // namespace

std::string xml_line(std::string_view text) {
  std::string line = base::escape_line(text);
  replace_noncharacters(line);
  return line;
}

std::string xml_lines(std::string_view text) {
  std::string all;
  for (const std::string_view line : base::lines(text)) {
    all += (all.empty() ? "" : "\n") + xml_line(line);
  }
  return all;
}

}  // namespace extproof::report
