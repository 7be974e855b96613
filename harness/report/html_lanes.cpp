// SPDX-License-Identifier: Apache-2.0
#include "harness/report/html_lanes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/report/html_text.hpp"
#include "harness/report/text_layout.hpp"

namespace extproof::report {
namespace {

using facts::LaneOutcome;
using facts::LaneReport;
using facts::TestOutcome;

// What a person scrolls through; the names are in the store.
constexpr std::size_t k_tests = 100;

std::string seconds(double value) {
  return value > 0 && std::isfinite(value) ? fmt::format("{:.1f} s", value) : "";
}

std::string outcome_html(const LaneReport& lane) {
  const char* color = "";
  switch (lane.outcome) {
    case LaneOutcome::passed:
      color = " good";
      break;
    case LaneOutcome::failed:
    case LaneOutcome::crashed:
    case LaneOutcome::timed_out:
      color = " bad";
      break;
    case LaneOutcome::refused:
      color = " warn";
      break;
    case LaneOutcome::skipped:
      break;
  }
  return fmt::format("<span class=\"tag{}\">{}</span>", color, facts::to_string(lane.outcome));
}

std::string version_of(const LaneReport& lane) {
  return lane.interpreter.empty()
             ? ""
             : "Python " + html_line(base::split(lane.interpreter, ' ').front());
}

std::string code(std::string_view text) {
  return "<code>" + html_line(text) + "</code>";
}

std::string row(const char* name, const std::string& html) {
  return html.empty() ? "" : fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, html);
}

std::string tests_html(const LaneReport& lane, const char* heading,
                       const std::vector<TestOutcome>& wanted) {
  std::string rows;
  std::size_t count = 0;
  for (const facts::TestRecord& test : lane.tests) {
    if (std::find(wanted.begin(), wanted.end(), test.outcome) == wanted.end() ||
        ++count > k_tests) {
      continue;
    }
    const auto lines = base::lines(test.message);
    rows +=
        "<li>" + code(test.id) + (lines.empty() ? "" : " " + html_line(lines.front())) + "</li>\n";
  }
  if (count == 0) {
    return "";
  }
  const std::string more =
      count > k_tests ? fmt::format("<li>and {} more</li>\n", count - k_tests) : "";
  return fmt::format(
      "<details{}><summary>{}: {}</summary><ul class=\"plain\">{}{}</ul></details>\n",
      count <= 10 ? " open" : "", heading, counted(count, "test"), rows, more);
}

std::string preflight_html(const LaneReport& lane) {
  if (lane.preflight.empty()) {
    return "";
  }
  std::string items;
  bool all_ok = true;
  for (const facts::PreflightCheck& check : lane.preflight) {
    all_ok = all_ok && check.ok;
    items += fmt::format(
        "<li>{} {} <span class=\"soft\">{}</span></li>\n",
        check.ok ? "<span class=\"good\">ok</span>" : "<span class=\"bad\">not ok</span>",
        html_line(check.check), html_line(check.detail));
  }
  return fmt::format(
      "<details{}><summary>Preflight: {}{}</summary><ul class=\"plain\">{}</ul>"
      "</details>\n",
      all_ok ? "" : " open", counted(lane.preflight.size(), "check"), all_ok ? ", all ok" : "",
      items);
}

}  // namespace

std::string html_lane_table(const facts::RunReport& run) {
  std::string rows;
  for (std::size_t i = 0; i < run.lanes.size(); ++i) {
    const LaneReport& lane = run.lanes[i];
    const facts::TestCounts& counts = lane.counts;
    std::string built = html_line(lane.compiler);
    const std::string version = version_of(lane);
    built += built.empty() || version.empty() ? version : ", " + version;
    rows += fmt::format(
        "<tr><td><a href=\"#lane-{}\">{}</a></td><td>{}</td><td class=\"n\" "
        "data-name=\"passed\">{}</td><td class=\"n\" data-name=\"failed\">{}</td><td class=\"n\" "
        "data-name=\"skipped\">{}</td><td class=\"n\" data-name=\"error\">{}</td><td class=\"n\" "
        "data-name=\"not run\">{}</td><td class=\"n\" data-name=\"build\">{}</td><td class=\"n\" "
        "data-name=\"test\">{}</td><td data-name=\"built with\">{}</td></tr>\n",
        i + 1, html_line(lane.name), outcome_html(lane), counts.passed, counts.failed,
        counts.skipped, counts.errors, counts.not_run, seconds(lane.build_seconds),
        seconds(lane.test_seconds), built);
  }
  return "<div class=\"wide\" tabindex=\"0\"><table class=\"cards\"><thead><tr><th>lane</th>"
         "<th>outcome</th><th class=\"n\">passed</th><th class=\"n\">failed</th>"
         "<th class=\"n\">skipped</th><th class=\"n\">error</th><th class=\"n\">not run</th>"
         "<th class=\"n\">build</th><th class=\"n\">test</th><th>built with</th></tr></thead>\n"
         "<tbody>" +
         rows + "</tbody></table></div>\n";
}

std::string html_lane(const LaneReport& lane, std::size_t number) {
  const char* edge = lane.outcome == LaneOutcome::passed    ? "good-edge"
                     : lane.outcome == LaneOutcome::skipped ? "other-edge"
                     : lane.outcome == LaneOutcome::refused ? "warn-edge"
                                                            : "bad-edge";
  std::string html = fmt::format("<article id=\"lane-{}\" class=\"{}\">\n<h3>{} {}</h3>\n", number,
                                 edge, html_line(lane.name), outcome_html(lane));
  if (lane.outcome != LaneOutcome::passed && !lane.reason.empty()) {
    html += "<p class=\"title\">" + html_line(lane.reason) + "</p>\n";
  }
  for (const facts::Refusal& refusal : lane.refusals) {
    html += "<pre tabindex=\"0\">" + html_lines(facts::render_refusal(refusal)) + "</pre>\n";
  }
  html += tests_html(lane, "Failed", {TestOutcome::failed, TestOutcome::error});
  html += tests_html(lane, "Not run", {TestOutcome::not_run});
  std::string uncollected;
  for (const facts::CollectionProblem& problem : lane.collection_problems) {
    const auto lines = base::lines(problem.message);
    uncollected += "<li>" + code(problem.id) + (problem.skipped ? " asked to be skipped" : "") +
                   (lines.empty() ? "" : " " + html_line(lines.front())) + "</li>\n";
  }
  if (!uncollected.empty()) {
    html += "<details open><summary>Not collected</summary><ul class=\"plain\">" + uncollected +
            "</ul></details>\n";
  }
  html += preflight_html(lane);
  std::string modules;
  for (const std::string& name : lane.modules) {
    modules += (modules.empty() ? "" : ", ") + code(name);
  }
  html += "<dl>\n" + row("modules", modules) + row("compiler", html_line(lane.compiler)) +
          row("interpreter", html_line(lane.interpreter)) +
          row("flags", lane.flags.empty() ? "" : code(base::render_command(lane.flags))) +
          row("log", lane.log.empty() ? "" : code(lane.log)) + "</dl>\n";
  return html + "</article>\n";
}

std::string html_unseen(const facts::RunReport& run) {
  std::string items;
  for (const LaneReport& lane : run.lanes) {
    const bool judged = lane.outcome == LaneOutcome::passed || lane.outcome == LaneOutcome::failed;
    if (!judged) {
      items += fmt::format("<li><b>{}</b> {}: what it would find may be there</li>\n",
                           html_line(lane.name), facts::to_string(lane.outcome));
    }
    if (lane.counts.not_run > 0) {
      items += fmt::format("<li><b>{}</b> {} not run</li>\n", html_line(lane.name),
                           counted(static_cast<std::size_t>(lane.counts.not_run), "test"));
    }
    for (const std::string& spot : lane.blind_spots) {
      items += fmt::format("<li><b>{}</b> {}</li>\n", html_line(lane.name), html_line(spot));
    }
  }
  return items.empty() ? "" : "<ul class=\"plain\">\n" + items + "</ul>\n";
}

}  // namespace extproof::report
