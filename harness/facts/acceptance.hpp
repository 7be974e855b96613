// SPDX-License-Identifier: Apache-2.0
//
// Why the project lives with a finding, and until when. Level: facts.

#pragma once

#include <string>

namespace extproof::facts {

struct Acceptance {
  std::string reason;  // never empty in an entry; empty in a finding that is not accepted
  std::string issue;   // where it is dealt with; may be empty
  std::string until;   // the last day on which it holds, "2027-01-31"; empty: no end

  friend bool operator==(const Acceptance&, const Acceptance&) = default;
};

}  // namespace extproof::facts
