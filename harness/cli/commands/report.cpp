// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/commands/commands.hpp"
#include "harness/cli/commands/stored_run.hpp"

namespace extproof::cli {

facts::ExitCode report_command(const Request& request, const Console& console) {
  const auto outputs = places_of_reports(request);
  if (!outputs) {
    return console.refuse(outputs.error());
  }
  const auto run = load_stored_run(request);
  if (!run) {
    return console.refuse(run.error());
  }
  return give_report(run.value(), outputs.value(), console);
}

}  // namespace extproof::cli
