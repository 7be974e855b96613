// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/commands/stored_run.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/cli/inputs.hpp"
#include "harness/cli/session.hpp"
#include "harness/platform/files.hpp"
#include "harness/platform/output_file.hpp"
#include "harness/report/github.hpp"
#include "harness/report/render.hpp"
#include "harness/store/configuration_json.hpp"

namespace extproof::cli {
namespace {

// Nobody knows the width of the terminal that will show it.
constexpr report::ConsoleStyle k_in_a_file = {.color = false, .columns = 100, .verbose = true};

facts::Refusal unwritten(const std::string& file, const std::string& error) {
  return {.code = "XP2008",
          .headline = "the report \"" + file + "\" could not be written",
          .notes = {{"said", error},
                    {"so", "the run is stored; only this report is missing"},
                    {"try", "extproof report with another place"}}};
}

// The summary of a GitHub step, where there is one to write to. It may hold what other commands of
// the step wrote.
void add_step_summary(const facts::RunReport& report, const platform::Environment& environment,
                      facts::Refusals& refusals) {
  const auto named = environment.find("GITHUB_STEP_SUMMARY");
  if (named == environment.end() || named->second.empty()) {
    return;
  }
  const std::size_t used = platform::size_of(named->second);
  const std::size_t room = report::k_summary_bytes - std::min(used, report::k_summary_bytes);
  const std::string error =
      platform::append_output(named->second, report::render_step_summary(report, room));
  if (!error.empty()) {
    refusals.push_back(unwritten(named->second, error));
  }
}

}  // namespace

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

std::optional<facts::Configuration> load_stored_configuration(const Request& request, int run,
                                                              const std::string& name) {
  const store::Layout layout{project_root_of(request)};
  const auto store = store::Store::open(layout.store(), store::Store::Mode::read_only);
  if (!store) {
    return std::nullopt;
  }
  const auto configurations = store.value().load_configurations(run);
  if (!configurations) {
    return std::nullopt;
  }
  for (const store::NamedConfiguration& one : configurations.value()) {
    if (one.name == name) {
      return store::parse_configuration(one.json);
    }
  }
  return std::nullopt;
}

facts::Judged<std::vector<Output>> places_of_reports(const Request& request) {
  return outputs_of(request, platform::is_folder(request.output));
}

facts::ExitCode give_report(const facts::RunReport& report, const std::vector<Output>& outputs,
                            const Console& console) {
  const std::string folder = folder_in_repository(report.project_root, console.environment());
  const report::RenderSettings in_a_file = {k_in_a_file, folder};
  const report::RenderSettings on_the_screen = {console.style(), folder};
  facts::Refusals refusals;
  for (const Output& output : outputs) {
    if (output.format == facts::ReportFormat::github) {
      add_step_summary(report, console.environment(), refusals);
    }
    if (!output.file.empty()) {
      const std::string error =
          platform::write_output(output.file, report::render(output.format, report, in_a_file));
      if (error.empty()) {
        console.message("wrote " + base::escape_line(output.file) + "\n");
      } else {
        refusals.push_back(unwritten(output.file, error));
      }
    } else if (output.format != facts::ReportFormat::console || !console.quiet() ||
               report.exit_code != facts::ExitCode::nothing_found) {
      console.data(report::render(output.format, report, on_the_screen));
    }
  }
  return facts::strongest({report.exit_code, console.refuse(refusals)});
}

}  // namespace extproof::cli
