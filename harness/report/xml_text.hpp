// SPDX-License-Identifier: Apache-2.0
//
// Text from outside as characters that XML 1.0 allows. Level: report. Markup characters stay: the
// XML library escapes them.

#pragma once

#include <string>
#include <string_view>

namespace extproof::report {

// One line, for names and attributes: control characters become \xNN, newlines \n.
std::string xml_line(std::string_view text);

// The same for each line of a longer text.
std::string xml_lines(std::string_view text);

}  // namespace extproof::report
