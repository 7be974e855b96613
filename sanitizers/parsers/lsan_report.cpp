// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/lsan_report.hpp"

#include <fmt/format.h>

#include <string>

#include "harness/base/text.hpp"
#include "harness/parsers/frames.hpp"
#include "harness/parsers/scan.hpp"
#include "sanitizers/parsers/error_report.hpp"
#include "sanitizers/parsers/report_reader.hpp"
#include "sanitizers/parsers/report_start.hpp"

namespace extproof::sanitizers {
namespace {

using parsers::LineCursor;
using parsers::take;
using parsers::take_number;

bool is_leak_error(std::string_view line) {
  const auto error = parse_error_line(line);
  return error && error->runtime == Runtime::lsan &&
         error->words.starts_with("detected memory leaks");
}

// The error line at or shortly behind the cursor: an empty line and a rule may stand above it.
bool leaks_begin_at(LineCursor at) {
  if (at.line().empty())
    at.advance();
  if (is_rule(at.line()))
    at.advance();
  return is_leak_error(at.line());
}

void read_leak_line(std::string_view line, facts::Report& report) {
  report.headline = line.substr(0, line.find(" allocated from:"));
  report.indirect = take(line, "Indirect ");
  if (!report.indirect)
    take(line, "Direct ");
  take(line, "leak of ");
  report.leaked_bytes = take_number(line).value_or(0);
  take(line, " byte(s) in ");
  report.leaked_objects = take_number(line).value_or(0);
}

// What else stands among the leaks: the suppressions that matched, the objects of a block.
bool is_note(std::string_view line) {
  if (line.starts_with("Suppressions used:") || line.starts_with("  count      bytes template") ||
      line.starts_with("Objects leaked above:") || line.starts_with("Omitting ")) {
    return true;
  }
  if (line.size() >= 16 && line.find_first_not_of('-') == std::string_view::npos)
    return true;
  if (take(line, "The ") && take_number(line) && line.starts_with(" top leak(s)"))
    return true;
  if (take(line, "0x"))
    return take_number(line, 16) && line.starts_with(" (");
  parsers::take_blanks(line);  // "     1        700 PyBytes_FromStringAndSize"
  if (!take_number(line) || !take(line, " "))
    return false;
  parsers::take_blanks(line);
  return take_number(line) && line.starts_with(" ");
}

bool is_summary(std::string_view line) {
  return take(line, "SUMMARY: ") &&
         (line.starts_with(name_of(Runtime::lsan)) || line.starts_with(name_of(Runtime::asan)));
}

}  // namespace

ParsedLog parse_lsan_log(std::string_view log, std::string_view origin) {
  return read_reports(log, origin, {.lsan = true});
}

facts::Report read_lsan_report(LineCursor& at, std::string_view origin,
                               std::vector<facts::Problem>& problems) {
  if (!is_leak_line(at.line()) && !leaks_begin_at(at)) {
    return read_error_report(at, origin, problems);
  }
  facts::Report report;
  report.kind = facts::FindingKind::leak;
  report.headline = "detected memory leaks";
  report.bytes.begin = at.offset();
  bool is_cut = false;
  const auto advance = [&] {
    is_cut = !at.is_terminated();
    at.advance();
  };
  while (!is_leak_error(at.line()) && !is_leak_line(at.line()))
    advance();
  if (is_leak_error(at.line())) {
    advance();
    while (!at.at_end() && (at.line().empty() || is_note(at.line())) &&
           runtime_of_report_at(at) == Runtime::none) {
      advance();
    }
  }
  bool has_end = false;
  if (is_leak_line(at.line())) {
    read_leak_line(at.line(), report);
    advance();
    facts::Stack stack{.role = facts::StackRole::allocation};
    stack.frames = parsers::take_frames(at);
    if (!stack.frames.empty())
      report.stacks.push_back(std::move(stack));
  }
  while (!at.at_end()) {
    if (is_leak_line(at.line()))
      has_end = true;
    if (runtime_of_report_at(at) != Runtime::none)
      break;
    has_end = is_summary(at.line());
    if (!has_end && !at.line().empty() && !is_note(at.line()))
      break;
    advance();
    if (has_end)
      break;
  }
  report.incomplete = is_cut || !has_end;
  report.bytes.end = at.offset();
  return report;
}

void note_lsan_failure(const LineCursor& at, std::string_view origin,
                       std::vector<facts::Problem>& problems) {
  const std::string_view line = at.line();
  if (!is_leak_check_failure(line))
    return;
  problems.push_back(
      {.code = "XP2110",
       .message = fmt::format("{}: {}", origin, base::escape_line(line.substr(0, 200))),
       .offset = at.offset()});
}

}  // namespace extproof::sanitizers
