// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/asan_report.hpp"

#include "sanitizers/parsers/error_report.hpp"
#include "sanitizers/parsers/report_reader.hpp"

namespace extproof::sanitizers {

ParsedLog parse_asan_log(std::string_view log, std::string_view origin) {
  return read_reports(log, origin, {.asan = true});
}

facts::Report read_asan_report(parsers::LineCursor& at, std::string_view origin,
                               std::vector<facts::Problem>& problems) {
  return read_error_report(at, origin, problems);
}

}  // namespace extproof::sanitizers
