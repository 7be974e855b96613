// SPDX-License-Identifier: Apache-2.0
#include "harness/report/finding_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "harness/base/text.hpp"

namespace extproof::report {
namespace {

using base::escape_line;
using facts::Finding;
using facts::Frame;
using facts::Language;
using facts::Stack;
using facts::StackRole;

constexpr std::string_view k_indent = "           ";  // the width of "  called   "

std::string labelled(std::string_view label) {
  return "  " + left_aligned(label, k_indent.size() - 2);
}

std::string file_and_line(std::string_view file, int line) {
  return line > 0 ? fmt::format("{}:{}", unbroken(file), line) : unbroken(file);
}

bool is_in_project(const Frame& frame) {
  return frame.own;
}

const Stack* stack_of(const Finding& finding, StackRole role) {
  const auto found = std::find_if(finding.stacks.begin(), finding.stacks.end(),
                                  [&](const Stack& stack) { return stack.role == role; });
  return found == finding.stacks.end() ? nullptr : &*found;
}

// The frame of the project that is closest to where it happened, else the first that says anything.
const Frame* telling_frame(const Stack& stack) {
  const auto in_project = std::find_if(stack.frames.begin(), stack.frames.end(), is_in_project);
  if (in_project != stack.frames.end()) {
    return &*in_project;
  }
  const auto with_file = std::find_if(stack.frames.begin(), stack.frames.end(),
                                      [](const Frame& frame) { return !frame.file.empty(); });
  if (with_file != stack.frames.end()) {
    return &*with_file;
  }
  return stack.frames.empty() ? nullptr : &stack.frames.front();
}

std::string chain(const std::vector<const Frame*>& frames) {
  std::string text;
  for (const Frame* frame : frames) {
    text += (text.empty() ? "" : "  <  ") + place_text(*frame);
  }
  return text;
}

std::vector<const Frame*> native_callers(const Finding& finding, std::size_t limit) {
  std::vector<const Frame*> callers;
  const Stack* access = stack_of(finding, StackRole::access);
  if (access == nullptr) {
    return callers;
  }
  const auto here =
      std::find_if(access->frames.begin(), access->frames.end(), [&](const Frame& frame) {
        return frame.file == finding.location.file && frame.line == finding.location.line;
      });
  if (here == access->frames.end()) {
    return callers;
  }
  for (auto frame = here + 1; frame != access->frames.end() && callers.size() < limit; ++frame) {
    if (frame->language == Language::native && is_in_project(*frame)) {
      callers.push_back(&*frame);
    }
  }
  return callers;
}

std::vector<const Frame*> python_callers(const Finding& finding, std::size_t limit) {
  std::vector<const Frame*> in_project;
  const Frame* first = nullptr;
  for (const Stack& stack : finding.stacks) {
    if (stack.role != StackRole::python && stack.role != StackRole::access) {
      continue;
    }
    for (const Frame& frame : stack.frames) {
      if (frame.language != Language::python) {
        continue;
      }
      first = first == nullptr ? &frame : first;
      if (is_in_project(frame) && in_project.size() < limit) {
        in_project.push_back(&frame);
      }
    }
  }
  if (in_project.empty() && first != nullptr) {
    in_project.push_back(first);
  }
  return in_project;
}

// Lines under one label, for the stacks that tell of the block or of another thread. A hang may
// have a stack for each of many threads.
std::string other_stacks(const Finding& finding, const ConsoleStyle& style) {
  std::string text;
  constexpr std::size_t k_threads = 3;
  std::string_view block_label = "block";
  std::size_t threads = 0;
  for (const Stack& stack : finding.stacks) {
    const Frame* frame = telling_frame(stack);
    if (frame == nullptr || stack.role == StackRole::access || stack.role == StackRole::python) {
      continue;
    }
    const std::string thread = stack.thread.empty() ? "" : " in " + escape_line(stack.thread);
    if (stack.role == StackRole::other_thread) {
      if (++threads > k_threads) {
        continue;
      }
      text += wrapped(labelled("other"), k_indent, "at " + place_text(*frame) + thread, style);
      continue;
    }
    const char* verb = stack.role == StackRole::free ? "freed at " : "allocated at ";
    text += wrapped(labelled(block_label), k_indent, verb + place_text(*frame) + thread, style);
    block_label = "";
  }
  if (threads > k_threads) {
    text += wrapped(k_indent, k_indent,
                    fmt::format("and {} more: extproof explain {}",
                                counted(threads - k_threads, "thread"), escape_line(finding.id)),
                    style);
  }
  return text;
}

std::string seen_text(const Finding& finding) {
  if (finding.sightings.empty()) {
    return "not in this run";
  }
  const std::string first = sighting_text(finding.sightings.front());
  if (finding.sightings.size() == 1) {
    return "once, in " + first;
  }
  std::set<std::string> lanes;
  for (const facts::Sighting& sighting : finding.sightings) {
    lanes.insert(sighting.lane);
  }
  return fmt::format("{} in {}; first in {}", counted(finding.sightings.size(), "time"),
                     counted(lanes.size(), "lane"), first);
}

std::string headline(const Finding& finding, const ConsoleStyle& style) {
  const std::string head = fmt::format("finding[{}]", kind_text(finding));
  const std::string title = escape_line(finding.title);
  const std::string tag =
      fmt::format("({}, {})", escape_line(finding.id), facts::to_string(finding.state));
  const std::size_t width = display_width(head) + display_width(title) + display_width(tag) + 3;
  const auto columns = static_cast<std::size_t>(std::max(style.columns, 0));
  const bool fits = columns == 0 || width <= columns;
  const std::size_t gap = fits && columns != 0 ? columns - width + 2 : 2;
  std::string text = fits ? head + " " + title + std::string(gap, ' ') + tag + "\n"
                          : wrapped(head + " ", "  ", title + " " + unbroken(tag), style);
  // Painted last, so that the codes do not count as columns.
  return painted(head, Ink::red, style) + text.substr(head.size());
}

}  // namespace

std::string kind_text(const Finding& finding) {
  std::string text(facts::to_string(finding.kind));
  if (!finding.rule.empty()) {
    text += "/" + escape_line(finding.rule);
  }
  return text;
}

std::string place_text(const facts::Location& location) {
  if (location.file.empty()) {
    return location.function.empty() ? "a place that is not known" : escape_line(location.function);
  }
  const std::string place = file_and_line(location.file, location.line);
  return location.function.empty() ? place : place + "  " + escape_line(location.function);
}

std::string place_text(const Frame& frame) {
  if (!frame.file.empty() || frame.module.empty()) {
    return place_text(
        facts::Location{.file = frame.file, .line = frame.line, .function = frame.function});
  }
  const std::string place = fmt::format("{}+{:#x}", unbroken(frame.module), frame.offset);
  return frame.function.empty() ? place : place + "  " + escape_line(frame.function);
}

std::string generated_text(const Frame& frame) {
  return frame.generated_file.empty() ? ""
                                      : file_and_line(frame.generated_file, frame.generated_line);
}

std::string place_text(const Finding& finding) {
  const Stack* access = stack_of(finding, StackRole::access);
  if (finding.location.file.empty() && finding.location.function.empty() && access != nullptr) {
    if (const Frame* frame = telling_frame(*access)) {
      return place_text(*frame);
    }
  }
  return place_text(finding.location);
}

std::string after_text(const Finding& finding) {
  return finding.after.empty()
             ? ""
             : escape_line(finding.after) + ", in the same process; may be a consequence of it";
}

std::string sighting_text(const facts::Sighting& sighting) {
  std::string text = unbroken(sighting.lane);
  if (!sighting.test.empty()) {
    text += ", " + unbroken(sighting.test);
  }
  if (sighting.phase != facts::Phase::call) {
    text += fmt::format(" ({})", facts::to_string(sighting.phase));
  }
  return text;
}

std::string log_text(const facts::Sighting& sighting) {
  if (sighting.log.empty()) {
    return "";
  }
  if (sighting.bytes.begin == sighting.bytes.end) {
    return unbroken(sighting.log);
  }
  return fmt::format("{}, bytes {}-{}", unbroken(sighting.log), sighting.bytes.begin,
                     sighting.bytes.end);
}

std::string render_finding(const Finding& finding, const ConsoleStyle& style) {
  constexpr std::size_t k_native = 2;
  constexpr std::size_t k_python = 3;
  std::string text = headline(finding, style);
  const auto line = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) {
      text += wrapped(labelled(label), k_indent, value, style);
    }
  };
  const Stack* access = stack_of(finding, StackRole::access);
  const bool in_thread = access != nullptr && !access->thread.empty();
  line("at", place_text(finding) + (in_thread ? "  in " + escape_line(access->thread) : ""));
  line("called", chain(native_callers(finding, k_native)));
  line("python", chain(python_callers(finding, k_python)));
  text += other_stacks(finding, style);
  line("after", after_text(finding));
  line("hint", escape_line(finding.hint));
  line("seen", seen_text(finding));
  if (!finding.again.empty()) {
    text += wrapped_command(labelled("again"), k_indent, finding.again, style);
  }
  if (!finding.sightings.empty()) {
    line("log", log_text(finding.sightings.front()));
  }
  return text;
}

std::string render_finding_briefly(const Finding& finding, const ConsoleStyle& style) {
  std::string text =
      fmt::format("{} {} at {}: {} ({}{})", escape_line(finding.id), kind_text(finding),
                  place_text(finding), escape_line(finding.title), facts::to_string(finding.owner),
                  finding.severity == "error" ? "" : ", " + escape_line(finding.severity));
  return wrapped("  ", "     ", text, style);
}

}  // namespace extproof::report
