// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/test_events.hpp"

namespace extproof::facts {

const char* to_string(Phase phase) {
  switch (phase) {
    case Phase::configure:
      return "configure";
    case Phase::import:
      return "import";
    case Phase::collection:
      return "collection";
    case Phase::setup:
      return "setup";
    case Phase::call:
      return "call";
    case Phase::teardown:
      return "teardown";
    case Phase::finish:
      return "finish";
  }
  return "";
}

bool is_of_a_test(Phase phase) {
  return phase == Phase::setup || phase == Phase::call || phase == Phase::teardown;
}

const char* to_string(TestOutcome outcome) {
  switch (outcome) {
    case TestOutcome::passed:
      return "passed";
    case TestOutcome::failed:
      return "failed";
    case TestOutcome::skipped:
      return "skipped";
    case TestOutcome::error:
      return "error";
    case TestOutcome::not_run:
      return "not_run";
  }
  return "";
}

}  // namespace extproof::facts
