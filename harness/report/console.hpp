// SPDX-License-Identifier: Apache-2.0
//
// A run for a person at a terminal. Level: report. Pure: the width and whether there are colours
// are given.

#pragma once

#include <string>

#include "harness/facts/finding.hpp"
#include "harness/report/text_layout.hpp"

namespace extproof::report {

// In this order: the extension's new findings, those of one defect together; the other ones in
// short; what was refused; a table of the lanes; what each lane could not see or run; the verdict
// in one line and what to do next.
//
// Ensures: every line is ended; everything from outside is escaped; without style.color there is
// no control character but "\n". Paths and names are never cut.
std::string render_console(const facts::RunReport& run, const ConsoleStyle& style);

}  // namespace extproof::report
