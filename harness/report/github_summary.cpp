// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <vector>

#include "harness/base/text.hpp"
#include "harness/report/explain.hpp"
#include "harness/report/github.hpp"
#include "harness/report/lane_text.hpp"
#include "harness/report/markdown_text.hpp"
#include "harness/report/sarif_result.hpp"
#include "harness/report/standing.hpp"
#include "harness/report/verdict.hpp"

namespace extproof::report {
namespace {

using facts::Finding;
using facts::LaneReport;
using facts::RunReport;

// Rows of a table that a person reads on one screen or two.
constexpr std::size_t k_rows = 100;

std::string place_of(const Finding& finding) {
  const facts::Location& at = finding.location;
  if (at.file.empty()) {
    return at.function;
  }
  return at.line > 0 ? fmt::format("{}:{}", at.file, at.line) : at.file;
}

const char* state_of(const Finding& finding) {
  switch (standing_of(finding)) {
    case Standing::counts:
      return "new";
    case Standing::outside:
      return facts::to_string(finding.owner);
    case Standing::accepted:
      return "accepted";
    case Standing::stale:
      return "no longer seen";
  }
  return "";
}

std::vector<const Finding*> in_order(const RunReport& run) {
  std::vector<const Finding*> findings;
  for (const Standing standing :
       {Standing::counts, Standing::outside, Standing::accepted, Standing::stale}) {
    const auto some = findings_that(run, standing);
    findings.insert(findings.end(), some.begin(), some.end());
  }
  return findings;
}

std::string finding_row(const Finding& finding) {
  std::string test;
  std::string lane;
  if (!finding.sightings.empty()) {
    lane = finding.sightings.front().lane;
    test = finding.sightings.front().test;
  }
  return fmt::format("| {} | {} | {} | {} | {} | {} |\n", markdown_code(finding.id),
                     markdown_code(sarif_rule_id(finding)), markdown_code(place_of(finding)),
                     markdown_code(lane), markdown_code(test), state_of(finding));
}

std::string lane_row(const LaneReport& lane) {
  const facts::TestCounts& counts = lane.counts;
  return fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", markdown_code(lane.name),
                     facts::to_string(lane.outcome), counts.passed, counts.failed, counts.skipped,
                     counts.errors, counts.not_run, markdown_code(lane.reason));
}

// Texts that are put together as long as they fit; what does not fit is counted.
class Summary {
 public:
  explicit Summary(std::size_t most_bytes)
      : room_(most_bytes > k_reserve ? most_bytes - k_reserve : 0) {}

  bool add(const std::string& text) {
    if (text.size() > room_) {
      return false;
    }
    room_ -= text.size();
    text_ += text;
    return true;
  }

  // As many rows as fit, and a line for the rest.
  void add_rows(const std::string& head, const std::vector<std::string>& rows, const char* noun) {
    if (rows.empty() || !add(head)) {
      return;
    }
    std::size_t shown = 0;
    while (shown < rows.size() && shown < k_rows && add(rows[shown])) {
      ++shown;
    }
    add("\n");
    if (shown < rows.size()) {
      add(fmt::format("{} not shown here.\n\n", counted(rows.size() - shown, noun)));
    }
  }

  void end(const std::string& text) {
    if (!text_.empty()) {
      text_ += text;
    }
  }
  std::string take() { return std::move(text_); }

 private:
  // For the last line, which has to fit.
  static constexpr std::size_t k_reserve = 200;
  std::size_t room_;
  std::string text_;
};

}  // namespace

std::string render_step_summary(const RunReport& run, std::size_t most_bytes) {
  Summary summary(most_bytes);
  if (!summary.add("## extproof: " + verdict_heading(run) + "\n\n" + markdown_code(run_line(run)) +
                   "\n\n")) {
    return "";
  }
  const std::vector<const Finding*> findings = in_order(run);
  std::vector<std::string> rows;
  for (const Finding* finding : findings) {
    rows.push_back(finding_row(*finding));
  }
  summary.add_rows("| finding | kind | at | lane | test | state |\n|---|---|---|---|---|---|\n",
                   rows, "finding");
  rows.clear();
  for (const LaneReport& lane : run.lanes) {
    rows.push_back(lane_row(lane));
  }
  summary.add_rows(
      "| lane | outcome | passed | failed | skipped | error | not run | reason |\n"
      "|---|---|---:|---:|---:|---:|---:|---|\n",
      rows, "lane");
  rows.clear();
  std::vector<std::string> unseen;
  for (const LaneReport& lane : run.lanes) {
    for (const std::string& test : failing_tests(lane)) {
      rows.push_back(fmt::format("- {} in {}\n", markdown_code(test), markdown_code(lane.name)));
    }
    for (const std::string& spot : lane.blind_spots) {
      unseen.push_back(fmt::format("- {}: {}\n", markdown_code(lane.name), markdown_code(spot)));
    }
  }
  summary.add_rows("Failing tests\n\n", rows, "failing test");
  summary.add_rows("What this run could not see\n\n", unseen, "blind spot");
  std::size_t without_page = 0;
  for (const Finding* finding : findings) {
    if (standing_of(*finding) != Standing::counts) {
      continue;
    }
    const std::string page = render_finding_page(run, *finding, {.columns = 0});
    // Between the tags nothing from outside stands but in the block.
    if (!summary.add(fmt::format("<details><summary>{}</summary>\n\n{}\n</details>\n\n",
                                 facts::to_string(finding->kind), markdown_block(page)))) {
      ++without_page;
    }
  }
  if (without_page > 0) {
    summary.end(
        fmt::format("{} stand here without their stacks.\n", counted(without_page, "finding")));
  }
  return summary.take();
}

}  // namespace extproof::report
