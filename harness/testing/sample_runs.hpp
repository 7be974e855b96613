// SPDX-License-Identifier: Apache-2.0
//
// Runs made up for tests of the store and of the reports: each one shows a way in which a run can
// end. Level: testing.

#pragma once

#include <string_view>
#include <vector>

#include "harness/facts/finding.hpp"
#include "harness/facts/step.hpp"

namespace extproof::testing {

facts::RunReport empty_run();          // stopped before any lane
facts::RunReport quiet_run();          // three lanes, nothing found
facts::RunReport run_with_findings();  // 3 findings in 2 groups, an accepted one, one of numpy's
facts::RunReport run_with_refused_lane();
facts::RunReport run_with_crash();          // tests that were not run, a module not collected
facts::RunReport run_with_failing_tests();  // and without any sanitizer report
facts::RunReport interrupted_run();
facts::RunReport hostile_run();  // every text tries to break out of its place

struct NamedRun {
  std::string_view name;
  facts::RunReport report;
};
// All of them, with names for files.
std::vector<NamedRun> sample_runs();

// A text with NUL, newline, terminal escapes, markup, quotes, right-to-left marks and bytes that
// are not UTF-8.
std::string hostile_text(std::string_view label);

// A plan whose steps have every field set; its texts are hostile.
std::vector<facts::Step> sample_steps();
// A result for each kind of end, with hostile texts; the texts that are not stored are empty.
std::vector<facts::StepResult> sample_results();

}  // namespace extproof::testing
