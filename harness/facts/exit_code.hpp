// SPDX-License-Identifier: Apache-2.0
//
// How the program ends. Level: facts. The numbers are a contract with CI systems: never reused.

#pragma once

#include <vector>

namespace extproof::facts {

enum class ExitCode {
  nothing_found = 0,
  findings = 1,
  usage = 2,
  cannot_judge = 3,
  tool_missing = 4,
  defect = 70,
  interrupted = 130,
};

// The one that is told when several apply: 70, 130, 2, 1, 4, 3, 0 in this order.
ExitCode strongest(const std::vector<ExitCode>& codes);

}  // namespace extproof::facts
