// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/session.hpp"

#include <set>

#include "harness/cli/lanes.hpp"
#include "harness/platform/files.hpp"
#include "harness/platform/surroundings.hpp"
#include "harness/store/configuration_json.hpp"

namespace extproof::cli {
namespace {

facts::Refusal unwritable(const std::string& path, const std::string& reason) {
  return {.code = "XP2004",
          .headline = "\"" + path + "\" cannot be written",
          .notes = {{"said", reason},
                    {"so", "nothing was run"},
                    {"try", "a project folder that can be written, with room on its disk"}}};
}

// What a step left, read again from its files.
void load_texts(const facts::Step& step, facts::StepResult& result) {
  result.output_path = step.output_path;
  result.errors_path = step.errors_path;
  result.output = platform::read_text(step.output_path).value_or(facts::make_text(""));
  result.errors = platform::read_text(step.errors_path).value_or(facts::make_text(""));
  result.left.clear();
  for (const facts::Leaving& leaving : step.leaves) {
    std::vector<std::string> paths = {leaving.path};
    if (leaving.prefix) {
      paths.clear();
      for (const std::string& name : platform::names_in(leaving.path)) {
        if (name.starts_with(*leaving.prefix)) {
          paths.push_back(leaving.path + "/" + name);
        }
      }
    }
    for (const std::string& path : paths) {
      if (auto text = platform::read_text(path)) {
        result.left.push_back({leaving.name, path, std::move(*text)});
      }
    }
  }
}

}  // namespace

facts::Judged<std::unique_ptr<platform::RunLock>> take_project_lock(const store::Layout& layout) {
  if (const std::string error = platform::make_folder(layout.root()); !error.empty()) {
    return facts::refuse(unwritable(layout.root(), error));
  }
  if (!platform::exists(layout.gitignore())) {
    if (const std::string error = platform::write_file(layout.gitignore(), store::k_gitignore);
        !error.empty()) {
      return facts::refuse(unwritable(layout.gitignore(), error));
    }
  }
  std::string holder;
  std::string error;
  auto lock = platform::RunLock::take(layout.lock(), holder, error);
  if (!lock && holder.empty()) {
    return facts::refuse(unwritable(layout.lock(), error));
  }
  if (!lock) {
    return facts::refuse(
        {.code = "XP2003",
         .headline = "another extproof is at work in this project",
         .notes = {
             {"process", holder}, {"so", "nothing was run"}, {"try", "again when it has ended"}}});
  }
  return lock;
}

Session::Session(store::Layout layout, std::unique_ptr<platform::RunLock> lock, store::Store store)
    : layout_(std::move(layout)), lock_(std::move(lock)), store_(std::move(store)) {}

facts::Judged<std::unique_ptr<Session>> Session::begin(const facts::Project& project,
                                                       const std::vector<std::string>& argv,
                                                       facts::Refusals& warnings) {
  const store::Layout layout{project.root};
  auto lock = take_project_lock(layout);
  if (!lock) {
    return base::Failure<facts::Refusals>{std::move(lock).error()};
  }
  auto opened = store::Store::open(layout.store(), store::Store::Mode::read_write);
  if (!opened) {
    return base::Failure<facts::Refusals>{std::move(opened).error()};
  }
  std::unique_ptr<Session> session(
      new Session(layout, std::move(lock).value(), std::move(opened).value()));

  // The lock is ours, so a run without an end has none any more.
  if (const auto runs = session->store_.runs()) {
    for (const store::RunSummary& run : runs.value()) {
      if (!run.outcome.empty()) {
        continue;
      }
      auto cut_off = load_or_interpret(session->store_, layout, run.number);
      if (!cut_off) {
        continue;
      }
      const facts::RunReport& found = cut_off.value();
      int tests = 0;
      for (const facts::LaneReport& lane : found.lanes) {
        tests += lane.counts.passed + lane.counts.failed + lane.counts.errors + lane.counts.skipped;
      }
      const std::string number = std::to_string(run.number);
      warnings.push_back(
          {.code = "XP2002",
           .headline = "run " + number + " was killed",
           .notes = {{"kept", std::to_string(found.findings.size()) + " findings, results of " +
                                  std::to_string(tests) + " tests"},
                     {"try", "extproof report --run " + number}},
           .severity = facts::Severity::warning});
      if (session->store_.save_report(run.number, found).ok()) {
        static_cast<void>(
            session->store_.finish_run(run.number, "killed", found.exit_code, run.seconds));
      }
    }
  }

  session->began_ = platform::monotonic_seconds();
  session->report_.started = platform::utc_now();
  session->report_.project_name = project.name;
  session->report_.project_root = project.root;
  session->report_.commit = project.commit;
  auto number = session->store_.begin_run({.started_utc = session->report_.started,
                                           .project_name = project.name,
                                           .project_root = project.root,
                                           .commit = project.commit,
                                           .argv = argv,
                                           .pid = platform::own_process_id(),
                                           .process_identity = platform::own_process_identity()});
  if (!number) {
    return base::Failure<facts::Refusals>{std::move(number).error()};
  }
  session->report_.number = number.value();
  return session;
}

facts::RunReport Session::report() const {
  facts::RunReport report = report_;
  report.seconds = platform::monotonic_seconds() - began_;
  return report;
}

facts::Judged<store::Saved> Session::save_plan(const engines::RunPlan& plan) {
  std::vector<store::NamedConfiguration> configurations;
  for (const engines::PlannedLane& lane : plan.lanes) {
    const facts::Configuration& configuration = lane.input.configuration;
    configurations.push_back({configuration.name, store::render_configuration(configuration)});
  }
  return store_.save_configurations(number(), configurations);
}

facts::Judged<store::Saved> Session::save_report(const facts::RunReport& report) {
  auto saved = store_.save_report(number(), report);
  return saved ? store_.finish_run(number(), report.outcome, report.exit_code, report.seconds)
               : saved;
}

facts::Judged<facts::RunReport> Session::stored_report() {
  return load_or_interpret(store_, layout_, number());
}

void Session::note(const facts::Judged<store::Saved>& saved) {
  if (saved.ok() || !problem_.empty()) {
    return;
  }
  problem_ = saved.error();
  if (stop_ != nullptr) {
    stop_->store(engines::StopRequest::finish_soon);
  }
}

void Session::planned(const std::vector<facts::Step>& steps) {
  note(store_.save_steps(number(), steps));
}

void Session::started(const facts::Step& step) {
  note(store_.save_started(number(), step.id, platform::utc_now()));
}

void Session::ended(const facts::Step& /*step*/, const facts::StepResult& result) {
  note(store_.save_result(number(), result));
}

facts::Judged<facts::RunReport> load_or_interpret(store::Store& store, const store::Layout& layout,
                                                  int run) {
  auto saved = store.load_report(run);
  if (!saved) {
    return base::Failure<facts::Refusals>{std::move(saved).error()};
  }
  if (saved.value()) {
    return std::move(*saved.value());
  }
  auto start = store.load_run_start(run);
  auto stored = store.load_configurations(run);
  auto steps = store.load_steps(run);
  auto ended = store.load_results(run);
  auto began = store.load_started(run);
  if (!start || !stored || !steps || !ended || !began) {
    return facts::refuse({.code = "XP2004",
                          .headline = "run " + std::to_string(run) + " cannot be read",
                          .place = layout.store()});
  }
  std::vector<facts::Configuration> configurations;
  for (const store::NamedConfiguration& one : stored.value()) {
    if (auto configuration = store::parse_configuration(one.json)) {
      configurations.push_back(std::move(*configuration));
    }
  }
  std::map<std::string, facts::StepResult> by_id;
  for (const store::StartedStep& one : began.value()) {
    by_id[one.step_id] = {.step_id = one.step_id, .end = facts::Lost{}};
  }
  for (facts::StepResult& result : ended.value()) {
    by_id[result.step_id] = std::move(result);
  }
  engines::Results results;
  for (const facts::Step& step : steps.value()) {
    const auto found = by_id.find(step.id);
    if (found != by_id.end()) {
      load_texts(step, found->second);
      results.add(std::move(found->second));
    }
  }
  facts::RunReport report = {.number = run,
                             .started = start.value().started_utc,
                             .project_name = start.value().project_name,
                             .project_root = layout.project_root,
                             .commit = start.value().commit};
  return engines::interpret_stored_run(std::move(report), configurations, all_lanes(), results);
}

}  // namespace extproof::cli
