// SPDX-License-Identifier: Apache-2.0
//
// A run as JUnit XML, for CI systems that show tests. Level: report. Pure.

#pragma once

#include <string>

#include "harness/facts/finding.hpp"

namespace extproof::report {

// One test suite for each lane, in the shape that pytest calls xunit2. In it
// - each test is a test case, named as pytest's own file names it; findings that count are its
//   failure, other ones its output; a test that was not run is skipped, with the reason;
// - what was found while a module was imported, or after the last test, is a case of its own;
// - the first case, "extproof.LANE" "lane", says whether the lane could judge: an error when it was
//   asked for and could not, so that a suite with nothing in it never looks passed.
//
// Ensures: well-formed XML 1.0 in UTF-8, whatever the names hold. The numbers of a suite are those
// of its cases. A run whose exit code is 1 or 3 has a failure or an error.
std::string render_junit(const facts::RunReport& run);

}  // namespace extproof::report
