// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/sightings.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/base/hash.hpp"
#include "harness/base/text.hpp"
#include "harness/engines/again.hpp"

namespace extproof::engines {
namespace {

using facts::Finding;
using facts::FindingKind;
using facts::Frame;
using facts::Owner;
using facts::Report;
using facts::Stack;
using facts::StackRole;

// The end of the group in parentheses that opens at `open`; the text's size when it stays open.
std::size_t end_of_group(std::string_view name, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < name.size(); ++at) {
    depth += name[at] == '(' ? 1 : name[at] == ')' ? -1 : 0;
    if (depth == 0) {
      return at + 1;
    }
  }
  return name.size();
}

// "fill_row(int*, long)" and "fill_row" are one function for a person and for a fingerprint.
// Parentheses that belong to the name stay: those of "operator()", of "(anonymous namespace)::f",
// of "run()::{lambda(int)#1}" and all inside of template arguments.
std::string function_name(const std::string& function) {
  const std::string_view name = function;
  int templates = 0;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const bool is_operator = name.substr(0, at).ends_with("operator");
    if (is_operator && name[at] != ' ') {
      // Its sign: operator<<, operator->, operator().
      const std::size_t sign = name[at] == '(' ? at + 2 : name.find_first_not_of("<>=-", at);
      if (sign != at && sign < name.size()) {
        at = sign - 1;
      }
    } else if (name[at] == '<' || name[at] == '{') {
      ++templates;
    } else if (name[at] == '>' || name[at] == '}') {
      --templates;
    } else if (name[at] == '(' && templates <= 0) {
      const std::size_t end = end_of_group(name, at);
      if (at > 0 && !name.substr(end).starts_with("::")) {
        return std::string(base::trim(name.substr(0, at)));
      }
      at = end - 1;
    }
  }
  return std::string(base::trim(name));
}

// Takes `ending` from the end of `text`, and the space before it.
bool take_ending(std::string& text, std::string_view ending) {
  if (!text.ends_with(ending)) {
    return false;
  }
  text.resize(text.size() - ending.size());
  return true;
}

// Hexadecimal digits behind a "0x" at `at`.
std::size_t hex_digits(std::string_view text, std::size_t at) {
  const std::size_t end = text.find_first_not_of("0123456789abcdefABCDEF", at + 2);
  return (end == std::string_view::npos ? text.size() : end) - at - 2;
}

// Without the addresses, which differ from run to run and say nothing to a reader, and the words
// that lead to them. Sizes stay, which the runtimes print in the same way.
std::string without_addresses(std::string_view text) {
  text = text.substr(0, text.find(" (pc 0x"));
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t digits = text.substr(at).starts_with("0x") ? hex_digits(text, at) : 0;
    const bool is_size = out.ends_with("size ") || out.ends_with("size of ") ||
                         out.ends_with("allocate ") ||
                         text.find(" after adj", at) == at + 2 + digits;
    if (digits < 6 || is_size) {
      out += text[at++];
      continue;
    }
    at += 2 + digits;
    if (take_ending(out, " [")) {
      at = std::min(text.find(')', at), text.size() - 1) + 1;
    } else if (at < text.size() && text[at] == ')' && take_ending(out, " (")) {
      ++at;
    } else if (!text.substr(at).starts_with(" which ")) {
      take_ending(out, " ");
      for (const std::string_view words : {" on address", " on", " with base", " to", ":"}) {
        if (take_ending(out, words)) {
          break;
        }
      }
    }
  }
  if (const std::size_t and_word = out.find(" ranges and overlap"); and_word != std::string::npos) {
    out.erase(and_word + std::string_view(" ranges").size(), std::string_view(" and").size());
  }
  take_ending(out, ":");
  return std::string(base::trim(out));
}

// Where the address lies, from the runtime's "0x... is located 4 bytes after 40-byte region
// [0x...,0x...)": "4 bytes after a 40-byte region". gcc 12 says "to the right of" for "after".
std::string place_of_address(const std::string& explanation) {
  if (explanation.empty()) {
    return {};
  }
  std::string line(base::lines(explanation).front());
  constexpr std::string_view k_located = "is located ";
  const std::size_t located = line.find(k_located);
  if (located == std::string::npos) {
    return without_addresses(line);
  }
  line = line.substr(located + k_located.size());
  const auto replace = [&line](std::string_view from, std::string_view to) {
    if (const std::size_t at = line.find(from); at != std::string::npos) {
      line.replace(at, from.size(), to);
    }
  };
  replace("to the right of ", "after ");
  replace("to the left of ", "before ");
  line = line.substr(0, line.find(" ["));
  for (const std::string_view word : {"after ", "before ", "inside of "}) {
    const std::size_t at = line.find(word);
    const std::size_t number = at + word.size();
    if (at != std::string::npos && number < line.size() && line[number] >= '0' &&
        line[number] <= '9') {
      line.insert(number, "a ");
    }
  }
  if (line.starts_with("0 bytes after")) {
    line.replace(0, std::string_view("0 bytes").size(), "right");
  }
  return without_addresses(line);
}

std::string kind_title(const Report& report) {
  if (report.kind == FindingKind::leak) {
    return std::to_string(report.leaked_bytes) +
           (report.leaked_bytes == 1 ? " byte in " : " bytes in ") +
           std::to_string(report.leaked_objects) +
           (report.leaked_objects == 1 ? " allocation" : " allocations") +
           (report.leaked_bytes == 1 ? " was lost" : " were lost");
  }
  const std::string place = place_of_address(report.explanation);
  if (report.access_size > 0 && report.access != facts::Access::none) {
    return std::string(to_string(report.access)) + " of " + std::to_string(report.access_size) +
           (report.access_size == 1 ? " byte" : " bytes") + (place.empty() ? "" : ", " + place);
  }
  // A check of the runtime itself ends with the values that it compared and its thread.
  const std::string_view headline = report.headline;
  const bool is_check = headline.starts_with("CHECK failed");
  const std::size_t values = is_check ? headline.rfind("\" (0x") : std::string_view::npos;
  return without_addresses(values == std::string_view::npos ? headline
                                                            : headline.substr(0, values + 1));
}

}  // namespace

SourceLines parse_source_lines(std::string_view output) {
  SourceLines lines;
  const auto value = nlohmann::json::parse(output, nullptr, false);
  if (!value.is_object()) {
    return lines;
  }
  const auto number = [](const nlohmann::json& place, const char* key) {
    const auto found = place.find(key);
    return found != place.end() && found->is_number_integer() ? found->get<int>() : 0;
  };
  const auto add = [&](const nlohmann::json& place) -> SourceLine* {
    if (!place.is_object() || !place.contains("file") || !place["file"].is_string() ||
        !place.contains("text") || !place["text"].is_string()) {
      return nullptr;
    }
    SourceLine& line = lines[{place["file"].get<std::string>(), number(place, "line")}];
    line = {.text = place["text"].get<std::string>(), .ordinal = number(place, "ordinal")};
    return &line;
  };
  for (const auto& place : value.value("places", nlohmann::json())) {
    SourceLine* line = add(place);
    if (line == nullptr || !place.contains("origin")) {
      continue;
    }
    line->generated = true;
    if (add(place["origin"]) != nullptr) {
      line->source = place["origin"]["file"].get<std::string>();
      line->source_line = number(place["origin"], "line");
    }
  }
  return lines;
}

SightingMaker::SightingMaker(const facts::Configuration& configuration, const Ownership& ownership,
                             SourceLines lines)
    : configuration_(configuration), ownership_(ownership), lines_(std::move(lines)) {}

bool SightingMaker::concerns_extension(const Report& report) const {
  if (report.kind != FindingKind::leak) {
    return true;
  }
  return std::any_of(report.stacks.begin(), report.stacks.end(), [this](const Stack& stack) {
    return std::any_of(stack.frames.begin(), stack.frames.end(), [this](const Frame& frame) {
      return ownership_.owner_of(frame) == Owner::extension;
    });
  });
}

Frame SightingMaker::at_its_source(Frame frame) const {
  const auto found = lines_.find({frame.file, frame.line});
  if (found != lines_.end() && !found->second.source.empty()) {
    frame.generated_file = ownership_.project_file(frame).value_or(frame.file);
    frame.generated_line = frame.line;
    frame.file = found->second.source;
    frame.line = found->second.source_line;
    frame.column = 0;
  }
  return frame;
}

Stack SightingMaker::at_its_source(Stack stack) const {
  for (Frame& frame : stack.frames) {
    frame = at_its_source(std::move(frame));
  }
  return stack;
}

// A helper that Cython put into the project's module is nobody's place while a line that was
// written is there.
const Frame* SightingMaker::first_own_frame(const Stack& stack) const {
  for (const Frame& frame : stack.frames) {
    const auto line = lines_.find({frame.file, frame.line});
    const bool helper = line != lines_.end() && line->second.generated;
    if (!helper && ownership_.project_file(frame)) {
      return &frame;
    }
  }
  return ownership_.first_own_frame(stack);
}

Stack SightingMaker::shown(Stack stack) const {
  for (Frame& frame : stack.frames) {
    if (const auto file = ownership_.project_file(frame)) {
      frame.file = *file;
      frame.own = true;
    }
  }
  return stack;
}

Finding SightingMaker::with_place(Finding finding, const Report* report, bool by_function) const {
  for (Stack& stack : finding.stacks) {
    stack = at_its_source(std::move(stack));
  }
  // A stack that is about the fault itself decides before one that explains it.
  const Frame* place = nullptr;
  std::optional<Owner> owner;
  std::vector<const Stack*> order;
  for (const StackRole role :
       {StackRole::access, StackRole::other_thread, StackRole::free, StackRole::allocation}) {
    for (const Stack& stack : finding.stacks) {
      if (stack.role == role) {
        order.push_back(&stack);
      }
    }
  }
  for (const Stack* stack : order) {
    const auto here = ownership_.owner_of(*stack);
    if (!owner || (*owner != Owner::extension && here == Owner::extension)) {
      owner = here ? here : owner;
    }
    if (place == nullptr && here == Owner::extension) {
      place = first_own_frame(*stack);
    }
  }
  Frame reported;
  if (report != nullptr && report->where) {
    // UBSan names the place itself, exactly; its stack may be cut or inlined away.
    reported = at_its_source(*report->where);
    if (ownership_.project_file(reported)) {
      owner = Owner::extension;
      if (reported.function.empty()) {
        for (const Stack& stack : finding.stacks) {
          if (stack.role != StackRole::python && !stack.frames.empty()) {
            reported.function = stack.frames.front().function;
            break;
          }
        }
      }
      place = &reported;
    } else if (place == nullptr) {
      place = &reported;
      owner = owner ? owner : ownership_.owner_of(reported);
    }
  }
  if (place == nullptr) {
    for (const Stack& stack : finding.stacks) {
      if (stack.role != StackRole::python && !stack.frames.empty()) {
        place = &stack.frames.front();
        break;
      }
    }
  }
  if (place == nullptr) {
    for (const Stack& stack : finding.stacks) {
      if (stack.role == StackRole::python) {
        place = first_own_frame(stack);
        break;
      }
    }
  }
  finding.owner = owner.value_or(Owner::extension);
  finding.severity = finding.owner == Owner::extension ? "error" : "warning";
  SourceLine line;
  if (place != nullptr) {
    finding.location = {.file = ownership_.project_file(*place).value_or(place->file),
                        .line = place->line,
                        .function = function_name(place->function)};
    const auto found = lines_.find({place->file, place->line});
    if (found != lines_.end() && !by_function) {
      line = found->second;
    }
  }
  std::string access;
  for (const Stack& stack : finding.stacks) {
    if (stack.role == StackRole::access) {
      access = to_string(stack.access);
      break;
    }
  }
  finding.fingerprint =
      base::digest(std::string(to_string(finding.kind)) + "\n" + finding.rule + "\n" + access +
                   "\n" + finding.location.file + "\n" + finding.location.function + "\n" +
                   line.text + "\n" + std::to_string(line.ordinal));
  for (Stack& stack : finding.stacks) {
    stack = shown(std::move(stack));
  }
  return finding;
}

LaneSighting SightingMaker::sighting(Finding finding, const std::string& test, facts::Phase phase,
                                     const std::string& log, base::ByteRange bytes) const {
  const store::Layout layout{configuration_.project_root};
  finding.sightings = {{.lane = configuration_.name,
                        .test = test,
                        .phase = phase,
                        .log = log.empty() ? "" : layout.relative(log),
                        .bytes = bytes}};
  finding.again = again_command(configuration_, test);
  return {.finding = std::move(finding)};
}

LaneSighting SightingMaker::of_report(const SeenReport& seen) const {
  Finding finding = {.kind = seen.report.kind,
                     .rule = seen.report.rule,
                     .title = kind_title(seen.report),
                     .explanation = seen.report.explanation,
                     .stacks = seen.report.stacks};
  if (seen.python) {
    finding.stacks.push_back(*seen.python);
  }
  // A leak is told at the end, but belongs to where its blocks came from.
  const SuiteMoment first = seen.allocated.empty()
                                ? SuiteMoment{.test = seen.test, .phase = seen.phase}
                                : seen.allocated.front();
  LaneSighting made = sighting(with_place(std::move(finding), &seen.report), first.test,
                               first.phase, seen.log_path, seen.report.bytes);
  for (std::size_t i = 1; i < seen.allocated.size(); ++i) {
    facts::Sighting further = made.finding.sightings.front();
    further.test = seen.allocated[i].test;
    further.phase = seen.allocated[i].phase;
    made.finding.sightings.push_back(std::move(further));
  }
  made.process = seen.log_name;
  return made;
}

LaneSighting SightingMaker::of_crash(const std::string& what, const std::string& test,
                                     facts::Phase phase, const std::vector<Stack>& stacks,
                                     const std::string& log) const {
  Finding finding = {.kind = FindingKind::crash,
                     .rule = what,
                     .title = "the process was " + what + " without a sanitizer's report",
                     .stacks = stacks};
  finding = with_place(std::move(finding), nullptr);
  finding.severity = "error";
  return sighting(std::move(finding), test, phase, log, {});
}

LaneSighting SightingMaker::of_late_crash(const std::string& what, const std::vector<Stack>& stacks,
                                          const std::string& log) const {
  Finding finding = {.kind = FindingKind::finalization_crash,
                     .rule = what,
                     .title = "every test had ended when the process was " + what,
                     .stacks = stacks};
  finding = with_place(std::move(finding), nullptr);
  finding.severity = "error";
  return sighting(std::move(finding), "", facts::Phase::finish, log, {});
}

}  // namespace extproof::engines
