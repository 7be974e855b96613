// SPDX-License-Identifier: Apache-2.0
//
// A run in any of its forms. Level: report. Pure.

#pragma once

#include <string>

#include "harness/facts/finding.hpp"
#include "harness/facts/report_format.hpp"
#include "harness/report/text_layout.hpp"

namespace extproof::report {

// `style` is that of the console; the other forms do not look at it.
std::string render(facts::ReportFormat format, const facts::RunReport& run,
                   const ConsoleStyle& style);

}  // namespace extproof::report
