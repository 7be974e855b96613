// SPDX-License-Identifier: Apache-2.0
#include "harness/report/render.hpp"

#include "harness/report/console.hpp"
#include "harness/report/json.hpp"
#include "harness/report/junit.hpp"

namespace extproof::report {

std::string render(facts::ReportFormat format, const facts::RunReport& run,
                   const ConsoleStyle& style) {
  switch (format) {
    case facts::ReportFormat::console:
      return render_console(run, style);
    case facts::ReportFormat::json:
      return render_json(run);
    case facts::ReportFormat::junit:
      return render_junit(run);
  }
  return "";
}

}  // namespace extproof::report
