// SPDX-License-Identifier: Apache-2.0
#include "harness/report/render.hpp"

#include "harness/report/console.hpp"
#include "harness/report/github.hpp"
#include "harness/report/html.hpp"
#include "harness/report/json.hpp"
#include "harness/report/junit.hpp"
#include "harness/report/sarif.hpp"

namespace extproof::report {

std::string render(facts::ReportFormat format, const facts::RunReport& run,
                   const RenderSettings& settings) {
  switch (format) {
    case facts::ReportFormat::console:
      return render_console(run, settings.console);
    case facts::ReportFormat::json:
      return render_json(run);
    case facts::ReportFormat::junit:
      return render_junit(run);
    case facts::ReportFormat::sarif:
      return render_sarif(run);
    case facts::ReportFormat::github:
      return render_annotations(run, settings.folder_in_repository);
    case facts::ReportFormat::html:
      return render_html(run);
  }
  return "";
}

}  // namespace extproof::report
