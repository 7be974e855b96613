// SPDX-License-Identifier: Apache-2.0
#include "harness/report/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/report/finding_text.hpp"
#include "harness/report/lane_text.hpp"

namespace extproof::report {
namespace {

using base::escape_line;
using facts::Finding;
using facts::FindingState;
using facts::LaneOutcome;
using facts::LaneReport;
using facts::Owner;
using facts::RunReport;

using Findings = std::vector<const Finding*>;

bool is_told_in_full(const Finding& finding) {
  return finding.owner == Owner::extension && finding.state == FindingState::new_;
}

template <class Wanted>
Findings chosen(const RunReport& run, Wanted wanted) {
  Findings findings;
  for (const Finding& finding : run.findings) {
    if (wanted(finding)) {
      findings.push_back(&finding);
    }
  }
  return findings;
}

// Findings of one group together, groups in the order of their first finding. A finding without a
// group is one of its own.
std::vector<Findings> grouped(const Findings& findings) {
  std::vector<Findings> groups;
  for (const Finding* finding : findings) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const Findings& group) {
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

std::string render_findings(const Findings& findings, const ConsoleStyle& style) {
  std::string text;
  for (const Findings& group : grouped(findings)) {
    if (group.size() > 1) {
      text += painted(fmt::format("{}: one defect, seen as {} findings",
                                  escape_line(group.front()->group), group.size()),
                      Ink::strong, style) +
              "\n";
    }
    for (const Finding* finding : group) {
      text += render_finding(*finding, style) + "\n";
    }
  }
  return text;
}

std::string render_briefly(std::string_view heading, const Findings& findings,
                           const ConsoleStyle& style) {
  if (findings.empty()) {
    return "";
  }
  std::string text(heading);
  text += ":\n";
  for (const Finding* finding : findings) {
    text +=
        style.verbose ? render_finding(*finding, style) : render_finding_briefly(*finding, style);
  }
  return text + "\n";
}

std::string render_other_findings(const RunReport& run, const ConsoleStyle& style) {
  const auto with_state = [](FindingState state) {
    return [state](const Finding& finding) { return finding.state == state; };
  };
  const auto outside = [](const Finding& finding) {
    return finding.owner != Owner::extension && finding.state == FindingState::new_;
  };
  return render_briefly("outside of the extension", chosen(run, outside), style) +
         render_briefly("accepted", chosen(run, with_state(FindingState::accepted)), style) +
         render_briefly("accepted, but no longer seen",
                        chosen(run, with_state(FindingState::stale)), style);
}

std::string run_heading(const RunReport& run) {
  std::string text = fmt::format("run {}", run.number);
  if (!run.project_name.empty()) {
    text += " of " + escape_line(run.project_name);
  }
  if (!run.commit.empty()) {
    text += " at " + escape_line(run.commit);
  }
  if (!run.started.empty()) {
    text += ", " + escape_line(run.started);
  }
  if (run.seconds > 0) {
    text += fmt::format(", {:.1f} s", run.seconds);
  }
  return text;
}

std::vector<std::string> lanes_with(const RunReport& run, LaneOutcome outcome) {
  std::vector<std::string> names;
  for (const LaneReport& lane : run.lanes) {
    if (lane.outcome == outcome && !is_baseline(lane)) {
      names.push_back(lane.name);
    }
  }
  return names;
}

std::string found_text(const Findings& findings) {
  std::set<std::string> lanes;
  for (const Finding* finding : findings) {
    for (const facts::Sighting& sighting : finding->sightings) {
      lanes.insert(sighting.lane);
    }
  }
  return fmt::format("{} in {}; extproof explain {} shows all stacks",
                     counted(findings.size(), "finding"), counted(lanes.size(), "lane"),
                     escape_line(findings.front()->id));
}

// Why the exit code is 1 although no finding of the extension is new.
std::string failing_text(const RunReport& run) {
  std::set<std::string> baseline;
  std::set<std::string> others;
  std::set<std::string> uncollected;
  for (const LaneReport& lane : run.lanes) {
    for (const std::string& name : failing_tests(lane)) {
      (is_baseline(lane) ? baseline : others).insert(name);
    }
    for (const facts::CollectionProblem& problem : lane.collection_problems) {
      if (!problem.skipped) {
        uncollected.insert(problem.id);
      }
    }
  }
  std::erase_if(others, [&](const std::string& name) { return baseline.contains(name); });
  std::string reasons;
  const auto add = [&](std::size_t count, std::string_view noun, const char* what) {
    if (count != 0) {
      reasons += (reasons.empty() ? "" : ", ") + counted(count, noun) + what;
    }
  };
  add(baseline.size(), "test", " failing without any sanitizer");
  add(others.size(), "test", " failing in another lane");
  add(uncollected.size(), "module", " that could not be collected");
  return reasons.empty() ? "no new finding in the extension, but the run did not pass"
                         : "no new finding in the extension, but the exit code is 1: " + reasons;
}

std::string judged_text(const RunReport& run) {
  // With only accepted findings, or only those of other owners, a lane is failed and the run
  // passes.
  std::vector<std::string> judged = lanes_with(run, LaneOutcome::passed);
  for (std::string& name : lanes_with(run, LaneOutcome::failed)) {
    judged.push_back(std::move(name));
  }
  if (run.exit_code == facts::ExitCode::nothing_found && !judged.empty()) {
    return fmt::format("nothing {}found in {}: {}", run.findings.empty() ? "" : "new ",
                       counted(judged.size(), "lane"), some_of(judged, judged.size()));
  }
  const std::vector<std::string> refused = lanes_with(run, LaneOutcome::refused);
  if (!refused.empty()) {
    return "could not judge: " + some_of(refused, refused.size()) +
           (refused.size() == 1 ? " was refused" : " were refused") + "; this is no pass";
  }
  return run.lanes.empty() ? "nothing was judged: no lane ran" : "could not judge; this is no pass";
}

std::string render_verdict(const RunReport& run, const ConsoleStyle& style) {
  const Findings findings = chosen(run, is_told_in_full);
  const bool passed = run.exit_code == facts::ExitCode::nothing_found;
  std::vector<std::string> lines;
  if (!findings.empty()) {
    lines.push_back(found_text(findings));
  } else if (run.exit_code == facts::ExitCode::findings) {
    lines.push_back(failing_text(run));
  } else if (run.exit_code != facts::ExitCode::interrupted) {
    lines.push_back(judged_text(run));
  }
  const std::vector<std::string> refused = lanes_with(run, LaneOutcome::refused);
  if ((!findings.empty() || passed) && !refused.empty()) {
    lines.push_back("refused, so it says nothing: " + some_of(refused, refused.size()));
  }
  if (run.exit_code == facts::ExitCode::interrupted) {
    lines.push_back("interrupted; what ran until then is stored, and extproof report shows it");
  }
  std::string text;
  for (const std::string& line : lines) {
    const std::string wrapped_line = wrapped("", "  ", line, style);
    // The newline stays outside, so that no colour runs on into the next line.
    text += painted(std::string_view(wrapped_line).substr(0, wrapped_line.size() - 1),
                    passed ? Ink::green : Ink::red, style) +
            "\n";
  }
  return text;
}

}  // namespace

std::string render_console(const RunReport& run, const ConsoleStyle& style) {
  std::string text = render_findings(chosen(run, is_told_in_full), style);
  text += render_other_findings(run, style);
  text += render_refusals(run);
  text += wrapped("", "  ", run_heading(run), style);
  if (!run.lanes.empty()) {
    text += render_lane_table(run, style);
  }
  const std::string notes = render_lane_notes(run, style);
  text += notes.empty() ? "" : "\n" + notes;
  return text + "\n" + render_verdict(run, style);
}

}  // namespace extproof::report
