// SPDX-License-Identifier: Apache-2.0
//
// Which values a configuration key takes beyond its type. Level: parsers. Pure. The same rules hold
// for the file, the environment and the command line.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/facts/refusal.hpp"

namespace extproof::parsers {

// What is wrong with a value; `fact` is empty when nothing is.
struct ValueFault {
  std::string fact;      // completes a sentence that begins with the value: "leaves the project"
  std::string expected;  // "a path inside the project, such as tests/unit"

  explicit operator bool() const { return !fact.empty(); }
};

// Of one string, or of one element of the list, of the key with that name. A key without rules of
// its own takes every string without NUL.
ValueFault fault_of_text(std::string_view key, std::string_view value);

// The whole of `text` as a decimal number; none for anything else.
std::optional<double> to_seconds(std::string_view text);

// Of a number of seconds.
ValueFault fault_of_timeout(double seconds);

// Of the name of an environment variable.
ValueFault fault_of_variable_name(std::string_view name);

// XP1302 without a place.
facts::Refusal unknown_lane(const std::string& name, const std::vector<std::string>& known);

// `did you mean "asan"?` when one of `known` is close to `word`, else empty.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace extproof::parsers
