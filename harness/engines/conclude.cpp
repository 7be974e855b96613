// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/conclude.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "harness/engines/only_in_lane.hpp"

namespace extproof::engines {
namespace {

using facts::ExitCode;
using facts::Finding;
using facts::LaneOutcome;
using facts::LaneReport;
using facts::RunReport;

constexpr std::string_view k_baseline = "release";

// One finding of all findings with its fingerprint; the first sighting's words and stacks stay. It
// is after another one when it is so wherever it was seen; until ids are given, `after` holds the
// fingerprint of that one.
std::vector<Finding> merged(std::vector<Finding> findings) {
  std::vector<Finding> result;
  std::map<std::string, std::size_t> at;
  for (Finding& finding : findings) {
    const auto [place, fresh] = at.emplace(finding.fingerprint, result.size());
    if (fresh) {
      result.push_back(std::move(finding));
      continue;
    }
    Finding& known = result[place->second];
    known.sightings.insert(known.sightings.end(), finding.sightings.begin(),
                           finding.sightings.end());
    known.after = finding.after.empty() ? "" : known.after;
  }
  return result;
}

// The baseline on the lane's own interpreter; where that is instrumented, one on an interpreter of
// its version and ABI.
const LaneEnd* baseline_of(const LaneEnd& lane, const std::vector<LaneEnd>& lanes) {
  const facts::Interpreter& own = lane.configuration.interpreter;
  const LaneEnd* found = nullptr;
  for (const LaneEnd& other : lanes) {
    const facts::Interpreter& its = other.configuration.interpreter;
    if (other.configuration.lane != k_baseline) {
      continue;
    }
    if (its.path == own.path) {
      return &other;
    }
    if (!own.instrumented.empty() && its.major == own.major && its.minor == own.minor &&
        its.free_threaded == own.free_threaded && found == nullptr) {
      found = &other;
    }
  }
  return found;
}

// Not by function: of one line runtimes name the function, the one it was inlined into or the
// instance of a template.
bool is_one_defect(const Finding& one, const Finding& other) {
  return one.location.line > 0 && !one.location.file.empty() &&
         one.location.file == other.location.file && one.location.line == other.location.line &&
         is_one_cause(one.kind, one.rule, other.kind, other.rule);
}

void number(std::vector<Finding>& findings) {
  std::vector<Finding> ordered;
  for (const bool of_extension : {true, false}) {
    for (Finding& finding : findings) {
      if ((finding.owner == facts::Owner::extension) == of_extension) {
        ordered.push_back(std::move(finding));
      }
    }
  }
  findings = std::move(ordered);
  std::size_t groups = 0;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    Finding& finding = findings[i];
    finding.id = "F" + std::to_string(i + 1);
    const auto end = findings.begin() + static_cast<std::ptrdiff_t>(i);
    const auto same = std::find_if(findings.begin(), end, [&](const Finding& earlier) {
      return is_one_defect(earlier, finding);
    });
    finding.group = same == end ? "D" + std::to_string(++groups) : same->group;
  }
}

void name_causes(std::vector<Finding>& findings) {
  std::map<std::string, std::string> ids;
  for (const Finding& finding : findings) {
    ids[finding.fingerprint] = finding.id;
  }
  for (Finding& finding : findings) {
    const auto cause = ids.find(finding.after);
    finding.after = cause == ids.end() ? "" : cause->second;
  }
}

bool judged(const LaneReport& lane) {
  return lane.outcome == LaneOutcome::passed || lane.outcome == LaneOutcome::failed ||
         lane.outcome == LaneOutcome::crashed || lane.outcome == LaneOutcome::timed_out;
}

bool in_lane(const Finding& finding, const std::string& lane) {
  return std::any_of(finding.sightings.begin(), finding.sightings.end(),
                     [&](const facts::Sighting& sighting) { return sighting.lane == lane; });
}

// Whether something was found in the lane, and all of it is accepted.
bool only_accepted(const RunReport& report, const std::string& lane) {
  bool any = false;
  for (const Finding& finding : report.findings) {
    if (in_lane(finding, lane)) {
      any = true;
      if (finding.state != facts::FindingState::accepted) {
        return false;
      }
    }
  }
  return any;
}

// Whether a test of the lane failed other than by a finding that is accepted.
bool fails_beyond_accepted(const RunReport& report, const LaneReport& lane) {
  std::set<std::string_view> explained;
  for (const Finding& finding : report.findings) {
    if (finding.state == facts::FindingState::accepted) {
      for (const facts::Sighting& sighting : finding.sightings) {
        if (sighting.lane == lane.name) {
          explained.insert(sighting.test);
        }
      }
    }
  }
  if (explained.empty()) {
    return lane.counts.failed + lane.counts.errors > 0;
  }
  return std::any_of(lane.tests.begin(), lane.tests.end(), [&](const facts::TestRecord& test) {
    return (test.outcome == facts::TestOutcome::failed ||
            test.outcome == facts::TestOutcome::error) &&
           !explained.contains(test.id);
  });
}

ExitCode exit_code_of_run(const RunReport& report, RunEnd end) {
  std::vector<ExitCode> codes;
  if (end == RunEnd::interrupted) {
    codes.push_back(ExitCode::interrupted);
  }
  bool any_judged = false;
  for (const Finding& finding : report.findings) {
    if (finding.severity == "error" && finding.state == facts::FindingState::new_) {
      codes.push_back(ExitCode::findings);
    }
  }
  for (const LaneReport& lane : report.lanes) {
    any_judged |= judged(lane) && lane.requested;
    const bool tests_failed =
        fails_beyond_accepted(report, lane) ||
        std::any_of(lane.collection_problems.begin(), lane.collection_problems.end(),
                    [](const auto& problem) { return !problem.skipped; });
    const bool ended_early =
        lane.outcome == LaneOutcome::crashed || lane.outcome == LaneOutcome::timed_out;
    if (tests_failed || (ended_early && !only_accepted(report, lane.name))) {
      codes.push_back(ExitCode::findings);
    }
    // Nothing is known of tests that were not run, or of a lane that ended nowhere.
    const bool ended_nowhere = lane.outcome == LaneOutcome::skipped && lane.requested;
    if ((judged(lane) && lane.counts.not_run > 0) || (ended_nowhere && end == RunEnd::complete)) {
      codes.push_back(ExitCode::cannot_judge);
    }
    if (lane.outcome == LaneOutcome::refused && lane.requested) {
      for (const facts::Refusal& refusal : lane.refusals) {
        if (refusal.severity == facts::Severity::error) {
          codes.push_back(exit_code_of(refusal));
        }
      }
    }
  }
  if (!any_judged) {
    codes.push_back(ExitCode::cannot_judge);
  }
  return facts::strongest(codes);
}

std::string outcome_of(ExitCode code, RunEnd end) {
  if (end == RunEnd::unfinished) {
    return "unfinished";
  }
  switch (code) {
    case ExitCode::nothing_found:
      return "passed";
    case ExitCode::findings:
      return "findings";
    case ExitCode::interrupted:
      return "interrupted";
    case ExitCode::usage:
    case ExitCode::cannot_judge:
    case ExitCode::tool_missing:
    case ExitCode::defect:
      return "cannot-judge";
  }
  return "cannot-judge";
}

}  // namespace

RunReport conclude(RunReport report, const std::vector<LaneEnd>& lanes,
                   const std::vector<LeftOut>& left_out, RunEnd end, const Known& known) {
  std::vector<Finding> findings;
  for (const LaneEnd& lane : lanes) {
    for (const LaneSighting& one : lane.interpretation.sightings) {
      findings.push_back(one.finding);
      findings.back().after = one.after;
    }
    const LaneEnd* baseline = baseline_of(lane, lanes);
    if (lane.configuration.lane != k_baseline && baseline != nullptr &&
        judged(lane.interpretation.report)) {
      std::vector<Finding> only = find_only_in_lane(lane, *baseline);
      std::move(only.begin(), only.end(), std::back_inserter(findings));
    }
    report.lanes.push_back(lane.interpretation.report);
    if (end != RunEnd::complete && report.lanes.back().outcome == LaneOutcome::skipped) {
      report.lanes.back().reason = std::string(facts::k_interrupted) + report.lanes.back().reason;
    }
    for (const std::string& module : lane.interpretation.report.modules) {
      if (std::find(report.modules.begin(), report.modules.end(), module) == report.modules.end()) {
        report.modules.push_back(module);
      }
    }
  }
  for (const LeftOut& out : left_out) {
    LaneReport lane;
    lane.name = out.name;
    lane.requested = out.requested;
    lane.outcome = out.requested ? LaneOutcome::refused : LaneOutcome::skipped;
    lane.reason = out.refusal.headline;
    lane.refusals = {out.refusal};
    report.lanes.push_back(std::move(lane));
  }
  report.findings = merged(std::move(findings));
  number(report.findings);
  name_causes(report.findings);
  const bool is_whole = std::none_of(lanes.begin(), lanes.end(), [](const LaneEnd& lane) {
    return !lane.configuration.pytest_arguments.empty();
  });
  take_accepted(report, known, is_whole && end == RunEnd::complete);
  report.exit_code = exit_code_of_run(report, end);
  report.outcome = outcome_of(report.exit_code, end);
  return report;
}

}  // namespace extproof::engines
