// SPDX-License-Identifier: Apache-2.0
//
// A defect as a run tells it: all its sightings under one fingerprint, and the state of each lane.
// Level: facts. This is what the store keeps and every report is made from.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/span.hpp"
#include "harness/facts/acceptance.hpp"
#include "harness/facts/exit_code.hpp"
#include "harness/facts/finding_kind.hpp"
#include "harness/facts/refusal.hpp"
#include "harness/facts/stack.hpp"
#include "harness/facts/test_events.hpp"

namespace extproof::facts {

// Whose code is at fault.
enum class Owner { extension, binding_library, interpreter, third_party };
const char* to_string(Owner owner);  // "extension", "binding-library", ...
std::optional<Owner> owner_named(std::string_view name);

struct Location {
  std::string file;  // relative to the project, forward slashes; as reported when outside of it
  int line = 0;
  std::string function;

  friend bool operator==(const Location&, const Location&) = default;
};

// One report in one test of one lane.
struct Sighting {
  std::string lane;  // name of the configuration
  std::string test;  // or the module whose import it was; empty outside of both
  Phase phase = Phase::call;
  std::string log;  // relative to the project; empty when there is no log
  base::ByteRange bytes;
};

enum class FindingState { new_, accepted, stale };
const char* to_string(FindingState state);  // "new", "accepted", "stale"

struct Finding {
  std::string id;           // "F1", in the order of the run
  std::string fingerprint;  // 32 hexadecimal digits; survives edits elsewhere in the file
  FindingKind kind = FindingKind::unknown;
  std::string rule;
  std::string group;  // "D1": the defect that findings of one family at one place share
  std::string severity = "error";  // or "warning"
  Owner owner = Owner::extension;
  FindingState state = FindingState::new_;
  std::string title;                // "write of 1 byte past a 40-byte block"
  std::string explanation;          // further lines of the runtime about the address; may be empty
  Location location;                // file empty when nothing is known
  std::vector<Sighting> sightings;  // the first is shown; none when the finding is stale
  std::vector<Stack> stacks;        // of the first sighting
  std::vector<std::string> again;   // argv that shows it again
  std::string after;  // id of a finding of the same process that this one may follow from; or empty
  std::string hint;   // what else may explain it, and what to do then; or empty
  Acceptance acceptance;  // when it is accepted or stale
};

// What a lane came to.
enum class LaneOutcome { passed, failed, refused, skipped, timed_out, crashed };
const char* to_string(LaneOutcome outcome);  // "passed", ..., "timed-out", "crashed"

struct PreflightCheck {
  std::string check;
  bool ok = false;
  std::string detail;
};

struct TestCounts {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  int errors = 0;
  int not_run = 0;
};

// With this begins the reason of a lane that was skipped because its run was interrupted or killed.
inline constexpr std::string_view k_interrupted = "interrupted: ";

struct LaneReport {
  std::string name;  // of the configuration: "asan", or "asan/gcc" when several are asked for
  LaneOutcome outcome = LaneOutcome::skipped;
  std::string reason;       // why it is not passed; one line
  bool requested = true;    // named on the command line or in `lanes`; the baseline is not
  std::string compiler;     // "clang-19 19.1.7"
  std::string interpreter;  // "3.13.0 <path>"
  std::vector<std::string> flags;
  std::vector<PreflightCheck> preflight;
  TestCounts counts;
  std::vector<TestRecord> tests;
  std::vector<CollectionProblem> collection_problems;
  std::vector<std::string> blind_spots;  // what this lane could not see in this run; sentences
  std::vector<std::string> modules;      // native modules judged
  double build_seconds = 0;
  double test_seconds = 0;
  std::string log;                // relative path of the suite's output
  std::vector<Refusal> refusals;  // in full; also warnings
};

// The whole of a run, as reports need it.
struct RunReport {
  int number = 0;
  std::string started;  // UTC, "2026-11-21T09:30:00Z"
  std::string project_name;
  std::string project_root;
  std::string commit;
  std::vector<std::string> modules;
  std::vector<LaneReport> lanes;
  std::vector<Finding> findings;
  std::string outcome;  // "passed", "findings", "cannot-judge", "interrupted", "unfinished"
  ExitCode exit_code = ExitCode::nothing_found;
  double seconds = 0;
};

}  // namespace extproof::facts
