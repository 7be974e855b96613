// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/report_reader.hpp"

#include <utility>

#include "harness/parsers/line_cursor.hpp"
#include "sanitizers/parsers/asan_report.hpp"
#include "sanitizers/parsers/lsan_report.hpp"
#include "sanitizers/parsers/report_start.hpp"
#include "sanitizers/parsers/ubsan_report.hpp"

namespace extproof::sanitizers {
namespace {

bool is_wanted(Runtime runtime, Runtimes wanted) {
  switch (runtime) {
    case Runtime::none:
      return false;
    case Runtime::asan:
      return wanted.asan;
    case Runtime::lsan:
      return wanted.lsan;
    case Runtime::ubsan:
      return wanted.ubsan;
  }
  return false;
}

facts::Report read_report(Runtime runtime, parsers::LineCursor& at, std::string_view origin,
                          std::vector<facts::Problem>& problems) {
  if (runtime == Runtime::lsan)
    return read_lsan_report(at, origin, problems);
  if (runtime == Runtime::ubsan)
    return read_ubsan_report(at, origin, problems);
  return read_asan_report(at, origin, problems);
}

}  // namespace

ParsedLog read_reports(std::string_view log, std::string_view origin, Runtimes wanted) {
  ParsedLog parsed;
  parsers::LineCursor at(log);
  std::size_t claimed = 0;
  const auto leave_unclaimed = [&](std::size_t end) {
    if (claimed < end)
      parsed.unclaimed.push_back({claimed, end});
  };
  ReportStarts starts(log);
  while (!at.at_end()) {
    if (!starts.may_begin_at(at)) {
      at.advance();
      continue;
    }
    const Runtime runtime = runtime_of_report_at(at);
    if (is_wanted(runtime, wanted)) {
      leave_unclaimed(at.offset());
      parsed.reports.push_back(read_report(runtime, at, origin, parsed.problems));
      claimed = at.offset();
      continue;
    }
    if (wanted.lsan)
      note_lsan_failure(at, origin, parsed.problems);
    at.advance();
  }
  leave_unclaimed(log.size());
  return parsed;
}

}  // namespace extproof::sanitizers
