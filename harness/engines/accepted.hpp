// SPDX-License-Identifier: Apache-2.0
//
// What the project knows already, against what a run found. Level: engines. Pure.

#pragma once

#include <string>
#include <vector>

#include "harness/engines/configure.hpp"
#include "harness/facts/accepted.hpp"
#include "harness/facts/finding.hpp"

namespace extproof::engines {

struct Known {
  std::vector<facts::Accepted> accepted;
  std::string today;  // "2026-11-21", UTC
};

// Marks the findings of `report` that are accepted today; one whose time has run out stays new and
// says so in its hint. An entry without a finding becomes one that is stale, when `saw_everything`
// and each of its lanes judged all of its tests: what was not looked for is not gone.
void take_accepted(facts::RunReport& report, const Known& known, bool saw_everything);

// The entry that accepts the finding.
facts::Accepted accept(const facts::Finding& finding, facts::Acceptance acceptance);

}  // namespace extproof::engines
