// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/doctor.hpp"

#include "harness/cli/commands/commands.hpp"
#include "harness/cli/lanes.hpp"
#include "harness/platform/observe_toolchain.hpp"

namespace extproof::cli {

facts::ExitCode doctor_command(const Request& request, const Console& console) {
  const facts::Toolchain toolchain = platform::observe_toolchain(console.environment());
  const Diagnosis diagnosis = diagnose(toolchain, all_lanes());
  console.data(request.json ? render_diagnosis_json(diagnosis, toolchain)
                            : render_diagnosis(diagnosis, toolchain));
  return console.refuse(missing_parts(toolchain));
}

}  // namespace extproof::cli
