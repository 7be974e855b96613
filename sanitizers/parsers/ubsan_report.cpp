// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/ubsan_report.hpp"

#include <optional>
#include <string>
#include <utility>

#include "harness/base/text.hpp"
#include "harness/parsers/frames.hpp"
#include "harness/parsers/scan.hpp"
#include "sanitizers/parsers/error_report.hpp"
#include "sanitizers/parsers/report_reader.hpp"
#include "sanitizers/parsers/report_start.hpp"
#include "sanitizers/parsers/ubsan_rule.hpp"

namespace extproof::sanitizers {
namespace {

using facts::Access;
using parsers::LineCursor;
using parsers::take;

constexpr std::string_view k_runtime_error = ": runtime error: ";
constexpr std::string_view k_note = ": note: ";

// "a.c:12:5", or "mod.so+0x12" where nothing is known but the address.
facts::Frame parse_where(std::string_view text) {
  facts::Frame where;
  if (text == "<unknown>" || text.starts_with("0x"))
    return where;
  const std::size_t plus = text.rfind("+0x");
  if (plus != std::string_view::npos && text.find(':', plus) == std::string_view::npos) {
    std::string_view digits = text.substr(plus + 3);
    where.offset = parsers::take_number(digits, 16).value_or(0);
    text = text.substr(0, plus);
    take(text, "(");
    where.module = text;
    return where;
  }
  const parsers::SourcePlace place = parsers::parse_source_place(text);
  where.file = place.file;
  where.line = place.line;
  where.column = place.column;
  return where;
}

Access access_of(std::string_view message) {
  if (message.starts_with("load of "))
    return Access::read;
  if (message.starts_with("store to "))
    return Access::write;
  return Access::none;
}

// " 00 00 00  00 03 00": the memory below a note.
bool is_memory_line(std::string_view line) {
  return line.size() >= 3 && line.front() == ' ' &&
         line.find_first_not_of("0123456789abcdef ?") == std::string_view::npos;
}

// "              ^~~~~ ".
bool is_marker_line(std::string_view line) {
  return line.starts_with(' ') && line.find('^') != std::string_view::npos &&
         line.find_first_not_of(" ^~") == std::string_view::npos;
}

// "SUMMARY: UndefinedBehaviorSanitizer: RULE place": the rule; empty for another line.
std::string_view rule_of_summary(std::string_view line) {
  if (!take(line, "SUMMARY: ") || !take(line, name_of(Runtime::ubsan)) || !take(line, ": ")) {
    return {};
  }
  return line.substr(0, line.find(' '));
}

class UbsanReportReader {
 public:
  explicit UbsanReportReader(LineCursor& at) : at_(at) {}

  facts::Report read() {
    report_.kind = facts::FindingKind::undefined_behavior;
    report_.bytes.begin = at_.offset();
    read_error_line();
    while (read_note()) {
    }
    if (read_stack() && at_.line().empty() && !at_.at_end() &&
        runtime_of_report_at(at_) == Runtime::none) {
      advance();
    }
    read_summary();
    report_.incomplete = is_cut_;
    report_.bytes.end = at_.offset();
    return std::move(report_);
  }

 private:
  void read_error_line() {
    const std::string_view line = at_.line();
    const std::size_t end = find_runtime_error(line).value_or(line.size());
    report_.where = parse_where(line.substr(0, end));
    if (end < line.size())
      report_.headline = line.substr(end + k_runtime_error.size());
    report_.rule = ubsan_rule_of(report_.headline);
    report_.access = access_of(report_.headline);
    advance();
  }

  // "0x1: note: pointer points here" with the memory, a marker and a label below it.
  bool read_note() {
    const std::string_view line = at_.line();
    const std::size_t note = line.find(k_note);
    if (note == std::string_view::npos || find_runtime_error(line))
      return false;
    if (!report_.explanation.empty())
      report_.explanation += '\n';
    report_.explanation += line.substr(note + k_note.size());
    advance();
    if (at_.line() == "<memory cannot be printed>")
      advance();
    if (!is_memory_line(at_.line()))
      return true;
    advance();
    if (!is_marker_line(at_.line()))
      return true;
    advance();
    const bool has_label = at_.line().starts_with("    ") && !parsers::parse_frame(at_.line());
    if (has_label)
      advance();
    return true;
  }

  bool read_stack() {
    facts::Stack stack{.role = facts::StackRole::access, .access = report_.access};
    while (!at_.at_end()) {
      std::optional<facts::Frame> frame = parsers::parse_frame(at_.line());
      if (!frame)
        break;
      stack.frames.push_back(std::move(*frame));
      advance();
    }
    if (stack.frames.empty())
      return false;
    report_.stacks.push_back(std::move(stack));
    return true;
  }

  void read_summary() {
    const std::string_view rule = rule_of_summary(at_.line());
    if (rule.empty())
      return;
    // The general word says less than the message; a line that was cut off may hold half a word.
    // gcc's summary takes a _Bool for an enumeration; the message names the type.
    const bool is_bool = report_.rule == "invalid-bool-load" && rule == "invalid-enum-load";
    if (rule != "undefined-behavior" && !is_bool && at_.is_terminated())
      report_.rule = rule;
    advance();
  }

  void advance() {
    if (at_.at_end())
      return;
    is_cut_ = !at_.is_terminated();
    at_.advance();
  }

  LineCursor& at_;
  facts::Report report_;
  bool is_cut_ = false;
};

}  // namespace

ParsedLog parse_ubsan_log(std::string_view log, std::string_view origin) {
  return read_reports(log, origin, {.ubsan = true});
}

facts::Report read_ubsan_report(LineCursor& at, std::string_view origin,
                                std::vector<facts::Problem>& problems) {
  if (!find_runtime_error(at.line()))
    return read_error_report(at, origin, problems);
  return UbsanReportReader(at).read();
}

}  // namespace extproof::sanitizers
