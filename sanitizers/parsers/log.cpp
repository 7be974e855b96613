// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/log.hpp"

#include "sanitizers/parsers/report_reader.hpp"

namespace extproof::sanitizers {

ParsedLog parse_log(std::string_view log, std::string_view origin) {
  return read_reports(log, origin, {.asan = true, .lsan = true, .ubsan = true});
}

}  // namespace extproof::sanitizers
