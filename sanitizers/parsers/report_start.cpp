// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/report_start.hpp"

#include <cstring>

#include "harness/parsers/scan.hpp"

namespace extproof::sanitizers {
namespace {

using parsers::take;
using parsers::take_number;

constexpr Runtime k_runtimes[] = {Runtime::asan, Runtime::lsan, Runtime::ubsan};
constexpr std::string_view k_runtime_error = ": runtime error: ";

Runtime take_runtime(std::string_view& line) {
  for (const Runtime runtime : k_runtimes) {
    if (take(line, name_of(runtime)))
      return runtime;
  }
  return Runtime::none;
}

// UBSan's own forms of a place: "file.c:12:5", "file.c:12", "mod.so+0x12", "<unknown>". This is
// what tells its line from a program that prints the words "runtime error".
bool is_place(std::string_view text) {
  if (text.empty())
    return false;
  if (text == "<unknown>" || text.starts_with("0x"))
    return true;
  const std::size_t mark = text.find_last_of(":+");
  if (mark == std::string_view::npos || mark == 0)
    return false;
  std::string_view number = text.substr(mark + 1);
  if (text[mark] == '+')
    parsers::drop_suffix(number, ")");
  const bool has_number = text[mark] == ':'
                              ? take_number(number).has_value()
                              : take(number, "0x") && take_number(number, 16).has_value();
  return has_number && number.empty();
}

}  // namespace

std::string_view name_of(Runtime runtime) {
  switch (runtime) {
    case Runtime::none:
      return "";
    case Runtime::asan:
      return "AddressSanitizer";
    case Runtime::lsan:
      return "LeakSanitizer";
    case Runtime::ubsan:
      return "UndefinedBehaviorSanitizer";
  }
  return "";
}

bool take_process_prefix(std::string_view& line) {
  std::string_view rest = line;
  if (!take(rest, "==") || !take_number(rest) || !take(rest, "=="))
    return false;
  line = rest;
  return true;
}

std::optional<ErrorLine> parse_error_line(std::string_view line) {
  const bool has_process = take_process_prefix(line);
  ErrorLine found;
  if (has_process && (take(line, "ERROR: ") || take(line, "FATAL: "))) {
    found.runtime = take_runtime(line);
    if (found.runtime == Runtime::none)
      return std::nullopt;
    // "AddressSanitizer failed to allocate ..." has no colon; nor has a line that was cut off.
    if (take(line, ":") || line.starts_with(' '))
      parsers::take_blanks(line);
    found.words = line;
    return found;
  }
  found.runtime = take_runtime(line);
  if (found.runtime == Runtime::none || !take(line, ": "))
    return std::nullopt;
  if (!line.starts_with("CHECK failed: ") && !line.starts_with("nested bug in the same thread")) {
    return std::nullopt;
  }
  found.words = line;
  return found;
}

Runtime parse_deadly_signal(std::string_view line) {
  const Runtime runtime = take_runtime(line);
  return line == ":DEADLYSIGNAL" ? runtime : Runtime::none;
}

bool is_leak_line(std::string_view line) {
  return (take(line, "Direct leak of ") || take(line, "Indirect leak of ")) && take_number(line) &&
         take(line, " byte(s) in ") && take_number(line) &&
         take(line, " object(s) allocated from:");
}

bool is_leak_check_failure(std::string_view line) {
  take_process_prefix(line);
  return line.starts_with("LeakSanitizer has encountered a fatal error");
}

std::optional<std::size_t> find_runtime_error(std::string_view line) {
  const std::size_t at = line.find(k_runtime_error);
  if (at == std::string_view::npos || !is_place(line.substr(0, at)))
    return std::nullopt;
  return at;
}

bool is_rule(std::string_view line) {
  return line.size() >= 16 && line.find_first_not_of('=') == std::string_view::npos;
}

Runtime runtime_of_report_at(parsers::LineCursor at) {
  if (at.line().empty()) {
    at.advance();
    if (!is_rule(at.line()))
      return Runtime::none;
  }
  const bool has_rule = is_rule(at.line());
  if (has_rule)
    at.advance();
  if (const auto error = parse_error_line(at.line()))
    return error->runtime;
  if (has_rule)
    return Runtime::none;
  if (const Runtime runtime = parse_deadly_signal(at.line()); runtime != Runtime::none) {
    return runtime;
  }
  if (is_leak_line(at.line()))
    return Runtime::lsan;
  return find_runtime_error(at.line()) ? Runtime::ubsan : Runtime::none;
}

bool ReportStarts::may_begin_at(const parsers::LineCursor& at) {
  if (!sought_ || next_words_ < at.offset()) {
    const std::string_view rest = log_.substr(at.offset());
    const void* const words =
        memmem(rest.data(), rest.size(), k_runtime_error.data(), k_runtime_error.size());
    next_words_ = words == nullptr
                      ? log_.size()
                      : static_cast<std::size_t>(static_cast<const char*>(words) - log_.data());
    sought_ = true;
  }
  if (next_words_ < at.next_offset())
    return true;
  // Empty lines and rules stand above reports; the others begin "==42==", "AddressSanitizer",
  // "LeakSanitizer", "UndefinedBehaviorSanitizer", "Direct leak", "Indirect leak".
  return at.line().empty() ||
         std::string_view("=ALUDI").find(at.line().front()) != std::string_view::npos;
}

}  // namespace extproof::sanitizers
