// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/error_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "harness/base/text.hpp"
#include "harness/parsers/frames.hpp"
#include "harness/parsers/scan.hpp"
#include "sanitizers/parsers/asan_kind.hpp"
#include "sanitizers/parsers/report_start.hpp"

namespace extproof::sanitizers {
namespace {

using facts::Access;
using facts::StackRole;
using parsers::LineCursor;
using parsers::take;

constexpr int k_foreign_lines_borne = 20;

template <std::size_t N>
bool begins_with_any(std::string_view line, const std::array<std::string_view, N>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [line](std::string_view beginning) { return line.starts_with(beginning); });
}

// Lines that say where the address lies or what is wrong with it.
constexpr std::array<std::string_view, 11> k_places = {
    "Address 0x",
    "The signal is caused by ",
    "Hint: ",
    "  This frame has ",
    "  This frame does not have",
    "  size of the allocated type:",
    "  size of the deallocated type:",
    "  alignment of the allocated type:",
    "  alignment of the deallocated type:",
    "  object passed to delete has wrong type",
    "  '",  // "  'text' is ascii string 'abc'"
};

// Lines that belong to a report and tell nothing about this one.
constexpr std::array<std::string_view, 12> k_noise = {
    "HINT: ",
    "      (longjmp and C++ exceptions",
    "AddressSanitizer can not ",
    "LeakSanitizer can not ",
    "UndefinedBehaviorSanitizer can not ",
    "If you suspect a false positive",
    "These globals were registered at these points",
    "    <empty stack>",
    "Shadow bytes around the buggy address",
    "Shadow byte legend",
    "  [1]:",
    "  [2]:",
};

// "0x602000000044 is located 4 bytes inside of ...", "0x1 is a wild pointer ...".
bool is_address_line(std::string_view line) {
  if (!take(line, "0x") || !parsers::take_number(line, 16))
    return false;
  return line.starts_with(" is ");
}

// "    [32, 48) 'buffer' (line 60) <== ..." and, of an odr-violation, "  [1] size=40 'x' file.c".
bool is_object_line(std::string_view line) {
  if (!take(line, "    [") && !take(line, "  ["))
    return false;
  if (!parsers::take_number(line))
    return false;
  return line.starts_with(", ") || line.starts_with("] size=");
}

// "  0x503ffffffd80: fa fa" and "=>0x504000000000: fa[fa]".
bool is_shadow_line(std::string_view line) {
  if (!take(line, "  0x") && !take(line, "=>0x"))
    return false;
  return parsers::take_number(line, 16) && line.starts_with(":");
}

// "  Heap left redzone:       fa".
bool is_legend_line(std::string_view line) {
  if (!line.starts_with("  ") || line.size() > 80)
    return false;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos)
    return false;
  const std::string_view codes = base::trim(line.substr(colon + 1));
  return codes.size() >= 2 &&
         codes.find_first_not_of("0123456789abcdef ") == std::string_view::npos;
}

// "rax = 0x0000000000000000  rbx = ..." and " r8 = ...".
bool is_register_line(std::string_view line) {
  parsers::take_blanks(line);
  const std::size_t sign = line.find(" = 0x");
  return sign != std::string_view::npos && sign <= 4;
}

// What a heading says about the stack that follows it.
struct Heading {
  StackRole role = StackRole::access;
  std::string thread;
};

std::string thread_name(std::string_view text) {
  return std::string(text.substr(0, text.find_first_of(" :,")));
}

std::optional<Heading> parse_heading(std::string_view line) {
  if (take(line, "freed by thread ")) {
    return Heading{.role = StackRole::free, .thread = thread_name(line)};
  }
  if (take(line, "previously allocated by thread ") || take(line, "allocated by thread ")) {
    return Heading{.role = StackRole::allocation, .thread = thread_name(line)};
  }
  if (line.starts_with("Thread T") && line.find(" created by ") != std::string_view::npos) {
    take(line, "Thread ");
    return Heading{.role = StackRole::other_thread, .thread = thread_name(line)};
  }
  // The frame of this one is the function that owns the memory.
  const std::size_t owner = line.find(" is located in stack of thread ");
  if (line.starts_with("Address 0x") && owner != std::string_view::npos) {
    line.remove_prefix(owner + std::string_view(" is located in stack of thread ").size());
    return Heading{.role = StackRole::allocation, .thread = thread_name(line)};
  }
  if (line.starts_with("  [1]:") || line.starts_with("  [2]:")) {
    return Heading{.role = StackRole::allocation, .thread = {}};
  }
  return std::nullopt;
}

class ErrorReportReader {
 public:
  ErrorReportReader(LineCursor& at, std::string_view origin, std::vector<facts::Problem>& problems)
      : at_(at), origin_(origin), problems_(problems) {}

  facts::Report read() {
    report_.bytes.begin = at_.offset();
    if (read_first_lines())
      read_body();
    finish();
    return std::move(report_);
  }

 private:
  // Up to the error line, which is taken. False when it is not there: the process died before.
  bool read_first_lines() {
    if (at_.line().empty())
      at_.advance();
    if (is_rule(at_.line()))
      at_.advance();
    bool has_signal = false;
    while (parse_deadly_signal(at_.line()) != Runtime::none) {
      has_signal = true;
      last_ = at_;
      at_.advance();
    }
    // Several threads can crash at once, and a rule stands between their signals and the error.
    if (has_signal) {
      LineCursor ahead = at_;
      if (is_rule(ahead.line()))
        ahead.advance();
      if (!parse_error_line(ahead.line())) {
        report_.kind = facts::FindingKind::crash;
        report_.rule = "DEADLYSIGNAL";
        report_.headline = std::string(last_.line());
        return false;
      }
      at_ = ahead;
    }
    const std::optional<ErrorLine> error = parse_error_line(at_.line());
    if (!error)
      return false;
    read_error_line(*error);
    advance();
    return true;
  }

  void read_error_line(const ErrorLine& error) {
    runtime_ = error.runtime;
    AsanKind kind = parse_asan_kind(error.words);
    report_.kind = kind.kind;
    report_.headline = std::string(error.words);
    if (kind.is_known || at_.is_terminated())
      report_.rule = std::move(kind.rule);
    if (kind.is_known)
      return;
    problems_.push_back(
        {.code = "XP2104",
         .message = fmt::format("{}: a report of {} begins with \"{}\", which is not a known kind",
                                origin_, name_of(error.runtime),
                                base::escape_line(error.words.substr(0, 80))),
         .offset = at_.offset()});
  }

  void read_body() {
    int foreign = 0;
    LineCursor behind = at_;  // behind the last line that belongs to the report
    while (!at_.at_end() && !is_complete_) {
      const bool is_ours = read_line();
      if (is_ours) {
        foreign = 0;
        behind = at_;
        continue;
      }
      // After the summary nothing is missed by ending here.
      if (has_summary_ || ++foreign > k_foreign_lines_borne)
        break;
      if (begins_another())
        break;
      at_.advance();
    }
    at_ = behind;
  }

  // True if the line belongs to the report; it is then taken.
  bool read_line() {
    if (begins_another())
      return read_nested_bug();
    const std::string_view whole = at_.line();
    if (has_summary_)
      return read_line_after_summary(whole);
    if (parsers::parse_frame(whole)) {
      read_stack();
      return true;
    }
    std::string_view line = whole;
    const bool has_process = take_process_prefix(line);
    const bool is_ours = has_process || whole.empty() || interpret(line);
    if (has_process && line != "ABORTING")
      interpret(line);
    if (has_process && line == "ABORTING")
      is_complete_ = true;
    if (is_ours)
      advance();
    return is_ours;
  }

  // The leak checker's failure is no report, but must not be taken for a remark of this one.
  bool begins_another() const {
    return runtime_of_report_at(at_) != Runtime::none || is_leak_check_failure(at_.line());
  }

  // "nested bug in the same thread": the runtime gives up on this report with it.
  bool read_nested_bug() {
    const std::optional<ErrorLine> error = parse_error_line(at_.line());
    if (!error || !error->words.starts_with("nested bug"))
      return false;
    is_cut_ = true;
    is_complete_ = true;
    advance();
    return true;
  }

  bool read_line_after_summary(std::string_view whole) {
    std::string_view line = whole;
    const bool has_process = take_process_prefix(line);
    if (has_process && line == "ABORTING")
      is_complete_ = true;
    const bool is_ours = has_process || is_shadow_line(line) || is_legend_line(line) ||
                         begins_with_any(line, k_noise);
    if (is_ours)
      advance();
    return is_ours;
  }

  // A line that is neither empty nor a frame, without its process. True if it is known.
  bool interpret(std::string_view line) {
    if (read_access(line))
      return true;
    if (const std::optional<Heading> heading = parse_heading(line)) {
      heading_ = *heading;
      if (line.starts_with("Address "))
        explain(line);
      return true;
    }
    if (is_address_line(line) || is_object_line(line) || begins_with_any(line, k_places)) {
      explain(line);
      return true;
    }
    if (line.starts_with("SUMMARY: ")) {
      has_summary_ = is_own_summary(line);
      return has_summary_;
    }
    return begins_with_any(line, k_noise) || is_shadow_line(line) || is_register_line(line);
  }

  // "WRITE of size 4 at 0x602000000038 thread T0"; "The signal is caused by a READ memory access."
  bool read_access(std::string_view line) {
    if (line.starts_with("The signal is caused by a READ"))
      report_.access = Access::read;
    if (line.starts_with("The signal is caused by a WRITE"))
      report_.access = Access::write;
    Access access = Access::none;
    if (take(line, "READ of size ")) {
      access = Access::read;
    } else if (take(line, "WRITE of size ")) {
      access = Access::write;
    } else if (!take(line, "ACCESS of size ")) {
      return false;
    }
    report_.access = access;
    report_.access_size = parsers::take_number(line).value_or(0);
    const std::size_t thread = line.rfind(" thread ");
    heading_ = {.role = StackRole::access,
                .thread = thread == std::string_view::npos ? std::string()
                                                           : thread_name(line.substr(thread + 8))};
    return true;
  }

  bool is_own_summary(std::string_view line) const {
    take(line, "SUMMARY: ");
    return line.starts_with(name_of(runtime_)) ||
           (runtime_ == Runtime::lsan && line.starts_with(name_of(Runtime::asan)));
  }

  void read_stack() {
    facts::Stack stack{.role = heading_.role, .access = Access::none, .thread = heading_.thread};
    if (stack.role == StackRole::access)
      stack.access = report_.access;
    while (!at_.at_end()) {
      std::optional<facts::Frame> frame = parsers::parse_frame(at_.line());
      if (!frame)
        break;
      stack.frames.push_back(std::move(*frame));
      advance();
    }
    report_.stacks.push_back(std::move(stack));
  }

  void explain(std::string_view line) {
    if (!report_.explanation.empty())
      report_.explanation += '\n';
    report_.explanation += base::trim(line);
  }

  void advance() {
    is_cut_ = !at_.is_terminated();
    at_.advance();
  }

  void finish() {
    report_.bytes.end = at_.offset();
    const bool has_no_summary = report_.rule == "check-failed" || report_.rule == "nested-bug";
    report_.incomplete = is_cut_ || !(has_summary_ || is_complete_ || has_no_summary);
    refine_negative_size();
    const bool has_other_thread = std::any_of(
        report_.stacks.begin(), report_.stacks.end(),
        [](const facts::Stack& stack) { return stack.thread != "T0" && !stack.thread.empty(); });
    if (has_other_thread)
      return;
    for (facts::Stack& stack : report_.stacks)
      stack.thread.clear();
  }

  // A negative size says nothing about the memory that is overrun; the lines behind it do.
  void refine_negative_size() {
    if (report_.rule != "negative-size-param")
      return;
    if (report_.explanation.find("located in stack of thread") != std::string::npos) {
      report_.kind = facts::FindingKind::stack_buffer_overflow;
    } else if (report_.explanation.find("global variable") != std::string::npos) {
      report_.kind = facts::FindingKind::global_buffer_overflow;
    }
  }

  LineCursor& at_;
  LineCursor last_{std::string_view()};
  std::string_view origin_;
  std::vector<facts::Problem>& problems_;
  facts::Report report_;
  Runtime runtime_ = Runtime::none;
  Heading heading_;
  bool has_summary_ = false;
  bool is_complete_ = false;
  bool is_cut_ = false;
};

}  // namespace

facts::Report read_error_report(LineCursor& at, std::string_view origin,
                                std::vector<facts::Problem>& problems) {
  return ErrorReportReader(at, origin, problems).read();
}

}  // namespace extproof::sanitizers
