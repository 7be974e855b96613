// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/commands/stored_run.hpp"

#include "harness/cli/inputs.hpp"
#include "harness/cli/session.hpp"
#include "harness/platform/files.hpp"
#include "harness/report/console.hpp"
#include "harness/report/json.hpp"

namespace extproof::cli {

facts::Judged<facts::RunReport> load_stored_run(const Request& request) {
  const store::Layout layout{project_root_of(request)};
  if (!platform::exists(layout.store())) {
    return facts::refuse({.code = "XP1003",
                          .headline = "there is no run in this project",
                          .place = layout.store(),
                          .notes = {{"try", "extproof run"}}});
  }
  auto store = store::Store::open(layout.store(), store::Store::Mode::read_only);
  if (!store) {
    return base::Failure<facts::Refusals>{std::move(store).error()};
  }
  auto latest = store.value().latest_run();
  if (!latest) {
    return base::Failure<facts::Refusals>{std::move(latest).error()};
  }
  const std::optional<int> number = request.run ? request.run : latest.value();
  if (!number) {
    return facts::refuse({.code = "XP1003",
                          .headline = "there is no run in this project",
                          .place = layout.store(),
                          .notes = {{"try", "extproof run"}}});
  }
  return load_or_interpret(store.value(), layout, *number);
}

void print_report(const facts::RunReport& report, const Request& request, const Console& console) {
  std::vector<std::string> formats = request.formats;
  if (request.json) {
    formats = {"json"};
  } else if (formats.empty()) {
    formats = {"console"};
  }
  for (const std::string& format : formats) {
    if (format == "console" && console.quiet() &&
        report.exit_code == facts::ExitCode::nothing_found) {
      continue;
    }
    console.data(format == "json" ? report::render_json(report)
                                  : report::render_console(report, console.style()));
  }
}

}  // namespace extproof::cli
