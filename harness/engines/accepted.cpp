// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/accepted.hpp"

#include <algorithm>

namespace extproof::engines {
namespace {

using facts::Accepted;
using facts::Finding;
using facts::LaneOutcome;
using facts::LaneReport;

bool judged_all(const facts::RunReport& report, const std::string& lane) {
  return std::any_of(report.lanes.begin(), report.lanes.end(), [&](const LaneReport& one) {
    const bool judged = one.outcome == LaneOutcome::passed || one.outcome == LaneOutcome::failed ||
                        one.outcome == LaneOutcome::crashed ||
                        one.outcome == LaneOutcome::timed_out;
    return one.name == lane && judged && one.counts.not_run == 0 && one.collection_problems.empty();
  });
}

Finding stale_finding(const Accepted& entry) {
  Finding finding;
  finding.fingerprint = entry.fingerprint;
  finding.kind = entry.kind;
  finding.severity = "warning";
  finding.state = facts::FindingState::stale;
  finding.title = entry.title;
  finding.location = entry.location;
  finding.acceptance = entry.acceptance;
  return finding;
}

}  // namespace

void take_accepted(facts::RunReport& report, const Known& known, bool saw_everything) {
  std::vector<Finding> stale;
  for (const Accepted& entry : known.accepted) {
    const auto found =
        std::find_if(report.findings.begin(), report.findings.end(),
                     [&](const Finding& one) { return one.fingerprint == entry.fingerprint; });
    if (found != report.findings.end()) {
      const std::string& until = entry.acceptance.until;
      // Days of this form are ordered as their texts are.
      if (until.empty() || known.today <= until) {
        found->state = facts::FindingState::accepted;
        found->acceptance = entry.acceptance;
      } else {
        found->hint = "it was accepted until " + until + " (" + entry.acceptance.reason +
                      "); accept it again, or mend it";
      }
      continue;
    }
    const bool was_looked_for =
        saw_everything && std::all_of(entry.lanes.begin(), entry.lanes.end(),
                                      [&](const auto& lane) { return judged_all(report, lane); });
    if (was_looked_for) {
      stale.push_back(stale_finding(entry));
    }
  }
  for (Finding& one : stale) {
    one.id = "F" + std::to_string(report.findings.size() + 1);
    report.findings.push_back(std::move(one));
  }
}

Accepted accept(const Finding& finding, facts::Acceptance acceptance) {
  Accepted entry{.fingerprint = finding.fingerprint,
                 .kind = finding.kind,
                 .title = finding.title,
                 .location = finding.location,
                 .acceptance = std::move(acceptance)};
  for (const facts::Sighting& sighting : finding.sightings) {
    if (std::find(entry.lanes.begin(), entry.lanes.end(), sighting.lane) == entry.lanes.end()) {
      entry.lanes.push_back(sighting.lane);
    }
  }
  return entry;
}

}  // namespace extproof::engines
