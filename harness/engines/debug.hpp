// SPDX-License-Identifier: Apache-2.0
//
// How a finding of a stored run is shown again in a debugger: what to stop at, and the process in
// which to do so. Level: engines. Pure; harness/python/extproof/gdb_session.py does the rest.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/engines/run.hpp"
#include "harness/facts/finding.hpp"

namespace extproof::engines {

// Where the debugger stops.
enum class DebugStop {
  report,      // in the runtime's report, below the frame at fault
  signal,      // at the instruction that raised it
  allocation,  // of a leak: each time at the line that allocates what is lost
  interrupt,   // of a hang: when somebody stops it
};
const char* to_string(DebugStop stop);  // "report", "signal", ...

// How a session without a terminal ends; gdb_session.py has the same numbers.
inline constexpr int k_debug_not_seen = 20;    // the tests came to their end
inline constexpr int k_debug_other_stop = 21;  // something else stopped the process
inline constexpr int k_debug_not_started = 22;

struct DebugPlan {
  std::string finding;        // "F1"
  std::string about;          // one line: what it is and where, and what to expect
  std::string configuration;  // of the sighting that is shown: "asan"
  std::string lane;
  std::string test;                    // empty: it was seen outside of tests, so all of them run
  std::vector<std::string> arguments;  // for pytest, with the test
  std::string log;                     // of that sighting, relative to the project; or empty
  DebugStop stop = DebugStop::report;
  facts::Location place;  // what the compiler read there; file empty when it is not known
  std::vector<std::string> other_tests;  // in which it was seen too
};

// Errors: XP1004 for a finding that nothing stops at, with what shows it instead.
facts::Judged<DebugPlan> plan_debug(const facts::Finding& finding);

// The words for pytest: the user's own, and those of the command that shows the finding again where
// the user names no tests.
std::vector<std::string> debug_arguments(const DebugPlan& plan,
                                         const std::vector<std::string>& of_user);

// The configuration of the finding among those that would run now; none when this machine has it no
// more.
const PlannedLane* planned_for(const DebugPlan& plan, const RunPlan& run);

// What is due before the tests of that lane, and the step of the tests once it is.
std::vector<facts::Step> steps_before_tests(const PlannedLane& planned, const Results& results);
std::optional<facts::Step> step_of_tests(const PlannedLane& planned, const Results& results);

struct DebugSurroundings {
  std::string gdb;
  facts::Parts parts;
  std::map<std::string, std::string> environment;  // of the tests, all of it
  std::string run_began;                           // UTC: files that are younger were edited since
  bool batch = false;                              // without a terminal: shows the stacks and ends
  bool follow_children = false;                    // the report came from a child process
};

// The step that runs `tests` in the debugger. Nothing of the finding is in its argv: it is in the
// files that the step brings along.
facts::Step debug_step(const DebugPlan& plan, const PlannedLane& planned, facts::Step tests,
                       const DebugSurroundings& surroundings);

}  // namespace extproof::engines
