// SPDX-License-Identifier: Apache-2.0
#include "harness/report/standing.hpp"

#include <algorithm>

namespace extproof::report {

using facts::Finding;
using facts::FindingState;

Standing standing_of(const Finding& finding) {
  switch (finding.state) {
    case FindingState::accepted:
      return Standing::accepted;
    case FindingState::stale:
      return Standing::stale;
    case FindingState::new_:
      break;
  }
  return finding.owner == facts::Owner::extension ? Standing::counts : Standing::outside;
}

std::vector<const Finding*> findings_that(const facts::RunReport& run, Standing standing) {
  std::vector<const Finding*> findings;
  for (const Finding& finding : run.findings) {
    if (standing_of(finding) == standing) {
      findings.push_back(&finding);
    }
  }
  return findings;
}

std::string acceptance_text(const Finding& finding) {
  const facts::Acceptance& acceptance = finding.acceptance;
  std::string text = acceptance.reason;
  text += acceptance.until.empty() ? "" : ", until " + acceptance.until;
  return acceptance.issue.empty() ? text : text + ", " + acceptance.issue;
}

std::vector<std::vector<const Finding*>> by_defect(const std::vector<const Finding*>& findings) {
  std::vector<std::vector<const Finding*>> groups;
  for (const Finding* finding : findings) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return !finding->group.empty() && group.front()->group == finding->group;
    });
    if (same == groups.end()) {
      groups.push_back({finding});
    } else {
      same->push_back(finding);
    }
  }
  return groups;
}

}  // namespace extproof::report
