// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/finding.hpp"

namespace extproof::facts {

const char* to_string(Owner owner) {
  switch (owner) {
    case Owner::extension:
      return "extension";
    case Owner::binding_library:
      return "binding-library";
    case Owner::interpreter:
      return "interpreter";
    case Owner::third_party:
      return "third-party";
  }
  return "";
}

std::optional<Owner> owner_named(std::string_view name) {
  for (const Owner owner :
       {Owner::extension, Owner::binding_library, Owner::interpreter, Owner::third_party}) {
    if (name == to_string(owner)) {
      return owner;
    }
  }
  return std::nullopt;
}

const char* to_string(FindingState state) {
  switch (state) {
    case FindingState::new_:
      return "new";
    case FindingState::accepted:
      return "accepted";
    case FindingState::stale:
      return "stale";
  }
  return "";
}

const char* to_string(LaneOutcome outcome) {
  switch (outcome) {
    case LaneOutcome::passed:
      return "passed";
    case LaneOutcome::failed:
      return "failed";
    case LaneOutcome::refused:
      return "refused";
    case LaneOutcome::skipped:
      return "skipped";
    case LaneOutcome::timed_out:
      return "timed-out";
    case LaneOutcome::crashed:
      return "crashed";
  }
  return "";
}

}  // namespace extproof::facts
