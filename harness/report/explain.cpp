// SPDX-License-Identifier: Apache-2.0
#include "harness/report/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/base/text.hpp"
#include "harness/report/finding_text.hpp"

namespace extproof::report {
namespace {

using base::escape_line;
using facts::Finding;
using facts::Frame;
using facts::Stack;

// Places longer than this do not push the functions of the other frames away.
constexpr std::size_t k_widest_place = 44;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

std::string frame_place(const Frame& frame) {
  if (frame.file.empty()) {
    return frame.module.empty() ? "-"
                                : fmt::format("{}+{:#x}", escape_line(frame.module), frame.offset);
  }
  std::string place = escape_line(frame.file);
  if (frame.line > 0) {
    place += fmt::format(":{}", frame.line);
    if (frame.column > 0) {
      place += fmt::format(":{}", frame.column);
    }
  }
  return place;
}

std::string stack_heading(const Stack& stack) {
  std::string text = facts::to_string(stack.role);
  if (stack.access != facts::Access::none) {
    text += fmt::format(", {}", facts::to_string(stack.access));
  }
  if (!stack.thread.empty()) {
    text += ", in " + escape_line(stack.thread);
  }
  return text;
}

// How many frames tell something: up to the outermost one of the project and a few beyond it. What
// is further out is how the interpreter came there, which is the same in every stack.
std::size_t frames_worth_showing(const Stack& stack) {
  constexpr std::size_t k_beyond = 2;
  constexpr std::size_t k_without_own = 8;
  std::size_t outermost = 0;
  for (std::size_t i = 0; i < stack.frames.size(); ++i) {
    outermost = stack.frames[i].own ? i + 1 : outermost;
  }
  const std::size_t wanted = outermost == 0 ? k_without_own : outermost + k_beyond;
  // Leaving out one line to put another in its place would help nobody.
  return wanted + 1 >= stack.frames.size() ? stack.frames.size() : wanted;
}

std::string render_stack(const Stack& stack, const ConsoleStyle& style) {
  std::size_t widest = 0;
  for (const Frame& frame : stack.frames) {
    const std::size_t width = display_width(frame_place(frame));
    widest = std::max(widest, width <= k_widest_place ? width : 0);
  }
  std::string text = "\n" + painted(stack_heading(stack), Ink::strong, style) + "\n";
  const std::size_t number_width = std::to_string(stack.frames.size()).size() + 1;
  const std::size_t shown = style.verbose ? stack.frames.size() : frames_worth_showing(stack);
  for (std::size_t i = 0; i < shown; ++i) {
    const Frame& frame = stack.frames[i];
    std::string line = "  " + left_aligned(fmt::format("#{}", i), number_width) + "  ";
    std::vector<std::string> words = {left_aligned(frame_place(frame), widest)};
    if (!frame.function.empty()) {
      words.push_back(escape_line(frame.function));
    }
    if (frame.language == facts::Language::python) {
      words.emplace_back("(Python)");
    }
    if (!frame.generated_file.empty()) {
      words.push_back("(" + generated_text(frame) + ")");
    }
    text += line + (words.size() == 1 ? frame_place(frame) : base::join(words, "  ")) + "\n";
  }
  if (shown < stack.frames.size()) {
    text += fmt::format("  and {} outside of the project; -v shows them\n",
                        counted(stack.frames.size() - shown, "frame"));
  }
  return text + (stack.frames.empty() ? "  no frame\n" : "");
}

// "D1, together with F3".
std::string group_text(const facts::RunReport& run, const Finding& finding) {
  std::vector<std::string> others;
  for (const Finding& other : run.findings) {
    if (other.group == finding.group && other.id != finding.id) {
      others.push_back(other.id);
    }
  }
  return escape_line(finding.group) +
         (others.empty() ? "" : ", together with " + some_of(others, others.size()));
}

// "accepted until 2027-01-31: mended in 2.1, https://..."
std::string state_text(const Finding& finding) {
  std::string text = facts::to_string(finding.state);
  const facts::Acceptance& acceptance = finding.acceptance;
  if (!acceptance.until.empty()) {
    text += " until " + escape_line(acceptance.until);
  }
  if (!acceptance.reason.empty()) {
    text += ": " + escape_line(acceptance.reason);
  }
  return acceptance.issue.empty() ? text : text + ", " + escape_line(acceptance.issue);
}

std::string render_facts(const facts::RunReport& run, const Finding& finding,
                         const ConsoleStyle& style) {
  constexpr std::string_view k_indent = "               ";
  std::string text;
  const auto line = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) {
      text += wrapped("  " + left_aligned(label, k_indent.size() - 2), k_indent, value, style);
    }
  };
  line("at", place_text(finding));
  line("owner", facts::to_string(finding.owner));
  line("severity", escape_line(finding.severity));
  line("state", state_text(finding));
  line("defect", finding.group.empty() ? "" : group_text(run, finding));
  line("after", after_text(finding));
  line("hint", escape_line(finding.hint));
  line("fingerprint", escape_line(finding.fingerprint));
  return text;
}

std::string render_sightings(const Finding& finding, const ConsoleStyle& style) {
  std::string text =
      "\n" + painted("seen " + counted(finding.sightings.size(), "time"), Ink::strong, style) +
      "\n";
  for (const facts::Sighting& sighting : finding.sightings) {
    text += wrapped("  ", "    ", sighting_text(sighting), style);
    const std::string log = log_text(sighting);
    text += log.empty() ? "" : wrapped("    ", "    ", log, style);
  }
  return text;
}

const char* exit_text(facts::ExitCode code) {
  switch (code) {
    case facts::ExitCode::nothing_found:
      return "does not change the exit code";
    case facts::ExitCode::findings:
      return "exit code 1: findings";
    case facts::ExitCode::usage:
      return "exit code 2: usage or configuration";
    case facts::ExitCode::cannot_judge:
      return "exit code 3: could not judge";
    case facts::ExitCode::tool_missing:
      return "exit code 4: a tool is missing";
    case facts::ExitCode::defect:
      return "exit code 70: a defect in extproof";
    case facts::ExitCode::interrupted:
      return "exit code 130: interrupted";
  }
  return "";
}

facts::Refusal not_one(const facts::RunReport& run, std::string_view name,
                       const std::vector<std::string>& matches) {
  std::vector<std::string> known;
  for (const Finding& finding : run.findings) {
    known.push_back(finding.id);
  }
  facts::Refusal refusal = {
      .code = "XP1002", .headline = "", .place = "", .excerpt = {}, .notes = {}};
  if (matches.empty()) {
    refusal.headline = fmt::format("\"{}\" is not a finding of run {}", name, run.number);
    refusal.notes.push_back({"known", known.empty()
                                          ? "run " + std::to_string(run.number) + " has no findings"
                                          : base::join(known, ", ")});
  } else {
    refusal.headline =
        fmt::format("\"{}\" is the beginning of {} fingerprints", name, matches.size());
    refusal.notes.push_back({"known", base::join(matches, "\n")});
  }
  refusal.notes.push_back(
      {"try", fmt::format("extproof report --run {}, which lists its findings", run.number)});
  return refusal;
}

// Digits that differ, of two codes of the same length.
std::size_t digits_apart(std::string_view a, std::string_view b) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    count += a[i] != b[i] ? 1U : 0U;
  }
  return count;
}

// Codes that `code` may be a misreading of: one digit away, or else those of its group ("XP31").
std::vector<const facts::Message*> close_messages(std::string_view code) {
  constexpr std::size_t k_group = 4;
  std::vector<const facts::Message*> close;
  std::vector<const facts::Message*> group;
  for (const facts::Message& message : facts::messages()) {
    if (message.code.size() == code.size() && digits_apart(message.code, code) == 1) {
      close.push_back(&message);
    }
    if (code.size() >= k_group && message.code.starts_with(code.substr(0, k_group))) {
      group.push_back(&message);
    }
  }
  return close.empty() ? group : close;
}

}  // namespace

bool looks_like_code(std::string_view name) {
  return lower(name.substr(0, 2)) == "xp";
}

facts::Judged<const facts::Message*> message_asked_for(std::string_view code) {
  std::string wanted(code);
  for (char& c : wanted) {
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  if (const facts::Message* message = facts::message_named(wanted)) {
    return message;
  }
  facts::Refusal refusal = {.code = "XP1002",
                            .headline = fmt::format("\"{}\" is not a message of extproof", code)};
  std::string known;
  for (const facts::Message* message : close_messages(wanted)) {
    known += fmt::format("{} {}\n", message->code, message->title);
  }
  if (!known.empty()) {
    refusal.notes.push_back({"close", known});
  }
  refusal.notes.push_back({"expected", "the code in the brackets of a message: error[XP3107]"});
  return facts::refuse(std::move(refusal));
}

facts::Judged<const Finding*> finding_named(const facts::RunReport& run, std::string_view name) {
  const std::string wanted = lower(name);
  std::vector<const Finding*> found;
  std::vector<std::string> matches;
  for (const Finding& finding : run.findings) {
    if (lower(finding.id) == wanted) {
      return &finding;
    }
    if (!wanted.empty() && finding.fingerprint.starts_with(wanted)) {
      found.push_back(&finding);
      matches.push_back(finding.fingerprint + " " + finding.id);
    }
  }
  if (found.size() == 1) {
    return found.front();
  }
  return facts::refuse(not_one(run, name, matches));
}

std::string render_finding_page(const facts::RunReport& run, const Finding& finding,
                                const ConsoleStyle& style) {
  std::string text = painted(escape_line(finding.id), Ink::strong, style) + "  " +
                     painted(kind_text(finding), Ink::red, style) + "\n";
  text += wrapped("", "  ", escape_line(finding.title), style) + "\n";
  text += render_facts(run, finding, style);
  const std::vector<std::string_view> explanation = base::lines(finding.explanation);
  text += explanation.empty() ? "" : "\n";
  for (const std::string_view line : explanation) {
    text += wrapped("", "  ", escape_line(line), style);
  }
  for (const Stack& stack : finding.stacks) {
    text += render_stack(stack, style);
  }
  text += render_sightings(finding, style);
  if (!finding.again.empty()) {
    text += "\n" + painted("see it again", Ink::strong, style) + "\n";
    text += wrapped_command("  ", "    ", finding.again, style);
    if (finding.kind != facts::FindingKind::fails_only_in_lane) {
      const std::string number = std::to_string(run.number);
      text +=
          wrapped_command("  ", "    ", {"extproof", "debug", finding.id, "--run", number}, style);
    }
  }
  return text;
}

std::string render_message_page(const facts::Message& message, const ConsoleStyle& style) {
  std::string text = painted(message.code, Ink::strong, style) + ": " + std::string(message.title) +
                     "\n" + exit_text(message.exit) + "\n";
  bool at_start = true;
  for (const std::string_view line : base::lines(message.page)) {
    text += at_start ? "\n" : "";
    text += line.empty() ? "\n" : wrapped("", "", line, style);
    at_start = false;
  }
  return text;
}

}  // namespace extproof::report
