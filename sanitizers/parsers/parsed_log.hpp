// SPDX-License-Identifier: Apache-2.0
//
// What the parsers of sanitizer logs return. Level: parsers.

#pragma once

#include <string_view>
#include <vector>

#include "harness/base/span.hpp"
#include "harness/facts/report.hpp"

namespace extproof::sanitizers {

struct ParsedLog {
  // In order of appearance. Each has the byte range it was read from.
  std::vector<facts::Report> reports;

  // The rest: what the program itself printed, and reports of runtimes that were not asked for.
  // Every byte of the log is in exactly one report or in here, so nothing is lost unnoticed.
  std::vector<base::ByteRange> unclaimed;

  // What could not be read, each with its place.
  std::vector<facts::Problem> problems;
};

// The law that is stated at `unclaimed`, for tests and fuzzers: false when a byte of a log of
// `size` bytes is in two ranges or in none, when a range is empty, or when reports are out of
// order.
bool claims_each_byte_once(const ParsedLog& parsed, std::size_t size);

}  // namespace extproof::sanitizers
