// SPDX-License-Identifier: Apache-2.0
#include "harness/report/github.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/report/lane_text.hpp"
#include "harness/report/sarif_result.hpp"
#include "harness/report/standing.hpp"
#include "harness/report/uri.hpp"

namespace extproof::report {
namespace {

using facts::Finding;
using facts::LaneReport;
using facts::RunReport;

enum Level { error, warning, notice };
constexpr const char* k_level_names[] = {"error", "warning", "notice"};

struct Annotation {
  Level level = error;
  std::string file;  // empty when there is none
  int line = 0;
  std::string title;
  std::vector<std::string> lines;
};

// After escape_line() there is no CR or LF but those put between lines.
std::string value(std::string_view text) {
  std::string out;
  for (const char c : base::escape_line(text)) {
    out += c == '%' ? "%25" : std::string(1, c);
  }
  return out;
}

std::string property(std::string_view text) {
  std::string out;
  for (const char c : value(text)) {
    out += c == ':' ? "%3A" : c == ',' ? "%2C" : std::string(1, c);
  }
  return out;
}

std::string command(const Annotation& one, const std::string& folder) {
  std::string properties = "title=" + property(one.title);
  if (is_below_project(one.file)) {
    properties += ",file=" + property(folder + one.file);
    properties += one.line > 0 ? fmt::format(",line={}", one.line) : "";
  }
  std::string text;
  for (const std::string& line : one.lines) {
    text += (text.empty() ? "" : "%0A") + value(line);
  }
  return fmt::format("::{} {}::{}\n", k_level_names[one.level], properties,
                     text.empty() ? value(one.title) : text);
}

std::string file_of_test(const std::string& test) {
  return test.substr(0, std::min(test.find("::"), test.find('[')));
}

std::string seen_text(const Finding& finding) {
  if (finding.sightings.empty()) {
    return "";
  }
  const facts::Sighting& first = finding.sightings.front();
  std::string text = "seen in lane " + first.lane;
  text += first.test.empty() ? "" : ", " + first.test;
  if (finding.sightings.size() > 1) {
    text += fmt::format(", and {} more", counted(finding.sightings.size() - 1, "time"));
  }
  return text;
}

void add_lines(Annotation& one, const Finding& finding) {
  one.lines.push_back(fmt::format("{} {}: {}", finding.id, sarif_rule_id(finding), finding.title));
  if (std::string seen = seen_text(finding); !seen.empty()) {
    one.lines.push_back(std::move(seen));
  }
  if (!finding.after.empty()) {
    one.lines.push_back("after " + finding.after + "; may be a consequence of it");
  }
  if (!finding.again.empty()) {
    one.lines.push_back("see it again: " + base::render_command(finding.again));
  }
}

Annotation of_defect(const std::vector<const Finding*>& findings, Level level) {
  const Finding& first = *findings.front();
  Annotation one = {.level = level,
                    .file = first.location.file,
                    .line = first.location.line,
                    .title = sarif_rule_id(first),
                    .lines = {}};
  if (!first.location.function.empty()) {
    one.title += " in " + first.location.function;
  }
  if (findings.size() > 1) {
    one.title += fmt::format(" and {} more at the same defect", findings.size() - 1);
  }
  for (const Finding* finding : findings) {
    add_lines(one, *finding);
  }
  return one;
}

class Annotations {
 public:
  explicit Annotations(const RunReport& run) : run_(run) {}

  std::string render(const std::string& folder) {
    collect();
    std::string text;
    for (const Level level : {error, warning, notice}) {
      std::vector<Annotation> some;
      std::copy_if(all_.begin(), all_.end(), std::back_inserter(some),
                   [&](const Annotation& one) { return one.level == level; });
      const bool too_many = some.size() > k_annotations;
      const std::size_t shown = too_many ? k_annotations - 1 : some.size();
      for (std::size_t i = 0; i < shown; ++i) {
        text += command(some[i], folder);
      }
      if (too_many) {
        const std::size_t more = some.size() - shown;
        text += command({.level = level,
                         .file = "",
                         .line = 0,
                         .title = fmt::format("{} more of this level", more),
                         .lines = {fmt::format("{} more are not shown here: extproof report shows "
                                               "all of run {}",
                                               more, run_.number)}},
                        folder);
      }
    }
    return text;
  }

 private:
  void collect() {
    std::vector<const Finding*> errors;
    std::vector<const Finding*> warnings;
    for (const Finding* finding : findings_that(run_, Standing::counts)) {
      (finding->severity == "warning" ? warnings : errors).push_back(finding);
      for (const facts::Sighting& sighting : finding->sightings) {
        told_tests_.insert(sighting.test);
      }
    }
    for (const auto& defect : by_defect(errors)) {
      all_.push_back(of_defect(defect, error));
    }
    for (const auto& defect : by_defect(warnings)) {
      all_.push_back(of_defect(defect, warning));
    }
    if (run_.exit_code == facts::ExitCode::interrupted) {
      say(error, "the run was interrupted", {"what ran until then is stored and shown"});
    }
    if (run_.lanes.empty()) {
      say(error, "no lane ran", {"the run is " + run_.outcome});
    }
    for (const LaneReport& lane : run_.lanes) {
      add_lane(lane);
    }
    add_failing();
    for (const auto& defect : by_defect(findings_that(run_, Standing::outside))) {
      all_.push_back(of_defect(defect, notice));
    }
    for (const Finding* finding : findings_that(run_, Standing::stale)) {
      say(notice, "accepted, but no longer seen", {sarif_rule_id(*finding) + " " + finding->title});
    }
    add_blind_spots();
  }

  void say(Level level, const std::string& title, std::vector<std::string> lines) {
    all_.push_back(
        {.level = level, .file = "", .line = 0, .title = title, .lines = std::move(lines)});
  }

  void add_lane(const LaneReport& lane) {
    bool is_told = false;
    for (const facts::Refusal& refusal : lane.refusals) {
      const bool is_error = refusal.severity == facts::Severity::error;
      is_told = is_told || is_error;
      Annotation one = {.level = is_error ? (lane.requested ? error : notice) : warning,
                        .file = "",
                        .line = 0,
                        .title = fmt::format("lane {}: {}", lane.name, refusal.code),
                        .lines = {refusal.headline}};
      const auto parts = base::split(refusal.place, ':');
      if (parts.size() > 1) {
        one.file = std::string(parts[0]);
        one.line = static_cast<int>(base::to_integer(parts[1]).value_or(0));
      }
      for (const facts::RefusalNote& note : refusal.notes) {
        for (const std::string_view line : base::lines(note.text)) {
          one.lines.push_back(fmt::format("{}: {}", note.label, line));
        }
      }
      all_.push_back(std::move(one));
    }
    const bool judged =
        lane.outcome == facts::LaneOutcome::passed || lane.outcome == facts::LaneOutcome::failed;
    if (!judged && !is_told) {
      say(lane.requested ? error : notice,
          fmt::format("lane {} is {}", lane.name, facts::to_string(lane.outcome)), {lane.reason});
    }
  }

  // Each test once, with the lanes in which it fails and no finding says why.
  void add_failing() {
    std::vector<std::string> order;
    std::map<std::string, std::vector<std::string>> lanes;
    std::map<std::string, std::string> messages;
    const auto note = [&](const std::string& id, const std::string& message,
                          const std::string& lane) {
      if (told_tests_.contains(id)) {
        return;
      }
      if (lanes[id].empty()) {
        order.push_back(id);
        const auto lines = base::lines(message);
        messages[id] = lines.empty() ? "" : std::string(lines.front());
      }
      lanes[id].push_back(lane);
    };
    for (const LaneReport& lane : run_.lanes) {
      for (const facts::TestRecord& test : lane.tests) {
        if (test.outcome == facts::TestOutcome::failed ||
            test.outcome == facts::TestOutcome::error) {
          note(test.id, test.message, lane.name);
        }
      }
      for (const facts::CollectionProblem& problem : lane.collection_problems) {
        if (!problem.skipped) {
          note(problem.id, problem.message, lane.name);
        }
      }
    }
    for (const std::string& id : order) {
      Annotation one = {.level = error,
                        .file = file_of_test(id),
                        .line = 1,
                        .title = "fails in " + base::join(lanes[id], ", "),
                        .lines = {id}};
      if (!messages[id].empty()) {
        one.lines.push_back(messages[id]);
      }
      all_.push_back(std::move(one));
    }
  }

  void add_blind_spots() {
    std::vector<std::string> lines;
    for (const LaneReport& lane : run_.lanes) {
      for (const std::string& spot : lane.blind_spots) {
        lines.push_back(lane.name + ": " + spot);
      }
    }
    if (!lines.empty()) {
      say(notice, "what this run could not see", std::move(lines));
    }
  }

  const RunReport& run_;
  std::vector<Annotation> all_;
  std::set<std::string> told_tests_;
};

}  // namespace

std::string render_annotations(const RunReport& run, const std::string& folder) {
  return Annotations(run).render(folder);
}

}  // namespace extproof::report
