// SPDX-License-Identifier: Apache-2.0
//
// Text from outside in HTML. Level: report.

#pragma once

#include <string>
#include <string_view>

namespace extproof::report {

// One line, safe between tags and between the quotes of an attribute: control characters, newlines
// and marks that reorder text are shown as escapes, and < > & " ' are entities.
std::string html_line(std::string_view text);

// The same for each line of a longer text, joined by newlines.
std::string html_lines(std::string_view text);

// Whether the text can be an id and the part of a URL behind "#" as it is.
bool is_html_id(std::string_view text);

}  // namespace extproof::report
