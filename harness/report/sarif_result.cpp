// SPDX-License-Identifier: Apache-2.0
#include "harness/report/sarif_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/report/standing.hpp"
#include "harness/report/uri.hpp"

namespace extproof::report {
namespace {

using facts::Finding;
using facts::Frame;
using facts::Stack;
using facts::StackRole;
using Json = nlohmann::json;

// A recursion has hundreds of frames, and readers show no more than this of a flow.
constexpr std::size_t k_frames = 100;
// Readers show a hundred locations of a result.
constexpr std::size_t k_sightings = 50;

std::string escaped(std::string_view text) {
  std::string line = base::escape_line(text);
  const auto replace_all = [&](std::string_view what, std::string_view with) {
    for (std::size_t at = line.find(what); at != std::string::npos;
         at = line.find(what, at + with.size())) {
      line.replace(at, what.size(), with);
    }
  };
  // "[text](1)" is a link, "{0}" a place to fill. Elsewhere brackets stay: test ids are full of
  // them, and not every reader undoes the escape.
  if (line.find("](") != std::string::npos) {
    replace_all("\\", "\\\\");
    replace_all("[", "\\[");
    replace_all("]", "\\]");
  }
  const bool has_place = [&] {
    for (std::size_t at = line.find('{'); at != std::string::npos; at = line.find('{', at + 1)) {
      if (at + 1 < line.size() && line[at + 1] >= '0' && line[at + 1] <= '9') {
        return true;
      }
    }
    return false;
  }();
  if (has_place) {
    replace_all("{", "{{");
    replace_all("}", "}}");
  }
  return line;
}

// "lib.rs" of the interpreter or of a library is shown where it was built, but is no file here.
Json artifact(const std::string& file) {
  if (is_below_project(file)) {
    return {{"uri", uri_of_path(file)}, {"uriBaseId", "SRCROOT"}};
  }
  return {{"uri", file.starts_with('/') ? "file://" + uri_of_path(file) : uri_of_path(file)}};
}

Json physical(const std::string& file, int line, int column) {
  Json location = {{"artifactLocation", artifact(file)}};
  if (line > 0) {
    location["region"]["startLine"] = line;
    if (column > 0) {
      location["region"]["startColumn"] = column;
    }
  }
  return location;
}

Json location_of(const Frame& frame) {
  Json location = Json::object();
  if (!frame.file.empty()) {
    location["physicalLocation"] = physical(frame.file, frame.line, frame.column);
  }
  if (!frame.function.empty()) {
    location["logicalLocations"] = Json::array(
        {{{"fullyQualifiedName", base::escape_line(frame.function)}, {"kind", "function"}}});
  }
  return location;
}

std::string title_of(const Stack& stack) {
  std::string title;
  switch (stack.role) {
    case StackRole::access:
      title = stack.access == facts::Access::none ? "where it happened"
                                                  : std::string(facts::to_string(stack.access));
      break;
    case StackRole::free:
      title = "freed";
      break;
    case StackRole::allocation:
      title = "allocated";
      break;
    case StackRole::other_thread:
      title = "the other thread";
      break;
    case StackRole::python:
      title = "Python";
      break;
  }
  return title + (stack.thread.empty() ? "" : " in " + stack.thread);
}

Json stack_json(const Stack& stack) {
  Json frames = Json::array();
  for (const Frame& frame : stack.frames) {
    if (frames.size() == k_frames) {
      break;
    }
    Json one = {{"location", location_of(frame)}};
    if (!frame.module.empty()) {
      one["module"] = base::escape_line(frame.module);
    }
    frames.push_back(std::move(one));
  }
  const std::size_t left_out = stack.frames.size() - frames.size();
  std::string title = title_of(stack);
  title += left_out == 0 ? "" : fmt::format(" ({} outer frames are left out)", left_out);
  return {{"message", sarif_message(title)}, {"frames", std::move(frames)}};
}

bool is_shown(const Frame& frame) {
  return frame.own && is_below_project(frame.file) && frame.line > 0;
}

// The project's frames, outermost first: the way to where it happened.
void add_steps(Json& steps, const Stack& stack) {
  std::vector<const Frame*> shown;
  for (const Frame& frame : stack.frames) {
    if (is_shown(frame) && shown.size() < k_frames) {
      shown.push_back(&frame);
    }
  }
  for (auto frame = shown.rbegin(); frame != shown.rend(); ++frame) {
    const bool innermost = frame + 1 == shown.rend();
    Json location = location_of(**frame);
    location["message"] =
        sarif_message(innermost ? title_of(stack) : "called from " + (*frame)->function);
    steps.push_back(
        {{"location", std::move(location)}, {"importance", innermost ? "essential" : "important"}});
  }
}

// Allocation, free, the access: in the order of time, a flow for each thread.
Json code_flows(const Finding& finding) {
  std::vector<std::string> threads;
  Json flows = Json::array();
  const auto flow_of = [&](const std::string& thread) -> Json& {
    const auto known = std::find(threads.begin(), threads.end(), thread);
    const auto at = static_cast<std::size_t>(known - threads.begin());
    if (known == threads.end()) {
      threads.push_back(thread);
      flows.push_back({{"locations", Json::array()}});
      if (!thread.empty()) {
        flows.back()["id"] = base::escape_line(thread);
      }
    }
    return flows[at]["locations"];
  };
  for (const StackRole role : {StackRole::python, StackRole::allocation, StackRole::free,
                               StackRole::other_thread, StackRole::access}) {
    for (const Stack& stack : finding.stacks) {
      if (stack.role == role && std::any_of(stack.frames.begin(), stack.frames.end(), is_shown)) {
        add_steps(flow_of(stack.thread), stack);
      }
    }
  }
  return flows.empty() ? Json::array() : Json::array({{{"threadFlows", std::move(flows)}}});
}

// The file of a test's id; a module that was imported is its own.
std::string file_of_test(const std::string& test) {
  return test.substr(0, std::min(test.find("::"), test.find('[')));
}

// Where a reader is to look first. Always below the project.
Json first_location(const Finding& finding) {
  const facts::Location& known = finding.location;
  if (is_below_project(known.file)) {
    int column = 0;
    for (const Stack& stack : finding.stacks) {
      for (const Frame& frame : stack.frames) {
        const bool here = frame.file == known.file && frame.line == known.line;
        column = here && column == 0 ? frame.column : column;
      }
    }
    Json location = {{"physicalLocation", physical(known.file, std::max(known.line, 1), column)}};
    if (!known.function.empty()) {
      location["logicalLocations"] = Json::array(
          {{{"fullyQualifiedName", base::escape_line(known.function)}, {"kind", "function"}}});
    }
    return location;
  }
  for (const Stack& stack : finding.stacks) {
    const auto frame = std::find_if(stack.frames.begin(), stack.frames.end(), is_shown);
    if (frame != stack.frames.end()) {
      return location_of(*frame);
    }
  }
  for (const facts::Sighting& sighting : finding.sightings) {
    const std::string file = file_of_test(sighting.test);
    if (is_below_project(file)) {
      return {{"physicalLocation", physical(file, 1, 0)}};
    }
  }
  return {{"physicalLocation", physical("pyproject.toml", 1, 0)}};
}

// The places of the other stacks, named.
Json related_locations(const Finding& finding) {
  Json locations = Json::array();
  bool is_first_access = true;
  for (const Stack& stack : finding.stacks) {
    if (stack.role == StackRole::access && std::exchange(is_first_access, false)) {
      continue;
    }
    auto frame = std::find_if(stack.frames.begin(), stack.frames.end(), is_shown);
    if (frame == stack.frames.end()) {
      frame = std::find_if(stack.frames.begin(), stack.frames.end(),
                           [](const Frame& one) { return !one.file.empty(); });
    }
    if (frame != stack.frames.end()) {
      Json location = location_of(*frame);
      location["id"] = locations.size() + 1;
      location["message"] = sarif_message(title_of(stack));
      locations.push_back(std::move(location));
    }
  }
  return locations;
}

Json attachments(const Finding& finding) {
  Json logs = Json::array();
  for (const facts::Sighting& sighting : finding.sightings) {
    if (sighting.log.empty() || logs.size() == k_sightings) {
      continue;
    }
    Json one = {{"description", sarif_message("report in the log of " + sighting.lane)},
                {"artifactLocation", artifact(sighting.log)}};
    if (sighting.bytes.end > sighting.bytes.begin) {
      one["regions"] = Json::array({{{"byteOffset", sighting.bytes.begin},
                                     {"byteLength", sighting.bytes.end - sighting.bytes.begin}}});
    }
    logs.push_back(std::move(one));
  }
  return logs;
}

Json sightings(const Finding& finding) {
  Json list = Json::array();
  for (const facts::Sighting& sighting : finding.sightings) {
    if (list.size() < k_sightings) {
      list.push_back({{"lane", base::escape_line(sighting.lane)},
                      {"test", base::escape_line(sighting.test)},
                      {"phase", facts::to_string(sighting.phase)}});
    }
  }
  return list;
}

std::string level_of(const Finding& finding) {
  if (standing_of(finding) == Standing::outside) {
    return "note";
  }
  return finding.severity == "warning" ? "warning" : "error";
}

std::string message_of(const Finding& finding) {
  std::string text = finding.title;
  if (!finding.sightings.empty()) {
    const facts::Sighting& first = finding.sightings.front();
    text +=
        ". Seen in lane " + first.lane +
        (first.test.empty() ? ""
                            : fmt::format(", {} ({})", first.test, facts::to_string(first.phase)));
    if (finding.sightings.size() > 1) {
      text += fmt::format(" and {} more", finding.sightings.size() - 1);
    }
  }
  if (standing_of(finding) == Standing::outside) {
    text += std::string(". The code belongs to: ") + facts::to_string(finding.owner);
  }
  if (!finding.again.empty()) {
    text += ". See it again: " + base::render_command(finding.again);
  }
  return text;
}

}  // namespace

std::string sarif_rule_id(const Finding& finding) {
  const std::string kind(facts::to_string(finding.kind));
  return finding.rule.empty() ? kind : kind + "/" + base::escape_line(finding.rule);
}

Json sarif_message(std::string_view text) {
  // A reader refuses a message without text.
  const std::string line = escaped(text);
  return {{"text", line.empty() ? "-" : line}};
}

Json sarif_long_message(std::string_view text) {
  std::string all;
  for (const std::string_view line : base::lines(text)) {
    all += (all.empty() ? "" : "\n") + escaped(line);
  }
  return {{"text", all.empty() ? "-" : all}};
}

Json sarif_result(const Finding& finding, std::size_t rule_index, bool with_stacks) {
  const std::string fingerprint = base::escape_line(finding.fingerprint);
  Json result = {{"ruleId", sarif_rule_id(finding)},
                 {"ruleIndex", rule_index},
                 {"kind", "fail"},
                 {"level", level_of(finding)},
                 {"message", sarif_message(message_of(finding))},
                 {"locations", Json::array({first_location(finding)})},
                 {"partialFingerprints",
                  {{"extproof/v1", fingerprint}, {"primaryLocationLineHash", fingerprint + ":1"}}},
                 {"properties",
                  {{"id", base::escape_line(finding.id)},
                   {"group", base::escape_line(finding.group)},
                   {"owner", facts::to_string(finding.owner)},
                   {"sightings", sightings(finding)},
                   {"sightingCount", finding.sightings.size()}}}};
  if (finding.state == facts::FindingState::accepted) {
    Json suppression = {{"kind", "external"}, {"status", "accepted"}};
    if (const std::string why = acceptance_text(finding); !why.empty()) {
      suppression["justification"] = base::escape_line(why);
    }
    result["suppressions"] = Json::array({std::move(suppression)});
  }
  if (!with_stacks) {
    return result;
  }
  const auto add = [&](const char* key, Json list) {
    if (!list.empty()) {
      result[key] = std::move(list);
    }
  };
  Json stacks = Json::array();
  for (const Stack& stack : finding.stacks) {
    stacks.push_back(stack_json(stack));
  }
  add("stacks", std::move(stacks));
  add("codeFlows", code_flows(finding));
  add("relatedLocations", related_locations(finding));
  add("attachments", attachments(finding));
  return result;
}

}  // namespace extproof::report
