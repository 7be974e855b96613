// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/only_in_lane.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "harness/base/hash.hpp"
#include "harness/engines/again.hpp"

namespace extproof::engines {
namespace {

using facts::Finding;
using facts::TestOutcome;
using facts::TestRecord;

// How libraries say that the system gave no memory or no thread. A thread needs address space for
// its stack.
constexpr std::array<std::string_view, 9> k_out_of_space = {
    "MemoryError",        "Cannot allocate memory", "can't start new thread", "bad_alloc",
    "Unable to allocate", "cannot allocate memory", "failed to map segment",  "failed to reserve",
    "can't allocate"};

bool has_failed(const TestRecord& test) {
  return test.outcome == TestOutcome::failed || test.outcome == TestOutcome::error;
}

bool is_reported(const LaneEnd& lane, const std::string& test) {
  // A leak fails no test.
  return std::any_of(lane.interpretation.sightings.begin(), lane.interpretation.sightings.end(),
                     [&](const LaneSighting& one) {
                       return one.finding.kind != facts::FindingKind::leak &&
                              one.finding.sightings.front().test == test;
                     });
}

Finding finding_of(const LaneEnd& lane, const TestRecord& test) {
  Finding finding = {.kind = facts::FindingKind::fails_only_in_lane};
  finding.fingerprint = base::digest("fails-only-in-lane\n" + test.id);
  finding.location.file = test.id.substr(0, test.id.find("::"));
  std::string error = test.message;
  const auto failure = lane.interpretation.failures.find(test.id);
  if (failure != lane.interpretation.failures.end()) {
    const facts::TestFailure& told = failure->second;
    error = told.error;
    finding.location.line = told.line;
    const bool leads_out = told.file.starts_with("/") || told.file.starts_with("..");
    if (!told.file.empty() && !leads_out) {
      finding.location.file = told.file;
    }
  }
  finding.title = "passes in the release build and fails here: " + error;
  if (lane.interpretation.reserves_address_space) {
    finding.hint = hint_for(error + "\n" + test.message);
  }
  finding.sightings = {{.lane = lane.configuration.name,
                        .test = test.id,
                        .phase = facts::Phase::call,
                        .log = lane.interpretation.report.log}};
  finding.again = again_command(lane.configuration, test.id);
  return finding;
}

}  // namespace

std::string hint_for(std::string_view error) {
  const bool fits = std::any_of(
      k_out_of_space.begin(), k_out_of_space.end(),
      [&](std::string_view words) { return error.find(words) != std::string_view::npos; });
  return fits ? "the runtime of this lane reserves terabytes of address space, so a limit on it "
                "(ulimit -v, resource.RLIMIT_AS) is reached at once and the extension need not be "
                "at fault; let the test skip itself or raise its limit where ASAN_OPTIONS is set"
              : "";
}

std::vector<Finding> find_only_in_lane(const LaneEnd& lane, const LaneEnd& baseline) {
  std::map<std::string, TestOutcome> before;
  for (const TestRecord& test : baseline.interpretation.report.tests) {
    before[test.id] = test.outcome;
  }
  std::vector<Finding> findings;
  for (const TestRecord& test : lane.interpretation.report.tests) {
    const auto known = before.find(test.id);
    const bool passed_before = known != before.end() && known->second == TestOutcome::passed;
    if (has_failed(test) && passed_before && !is_reported(lane, test.id)) {
      findings.push_back(finding_of(lane, test));
    }
  }
  return findings;
}

}  // namespace extproof::engines
