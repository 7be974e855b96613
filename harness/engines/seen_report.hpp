// SPDX-License-Identifier: Apache-2.0
//
// Whose report it is: joins the reports of a step's logs with the phases of its tests and with the
// Python stacks that the probe asked for. Level: engines. Pure.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/facts/report.hpp"
#include "harness/facts/step.hpp"
#include "harness/facts/test_events.hpp"

namespace extproof::engines {

// A stretch of a suite: a test or the import of a module, and which part of it.
struct SuiteMoment {
  std::string test;  // the test or module; empty outside of both
  facts::Phase phase = facts::Phase::configure;
  friend bool operator==(const SuiteMoment&, const SuiteMoment&) = default;
};

struct SeenReport {
  facts::Report report;
  std::string log_path;  // absolute
  std::string log_name;  // "san.4711"
  std::string test;      // the test or module during which it was written; empty outside of both
  facts::Phase phase = facts::Phase::configure;
  std::optional<facts::Stack> python;  // at the moment of the report
  // Of a leak: when its blocks were allocated, each moment once, in order. Empty where that is not
  // known.
  std::vector<SuiteMoment> allocated;
};

// Every report in the logs that the step left (names "logs" and "stacks"), in the order of the
// logs. A report belongs to the phase during which its first byte was written.
// `problems` receives what could not be read.
std::vector<SeenReport> see_reports(const facts::StepResult& result,
                                    const facts::TestEvents& events,
                                    std::vector<facts::Problem>& problems);

// The Python stacks that the fault handler of a process wrote when it died (name "crash"), those of
// the thread that died first in front.
std::vector<facts::Stack> crash_stacks(const facts::StepResult& process);

}  // namespace extproof::engines
