// SPDX-License-Identifier: Apache-2.0
//
// Goes through a log and reads the reports of the runtimes that are asked for. Level: parsers. The
// parsers for one runtime and the one for all are this function with another set.

#pragma once

#include <string_view>

#include "sanitizers/parsers/parsed_log.hpp"

namespace extproof::sanitizers {

struct Runtimes {
  bool asan = false;
  bool lsan = false;
  bool ubsan = false;
};

ParsedLog read_reports(std::string_view log, std::string_view origin, Runtimes wanted);

}  // namespace extproof::sanitizers
