// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/commands/commands.hpp"
#include "harness/cli/commands/stored_run.hpp"

namespace extproof::cli {

facts::ExitCode report_command(const Request& request, const Console& console) {
  const auto run = load_stored_run(request);
  if (!run) {
    return console.refuse(run.error());
  }
  print_report(run.value(), request, console);
  return run.value().exit_code;
}

}  // namespace extproof::cli
