// SPDX-License-Identifier: Apache-2.0
#include "harness/report/html_finding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/report/finding_text.hpp"
#include "harness/report/html_text.hpp"
#include "harness/report/sarif_result.hpp"
#include "harness/report/standing.hpp"
#include "harness/report/text_layout.hpp"

namespace extproof::report {
namespace {

using facts::Finding;
using facts::Frame;
using facts::Stack;
using facts::StackRole;

// A recursion has hundreds of frames that say the same.
constexpr std::size_t k_frames = 64;
constexpr std::size_t k_project_frames = 3;
constexpr std::size_t k_sightings = 40;

std::string place_of(const Frame& frame) {
  if (frame.file.empty()) {
    return frame.module.empty() ? "" : fmt::format("{}+{:#x}", frame.module, frame.offset);
  }
  std::string place = frame.file;
  place += frame.line > 0 ? fmt::format(":{}", frame.line) : "";
  return place + (frame.line > 0 && frame.column > 0 ? fmt::format(":{}", frame.column) : "");
}

std::string frame_line(const Frame& frame, std::size_t number) {
  const std::string function = frame.function.empty() ? "" : "  " + html_line(frame.function);
  const std::string generated =
      frame.generated_file.empty() ? "" : "  (" + html_line(generated_text(frame)) + ")";
  const std::string line =
      fmt::format("#{:<2} {}{}{}", number, html_line(place_of(frame)), function, generated);
  return frame.own ? "<b>" + line + "</b>\n" : line + "\n";
}

std::string title_of(const Stack& stack) {
  std::string title;
  switch (stack.role) {
    case StackRole::access:
      title = stack.access == facts::Access::none   ? "Where it happened"
              : stack.access == facts::Access::read ? "Where it was read"
                                                    : "Where it was written";
      break;
    case StackRole::free:
      title = "Where the block was freed";
      break;
    case StackRole::allocation:
      title = "Where the block was allocated";
      break;
    case StackRole::other_thread:
      title = "The other thread";
      break;
    case StackRole::python:
      title = "Python";
      break;
  }
  return title + (stack.thread.empty() ? "" : ", in " + stack.thread);
}

std::string stack_html(const Stack& stack, HtmlDetail detail) {
  std::string lines;
  std::size_t told = 0;
  const std::size_t most = detail == HtmlDetail::full ? k_frames : k_project_frames;
  for (std::size_t i = 0; i < stack.frames.size() && told < most; ++i) {
    if (detail == HtmlDetail::full || stack.frames[i].own) {
      lines += frame_line(stack.frames[i], i);
      ++told;
    }
  }
  const std::size_t left_out = stack.frames.size() - told;
  if (left_out > 0) {
    lines += fmt::format("({} not shown here)\n",
                         counted(left_out, told == 0 ? "frame" : "other frame"));
  }
  // What happened and the Python that led there are read first; the rest on demand.
  const bool open = stack.role == StackRole::access || stack.role == StackRole::python;
  return fmt::format("<details{}><summary>{}</summary><pre tabindex=\"0\">{}</pre></details>\n",
                     open ? " open" : "", html_line(title_of(stack)), lines);
}

std::string row(const char* name, const std::string& html) {
  return html.empty() ? "" : fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, html);
}

std::string code(std::string_view text) {
  return text.empty() ? "" : "<code>" + html_line(text) + "</code>";
}

std::string link_to(const facts::RunReport& run, const std::string& id) {
  for (const Finding& finding : run.findings) {
    if (finding.id == id) {
      return fmt::format("<a href=\"#{}\">{}</a>", html_anchor(run, finding), html_line(id));
    }
  }
  return html_line(id);
}

std::string defect_html(const facts::RunReport& run, const Finding& finding) {
  std::string others;
  std::size_t count = 0;
  for (const Finding& other : run.findings) {
    if (&other != &finding && !finding.group.empty() && other.group == finding.group &&
        ++count <= 10) {
      others += (others.empty() ? "" : ", ") + link_to(run, other.id);
    }
  }
  if (count == 0) {
    return "";
  }
  const std::string more = count > 10 ? fmt::format(" and {} more", count - 10) : "";
  return "the same as " + others + more;
}

std::string sightings_html(const Finding& finding, HtmlDetail detail) {
  if (finding.sightings.empty()) {
    return "<p class=\"soft\">Not seen in this run.</p>\n";
  }
  const std::size_t most = detail == HtmlDetail::full ? k_sightings : 1;
  const std::size_t shown = std::min(finding.sightings.size(), most);
  std::string items;
  for (std::size_t i = 0; i < shown; ++i) {
    const facts::Sighting& one = finding.sightings[i];
    items += "<li>" + html_line(one.lane) + (one.test.empty() ? "" : ", " + code(one.test));
    items += std::string(" <span class=\"soft\">") + facts::to_string(one.phase) + "</span>";
    if (!one.log.empty()) {
      items += "<br>" + code(one.log);
      items += one.bytes.end > one.bytes.begin
                   ? fmt::format(" bytes {}-{}", one.bytes.begin, one.bytes.end)
                   : "";
    }
    items += "</li>\n";
  }
  const std::size_t more = finding.sightings.size() - shown;
  return fmt::format(
      "<details{}><summary>Seen {}</summary><ul class=\"plain\">{}{}</ul></details>\n",
      finding.sightings.size() <= 3 ? " open" : "", counted(finding.sightings.size(), "time"),
      items, more == 0 ? "" : fmt::format("<li>and {} more</li>\n", more));
}

const char* edge_of(const Finding& finding) {
  switch (standing_of(finding)) {
    case Standing::counts:
      return finding.severity == "warning" ? "warn-edge" : "bad-edge";
    case Standing::outside:
      return "other-edge";
    case Standing::accepted:
    case Standing::stale:
      return "good-edge";
  }
  return "";
}

}  // namespace

std::string html_anchor(const facts::RunReport& run, const Finding& finding) {
  return is_html_id(finding.id) ? finding.id
                                : fmt::format("finding-{}", &finding - run.findings.data() + 1);
}

std::string html_place(const Finding& finding) {
  const facts::Location& at = finding.location;
  std::string place;
  if (!at.file.empty()) {
    place = code(at.line > 0 ? fmt::format("{}:{}", at.file, at.line) : at.file);
  } else {
    for (const Stack& stack : finding.stacks) {
      if (place.empty() && !stack.frames.empty()) {
        place = code(place_of(stack.frames.front()));
      }
    }
  }
  if (!at.function.empty()) {
    place += (place.empty() ? "" : " ") + html_line(at.function);
  }
  return place.empty() ? "not known" : place;
}

std::string html_state(const Finding& finding) {
  switch (standing_of(finding)) {
    case Standing::counts:
      return finding.severity == "warning" ? "<span class=\"tag warn\">warning</span>"
                                           : "<span class=\"tag bad\">new</span>";
    case Standing::outside:
      return fmt::format("<span class=\"tag\">{}</span>", facts::to_string(finding.owner));
    case Standing::accepted:
      return "<span class=\"tag\">accepted</span>";
    case Standing::stale:
      return "<span class=\"tag good\">no longer seen</span>";
  }
  return "";
}

std::string html_finding(const facts::RunReport& run, const Finding& finding, HtmlDetail detail) {
  const std::string anchor = html_anchor(run, finding);
  std::string html = fmt::format(
      "<article id=\"{}\" class=\"{}\">\n<h3><a href=\"#{}\">{}</a> {} {}</h3>\n"
      "<p class=\"title\">{}</p>\n",
      anchor, edge_of(finding), anchor, html_line(finding.id), html_line(sarif_rule_id(finding)),
      html_state(finding), html_line(finding.title));
  html += "<dl>\n" + row("at", html_place(finding)) + row("defect", defect_html(run, finding));
  if (!finding.after.empty()) {
    html += row("after", link_to(run, finding.after) +
                             ", in the same process; it may be a consequence of it");
  }
  html += row("hint", html_line(finding.hint));
  html += row("accepted", html_line(acceptance_text(finding)));
  html += row("fingerprint", code(finding.fingerprint)) + "</dl>\n";
  if (detail == HtmlDetail::full) {
    if (!finding.explanation.empty()) {
      html += "<pre tabindex=\"0\">" + html_lines(finding.explanation) + "</pre>\n";
    }
    const facts::KindPage page = facts::page_of(finding.kind);
    html +=
        fmt::format("<p class=\"soft\">{} {}</p>\n", html_line(page.meaning), html_line(page.cure));
  }
  if (!finding.again.empty()) {
    html += "<h4>See it again</h4><pre class=\"command\" tabindex=\"0\">" +
            html_line(base::render_command(finding.again)) + "</pre>\n";
  }
  if (detail == HtmlDetail::brief && !finding.stacks.empty()) {
    html += "<p class=\"soft\">Its stacks did not fit into this page: <code>extproof explain " +
            html_line(finding.id) + "</code></p>\n";
  } else if (detail != HtmlDetail::brief) {
    for (const Stack& stack : finding.stacks) {
      html += stack_html(stack, detail);
    }
  }
  return html + sightings_html(finding, detail) + "</article>\n";
}

}  // namespace extproof::report
