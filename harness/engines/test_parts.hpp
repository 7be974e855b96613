// SPDX-License-Identifier: Apache-2.0
//
// A suite in as many processes as it needs: one that ends before its time is followed by another
// that runs what is left, so that a crash hides no other bug. Level: engines. Pure.
//
// The first process is the step "tests", the next ones are "tests-2", "tests-3", ...

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/engines/lane.hpp"
#include "harness/facts/test_events.hpp"

namespace extproof::engines {

// One process of a suite, with what it wrote down.
struct TestPart {
  const facts::StepResult* result = nullptr;
  facts::TestEvents events;
};

// The last part of the id of the suite's n-th process, from 1: "tests", "tests-2", ...
std::string test_part_name(std::size_t number);

// The processes that have ended so far, in order; empty before the first one has.
std::vector<TestPart> test_parts(const facts::Configuration& configuration, const Results& results);

// What ran when a process ended before its time.
struct RunningAtEnd {
  std::string id;  // the test, or the module that was imported; empty outside of both
  facts::Phase phase = facts::Phase::configure;
};
// None for a process that came to its own end, that was cut off with the run, or that never began.
std::optional<RunningAtEnd> running_at_end(const TestPart& part);

// What the next process is told, as harness/python/extproof/continuation.py reads it.
struct Continuation {
  std::vector<std::string> judged;    // tests that came to an end, or that ended a process
  std::vector<std::string> left_out;  // modules whose import ended a process
};
// None when no further process is due: the last one came to its own end, everything is judged, or
// the last one judged nothing, so that another would end in the same way.
std::optional<Continuation> continuation_of(const std::vector<TestPart>& parts);

// The text of the file that tells it.
std::string render_continuation(const Continuation& continuation);

// The message of a test that ended its process, as far as the process alone tells.
std::string message_of_end(const TestPart& part, const RunningAtEnd& running);

// Each test of the suite once, in the order of collection, with its outcome in the process that
// judged it. A test that ended its process is `failed`; its message says how the process ended.
std::vector<facts::TestRecord> joined_tests(const std::vector<TestPart>& parts);

}  // namespace extproof::engines
