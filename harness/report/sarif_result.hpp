// SPDX-License-Identifier: Apache-2.0
//
// One finding as a SARIF result. Level: report. Pure.

#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "harness/facts/finding.hpp"

namespace extproof::report {

// The rule of a finding: its kind, with "/RULE" where the runtime names one.
std::string sarif_rule_id(const facts::Finding& finding);

// {"text": ...}: one line; brackets and braces that a reader would take for a link or a place to
// fill are escaped.
nlohmann::json sarif_message(std::string_view text);

// The same for several lines.
nlohmann::json sarif_long_message(std::string_view text);

// `rule_index`: of the finding's rule in the list of rules.
nlohmann::json sarif_result(const facts::Finding& finding, std::size_t rule_index,
                            bool with_stacks);

}  // namespace extproof::report
