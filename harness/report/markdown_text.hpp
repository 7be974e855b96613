// SPDX-License-Identifier: Apache-2.0
//
// Text from outside in Markdown: always as code, where nothing in it has a meaning. Level: report.

#pragma once

#include <string>
#include <string_view>

namespace extproof::report {

// One line between backticks, more of them than the text has in a row. A "|" is escaped, so it may
// stand in a table. Empty for an empty text.
std::string markdown_code(std::string_view text);

// Lines between fences that are longer than any in the text; ended by "\n".
std::string markdown_block(std::string_view text);

}  // namespace extproof::report
