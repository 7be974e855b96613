// SPDX-License-Identifier: Apache-2.0
//
// A finding in words, as the console and the page of a finding show it. Level: report. Everything
// that comes from outside is escaped here. The _text functions give text for wrapped().

#pragma once

#include <string>

#include "harness/facts/finding.hpp"
#include "harness/report/text_layout.hpp"

namespace extproof::report {

// "heap-buffer-overflow", "undefined-behavior/signed-integer-overflow".
std::string kind_text(const facts::Finding& finding);

// "src/_core.c:214  fill_row"; a frame without a file is shown by its module. Never empty.
std::string place_text(const facts::Location& location);
std::string place_text(const facts::Frame& frame);

// "core.c:2345", which the compiler read for a frame of a generated file; empty for every other.
std::string generated_text(const facts::Frame& frame);

// Where the finding is, also when its location is not known but its stack is.
std::string place_text(const facts::Finding& finding);

// "F1, in the same process; may be a consequence of it"; empty for a finding that follows from
// none.
std::string after_text(const facts::Finding& finding);

// "asan, tests/test_matrix.py::test_fill (teardown)".
std::string sighting_text(const facts::Sighting& sighting);

// ".extproof/runs/7/asan/logs/asan.4711, bytes 1021-4890"; empty when there is no log.
std::string log_text(const facts::Sighting& sighting);

// The headline and the labelled lines below it, each ended by "\n".
std::string render_finding(const facts::Finding& finding, const ConsoleStyle& style);

// One line, for findings that are only mentioned.
std::string render_finding_briefly(const facts::Finding& finding, const ConsoleStyle& style);

}  // namespace extproof::report
