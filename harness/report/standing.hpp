// SPDX-License-Identifier: Apache-2.0
//
// What a finding means for the run, the same in every form of report. Level: report.

#pragma once

#include <string>
#include <vector>

#include "harness/facts/finding.hpp"

namespace extproof::report {

enum class Standing {
  counts,    // new and in the extension: makes the run fail
  outside,   // new, in code of someone else
  accepted,  // known to the project
  stale,     // accepted, and no longer seen
};
Standing standing_of(const facts::Finding& finding);

// The findings of that standing, in the order of the run.
std::vector<const facts::Finding*> findings_that(const facts::RunReport& run, Standing standing);

// Why the project lives with it: "mended in 2.1, until 2027-01-31, https://...". As it came, not
// escaped; empty when it is not accepted.
std::string acceptance_text(const facts::Finding& finding);

// Findings of one defect group together, groups in the order of their first finding. One without
// a group is a group of its own.
std::vector<std::vector<const facts::Finding*>> by_defect(
    const std::vector<const facts::Finding*>& findings);

}  // namespace extproof::report
