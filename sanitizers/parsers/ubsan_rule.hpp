// SPDX-License-Identifier: Apache-2.0
//
// The rule that a UBSan message breaks. Level: parsers.

#pragma once

#include <string_view>

namespace extproof::sanitizers {

// The rule as the runtimes name it in a summary with report_error_type=1, from the message alone:
// "shift exponent 40 is too large ..." is "invalid-shift-exponent". A message of the table's
// "undefined-behavior" is one that it does not know.
//
// Two rules cannot be told from the message: a division by zero counts as one of integers, and
// nullability annotations as the nonnull attributes.
std::string_view ubsan_rule_of(std::string_view message);

}  // namespace extproof::sanitizers
