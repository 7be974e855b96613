// SPDX-License-Identifier: Apache-2.0
//
// Reads a log into which several runtimes wrote: AddressSanitizer, LeakSanitizer and
// UndefinedBehaviorSanitizer, in any order. Level: parsers.

#pragma once

#include <string_view>

#include "sanitizers/parsers/parsed_log.hpp"

namespace extproof::sanitizers {

// As parse_asan_log, parse_lsan_log and parse_ubsan_log, all at once. `origin` names the log in
// messages.
ParsedLog parse_log(std::string_view log, std::string_view origin);

}  // namespace extproof::sanitizers
