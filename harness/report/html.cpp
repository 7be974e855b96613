// SPDX-License-Identifier: Apache-2.0
#include "harness/report/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/report/html_finding.hpp"
#include "harness/report/html_frame.hpp"
#include "harness/report/html_lanes.hpp"
#include "harness/report/html_text.hpp"
#include "harness/report/sarif_result.hpp"
#include "harness/report/standing.hpp"
#include "harness/report/text_layout.hpp"
#include "harness/report/verdict.hpp"

namespace extproof::report {
namespace {

using facts::Finding;
using facts::RunReport;

using Findings = std::vector<const Finding*>;

// What to fix first: what counts, errors before warnings, causes before what may follow from them,
// findings of one defect together; then what others own, what is accepted, what is gone.
Findings in_order(const RunReport& run) {
  auto defects = by_defect(findings_that(run, Standing::counts));
  const auto rank = [](const Findings& defect) {
    const bool follows = std::all_of(defect.begin(), defect.end(),
                                     [](const Finding* one) { return !one->after.empty(); });
    const bool warns = std::all_of(defect.begin(), defect.end(),
                                   [](const Finding* one) { return one->severity == "warning"; });
    return (warns ? 2 : 0) + (follows ? 1 : 0);
  };
  std::stable_sort(defects.begin(), defects.end(),
                   [&](const auto& one, const auto& other) { return rank(one) < rank(other); });
  Findings ordered;
  for (const Findings& defect : defects) {
    ordered.insert(ordered.end(), defect.begin(), defect.end());
  }
  for (const Standing standing : {Standing::outside, Standing::accepted, Standing::stale}) {
    const Findings some = findings_that(run, standing);
    ordered.insert(ordered.end(), some.begin(), some.end());
  }
  return ordered;
}

std::string index_row(const RunReport& run, const Finding& finding) {
  std::string seen;
  if (!finding.sightings.empty()) {
    const facts::Sighting& first = finding.sightings.front();
    seen = html_line(first.lane) +
           (first.test.empty() ? "" : ", <code>" + html_line(first.test) + "</code>");
    if (finding.sightings.size() > 1) {
      seen += fmt::format(" and {} more", finding.sightings.size() - 1);
    }
  }
  return fmt::format(
      "<tr><td><a href=\"#{}\">{}</a></td><td>{}</td><td>{}<br><span class=\"soft\">{}</span></td>"
      "<td data-name=\"at\">{}</td><td data-name=\"seen in\">{}</td></tr>\n",
      html_anchor(run, finding), html_line(finding.id), html_state(finding),
      html_line(sarif_rule_id(finding)), html_line(finding.title), html_place(finding), seen);
}

std::string index_table(const std::string& rows) {
  return "<div class=\"wide\" tabindex=\"0\"><table class=\"cards\"><thead><tr><th></th><th></th>"
         "<th>what</th><th>at</th><th>seen in</th></tr></thead>\n<tbody>" +
         rows + "</tbody></table></div>\n";
}

// Puts HTML behind one another as long as the page stays below its limit.
class Room {
 public:
  explicit Room(std::size_t bytes) : left_(bytes) {}
  bool take(const std::string& html) { return take(html.size()); }
  // Whether they fit; then they are taken.
  bool take(std::size_t bytes) {
    if (bytes > left_) {
      return false;
    }
    left_ -= bytes;
    return true;
  }

 private:
  std::size_t left_;
};

const char* color_of(const RunReport& run) {
  switch (run.exit_code) {
    case facts::ExitCode::nothing_found:
      return "good";
    case facts::ExitCode::cannot_judge:
    case facts::ExitCode::tool_missing:
      return "warn";
    default:
      return "bad";
  }
}

std::string lanes_html(const RunReport& run, Room& room) {
  if (run.lanes.empty()) {
    return "<p>No lane ran.</p>\n";
  }
  std::string html = html_lane_table(run);
  if (!room.take(html)) {
    return "<p>The lanes did not fit into this page: <code>extproof report</code></p>\n";
  }
  for (std::size_t i = 0; i < run.lanes.size(); ++i) {
    std::string lane = html_lane(run.lanes[i], i + 1);
    if (room.take(lane)) {
      html += lane;
    } else {
      html += fmt::format("<p id=\"lane-{}\">A lane did not fit into this page.</p>\n", i + 1);
    }
  }
  return html;
}

std::string findings_html(const RunReport& run, const Findings& ordered, Room& room) {
  if (ordered.empty()) {
    return "<p>None.</p>\n";
  }
  std::string rows;
  std::size_t left_out = 0;
  // Every finding in brief before any in full; then the project's frames of all, then the rest,
  // each in the order in which they are read.
  struct Placed {
    const Finding* finding;
    std::string html;
  };
  std::vector<Placed> placed;
  for (const Finding* finding : ordered) {
    std::string line = index_row(run, *finding);
    std::string article = html_finding(run, *finding, HtmlDetail::brief);
    if (!room.take(line + article)) {
      ++left_out;
      continue;
    }
    rows += line;
    placed.push_back({finding, std::move(article)});
  }
  for (const HtmlDetail detail : {HtmlDetail::project, HtmlDetail::full}) {
    for (Placed& one : placed) {
      std::string article = html_finding(run, *one.finding, detail);
      if (room.take(article.size() - std::min(article.size(), one.html.size()))) {
        one.html = std::move(article);
      }
    }
  }
  std::string articles;
  for (const Placed& one : placed) {
    articles += one.html;
  }
  std::string html = index_table(rows);
  if (left_out > 0) {
    html += fmt::format(
        "<p><strong>{} did not fit into this page</strong>: <code>extproof report"
        "</code> shows them.</p>\n",
        counted(left_out, "finding"));
  }
  return html + "<h2 id=\"details\">Each finding</h2>\n" + articles;
}

}  // namespace

std::string render_html(const RunReport& run, const HtmlLimits& limits) {
  constexpr std::size_t k_frame_bytes = 12'000;
  Room room(limits.bytes > k_frame_bytes ? limits.bytes - k_frame_bytes : 0);
  const Findings ordered = in_order(run);
  std::string unseen = html_unseen(run);
  if (!room.take(unseen)) {
    unseen = "<p>More than fits into this page: <code>extproof report</code></p>\n";
  }
  const std::string lanes = lanes_html(run, room);
  const std::string findings = findings_html(run, ordered, room);

  HtmlPage page;
  page.title =
      (run.project_name.empty() ? "extproof" : run.project_name) + ": " + verdict_heading(run);
  page.heading = fmt::format("{}: <span class=\"{}\">{}</span>",
                             run.project_name.empty() ? "extproof" : html_line(run.project_name),
                             color_of(run), html_line(verdict_heading(run)));
  page.lead = "<p class=\"soft\">" + html_line(run_line(run)) + "</p>\n";
  page.sections = {{"findings", fmt::format("What to fix first ({})", ordered.size())}};
  if (!ordered.empty()) {
    page.sections.emplace_back("details", "Each finding");
  }
  page.sections.emplace_back("lanes", fmt::format("Lanes ({})", run.lanes.size()));
  page.body = "<h2 id=\"findings\">What to fix first</h2>\n" + findings;
  page.body += "<h2 id=\"lanes\">Lanes</h2>\n" + lanes;
  if (!unseen.empty()) {
    page.sections.emplace_back("unseen", "What this run could not see");
    page.body += "<h2 id=\"unseen\">What this run could not see</h2>\n" + unseen;
  }
  return render_html_page(page);
}

}  // namespace extproof::report
