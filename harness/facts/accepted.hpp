// SPDX-License-Identifier: Apache-2.0
//
// A finding that the project knows and lives with, as extproof-accepted.toml names it. Level:
// facts.

#pragma once

#include <string>
#include <vector>

#include "harness/facts/finding.hpp"

namespace extproof::facts {

struct Accepted {
  std::string fingerprint;  // 32 hexadecimal digits; it alone decides
  // As they were at the time of acceptance, for people and for telling what is stale.
  FindingKind kind = FindingKind::unknown;
  std::string title;
  Location location;
  std::vector<std::string> lanes;  // that saw it; it is stale only when all of them looked again
  Acceptance acceptance;

  friend bool operator==(const Accepted&, const Accepted&) = default;
};

}  // namespace extproof::facts
