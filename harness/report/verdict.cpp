// SPDX-License-Identifier: Apache-2.0
#include "harness/report/verdict.hpp"

#include <fmt/format.h>

#include <cmath>

#include "harness/base/text.hpp"
#include "harness/report/standing.hpp"
#include "harness/report/text_layout.hpp"

namespace extproof::report {

std::string verdict_heading(const facts::RunReport& run) {
  const std::size_t found = findings_that(run, Standing::counts).size();
  switch (run.exit_code) {
    case facts::ExitCode::interrupted:
      return "interrupted" + (found == 0 ? "" : ", " + counted(found, "finding") + " until then");
    case facts::ExitCode::findings:
      return found == 0 ? "failing tests" : counted(found, "finding");
    case facts::ExitCode::nothing_found:
      return run.findings.empty() ? "nothing found" : "nothing new found";
    case facts::ExitCode::cannot_judge:
      return "could not judge";
    case facts::ExitCode::tool_missing:
      return "could not judge: a tool is missing";
    case facts::ExitCode::usage:
    case facts::ExitCode::defect:
      break;
  }
  return "ended badly";
}

std::string run_line(const facts::RunReport& run) {
  using base::escape_line;
  std::string text = fmt::format("run {}", run.number);
  text += run.project_name.empty() ? "" : " of " + escape_line(run.project_name);
  text += run.commit.empty() ? "" : " at " + escape_line(run.commit);
  text += run.started.empty() ? "" : ", " + escape_line(run.started);
  const bool has_time = run.seconds > 0 && std::isfinite(run.seconds);
  return text + (has_time ? fmt::format(", {:.1f} s", run.seconds) : "");
}

}  // namespace extproof::report
