// SPDX-License-Identifier: Apache-2.0
//
// Which tests reach a place that its runtime tells once per process. Level: engines. Pure.
//
// The suite's own processes name the first test of each such place. The tests behind it run once
// more, in forks of a process that has collected and run none: harness/python/extproof/
// forked_tests.py says how, and why each of them is then seen as if it ran alone. This step only
// adds tests to findings, and findings that show in no other order; outcomes of tests are those of
// the suite's own processes.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/engines/test_parts.hpp"
#include "harness/facts/configuration.hpp"

namespace extproof::engines {

// The last part of the step's id.
inline constexpr std::string_view k_forked_tests = "forked-tests";

struct ForkedTests {
  std::vector<std::string> tests;  // in the order in which they run
  std::vector<std::string> hung;   // left out: they ended a process by their silence
  double budget = 0;               // seconds for all of them
};

// The tests that ran behind a report in their process; those before the first one reach no place
// that can be told. None when no test made a report, or when there is none behind it.
std::optional<ForkedTests> forked_tests_of(const std::vector<TestPart>& parts);

// The text of the file that tells it to the process. `timeout`: seconds without a finished test.
std::string render_forked_tests(const ForkedTests& forked, double timeout);

// The process that ran them, once it has ended.
std::optional<TestPart> forked_part(const facts::Configuration& configuration,
                                    const Results& results);

// What is still not known of the places that were told, as sentences for people.
std::vector<std::string> blind_spots_of(const std::vector<TestPart>& parts,
                                        const std::optional<TestPart>& forked);

}  // namespace extproof::engines
