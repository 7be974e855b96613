// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/exit_code.hpp"

#include <algorithm>

namespace extproof::facts {

ExitCode strongest(const std::vector<ExitCode>& codes) {
  for (const ExitCode code : {ExitCode::defect, ExitCode::interrupted, ExitCode::usage,
                              ExitCode::findings, ExitCode::tool_missing, ExitCode::cannot_judge}) {
    if (std::find(codes.begin(), codes.end(), code) != codes.end()) {
      return code;
    }
  }
  return ExitCode::nothing_found;
}

}  // namespace extproof::facts
