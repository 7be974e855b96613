// SPDX-License-Identifier: Apache-2.0
#include "harness/report/explain.hpp"
#include "harness/cli/commands/commands.hpp"
#include "harness/cli/commands/stored_run.hpp"

namespace extproof::cli {

facts::ExitCode explain_command(const Request& request, const Console& console) {
  if (report::looks_like_code(request.subject)) {
    const auto message = report::message_asked_for(request.subject);
    if (!message) {
      return console.refuse(message.error());
    }
    console.data(report::render_message_page(*message.value(), console.style()));
    return facts::ExitCode::nothing_found;
  }
  const auto run = load_stored_run(request);
  if (!run) {
    return console.refuse(run.error());
  }
  const auto finding = report::finding_named(run.value(), request.subject);
  if (!finding) {
    return console.refuse(finding.error());
  }
  console.data(report::render_finding_page(run.value(), *finding.value(), console.style()));
  return facts::ExitCode::nothing_found;
}

}  // namespace extproof::cli
