// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "harness/base/hash.hpp"
#include "harness/base/text.hpp"
#include "harness/engines/cmake_steps.hpp"
#include "harness/engines/forked_tests.hpp"
#include "harness/engines/hang_stacks.hpp"
#include "harness/engines/preflight.hpp"
#include "harness/engines/seen_report.hpp"
#include "harness/engines/suite.hpp"
#include "harness/engines/suite_steps.hpp"
#include "harness/engines/test_parts.hpp"
#include "harness/facts/schema_versions.hpp"
#include "harness/parsers/pytest_arguments.hpp"

namespace extproof::engines {
namespace {

using facts::Configuration;
using facts::Step;
using facts::StepPurpose;

// Folders in which a source package may lie; its copy there would shadow the installed one.
constexpr std::array<std::string_view, 4> k_source_folders = {"", "src/", "lib/", "python/"};

class Next {
 public:
  Next(const LaneInput& input, const Instrumentation& instrumentation, const Results& results)
      : input_(input),
        instrumentation_(instrumentation),
        results_(results),
        configuration_(input.configuration),
        paths_(paths_of(configuration_)) {}

  std::vector<Step> steps() {
    // CMake's own steps are in the first wave: nothing that runs decides what they are.
    if (!is_built_by_cmake(input_)) {
      if (good("build-requires") && good("wrapper")) {
        build();
      }
      if (good("build") && good("requirements")) {
        install();
      }
    }
    if (good("modules")) {
      package_ = parse_installed(*result("modules"), paths_.site_packages);
      modules_ = judged_modules(configuration_, package_);
      if (!modules_.empty()) {
        inspect();
        run_tree();
        preflight();
      }
    }
    if (good("preflight") && good("inspect") && good("run-tree") &&
        judge_preflight(configuration_, instrumentation_, results_).refusals.empty()) {
      tests();
    }
    return std::move(steps_);
  }

 private:
  std::string id(std::string_view last_part) const { return step_id(configuration_, last_part); }
  const facts::StepResult* result(std::string_view part) const { return results_.find(id(part)); }
  bool good(std::string_view part) const { return results_.good(id(part)); }
  Step bare(std::string_view part, StepPurpose purpose) const {
    return bare_step(configuration_, part, purpose);
  }

  // What the backend asked for beyond pyproject.toml; the last line of its output is ours.
  std::vector<std::string> dynamic_requirements() const {
    const auto lines = base::lines(result("build-requires")->output.view);
    std::vector<std::string> wanted;
    if (lines.empty()) {
      return wanted;
    }
    const auto value = nlohmann::json::parse(lines.back(), nullptr, false);
    if (value.is_object()) {
      for (const auto& one : value.value("requires", nlohmann::json::array())) {
        if (one.is_string()) {
          wanted.push_back(one.get<std::string>());
        }
      }
    }
    return wanted;
  }

  void build() {
    Step build = bare("build", StepPurpose::build);
    build.needs = {id("sync"), id("wrapper"), id("build-requires")};
    build.inputs = {tree_digest_of(paths_), paths_.folder.stamp("wrapper"),
                    paths_.folder.stamp("build-requires")};
    if (const auto wanted = dynamic_requirements(); !wanted.empty()) {
      Step tools = bare("build-tools", StepPurpose::install);
      tools.argv = {uv(), "pip", "install", "--python",
                    build_environment_of(input_) + "/bin/python"};
      tools.argv.insert(tools.argv.end(), wanted.begin(), wanted.end());
      tools.environment = uv_environment();
      tools.inputs = {paths_.folder.stamp("build-requires")};
      keep(tools, paths_);
      build.needs.push_back(tools.id);
      build.inputs.push_back(tools.stamp);
      steps_.push_back(std::move(tools));
    }
    build.argv = {uv(),
                  "build",
                  "--wheel",
                  "--no-build-isolation",
                  "--python",
                  build_environment_of(input_) + "/bin/python",
                  "--out-dir",
                  paths_.folder.dist(),
                  "--no-create-gitignore"};
    const auto settings = config_settings_arguments(input_, paths_);
    build.argv.insert(build.argv.end(), settings.begin(), settings.end());
    build.argv.push_back(paths_.folder.tree());
    build.cwd = paths_.folder.tree();
    build.environment = build_variables(input_, paths_);
    build.fresh_folders = {paths_.folder.dist()};
    build.facts = build_facts(input_);
    build.makes = {paths_.folder.dist()};
    build.leaves = {{"wheel", paths_.folder.dist(), ""}};
    keep(build, paths_);
    steps_.push_back(std::move(build));
  }

  void install() {
    const facts::Left* wheel = wheel_of(*result("build"));
    if (wheel == nullptr) {
      return;
    }
    const std::string path = wheel->path;
    const std::string file = path.substr(path.rfind('/') + 1);
    const std::string name = file.substr(0, file.find('-'));

    Step install = bare("install", StepPurpose::install);
    install.needs = {id("build"), id("requirements")};
    install.argv = {uv(), "pip", "install", "--python", paths_.plain_python, "--reinstall-package",
                    name, path};
    install.environment = uv_environment();
    install.inputs = {paths_.folder.stamp("build"), paths_.folder.stamp("requirements")};
    install.makes = {paths_.site_packages};
    keep(install, paths_);

    Step modules = bare("modules", StepPurpose::inspect);
    modules.needs = {install.id};
    modules.argv = {input_.toolchain.parts.worker, "modules", "--site",
                    paths_.site_packages,          "--name",  name};
    modules.inputs = {install.stamp};
    keep(modules, paths_);
    steps_.push_back(std::move(install));
    steps_.push_back(std::move(modules));
  }

  void inspect() {
    Step inspect = bare("inspect", StepPurpose::inspect);
    inspect.needs = {id("modules")};
    inspect.argv = {input_.toolchain.parts.worker, "inspect"};
    // An output in an older form is not reused.
    inspect.facts = {"format " + std::to_string(facts::schema_versions::k_worker)};
    for (const NativeModule& module : modules_) {
      inspect.argv.push_back(module.file);
      inspect.inputs.push_back(module.file);
    }
    keep(inspect, paths_);
    steps_.push_back(std::move(inspect));
  }

  void run_tree() {
    Step tree = bare("run-tree", StepPurpose::synchronise);
    tree.needs = {id("modules")};
    tree.argv = {input_.toolchain.parts.worker,
                 "sync",
                 "--from",
                 configuration_.project_root,
                 "--to",
                 paths_.folder.run(),
                 "--index",
                 paths_.folder.root + "/run.index",
                 "--digest",
                 paths_.folder.root + "/run.digest",
                 "--mirror"};
    for (const std::string& path : input_.project.own_output) {
      tree.argv.insert(tree.argv.end(), {"--leave-out", path});
    }
    for (const std::string& name : package_.top_level) {
      for (const std::string_view folder : k_source_folders) {
        if (!is_built_by_cmake(input_)) {
          tree.argv.insert(tree.argv.end(), {"--link", std::string(folder) + name,
                                             paths_.site_packages + "/" + name});
        }
      }
    }
    for (const auto& [path, target] : package_.links) {
      tree.argv.insert(tree.argv.end(), {"--link", path, target});
    }
    if (!package_.roots.empty()) {
      // As PYTHONPATH would, but also for a child that is started without the environment.
      tree.files = {{paths_.site_packages + "/extproof_project.pth",
                     base::join(package_.roots, "\n") + "\n"}};
    }
    tree.folders = {paths_.folder.run()};
    steps_.push_back(std::move(tree));
  }

  std::string module_names() const {
    std::vector<std::string> names;
    for (const NativeModule& module : modules_) {
      names.push_back(module.name);
    }
    return base::join(names, ",");
  }

  void preflight() {
    Step step = bare("preflight", StepPurpose::preflight);
    step.needs = {id("inspect"), id("run-tree")};
    step.argv = {paths_.python, input_.toolchain.parts.python + "/preflight.py",
                 "--out",       paths_.preflight_out,
                 "--logs",      paths_.preflight_logs,
                 "--kind",      instrumentation_.kind,
                 "--probe",     input_.toolchain.parts.probe,
                 "--modules",   module_names()};
    if (instrumentation_.canary_kind != facts::FindingKind::unknown) {
      step.argv.insert(step.argv.end(), {"--canary", paths_.canary});
      step.needs.push_back(id("canary"));
    }
    if (instrumentation_.leak_check) {
      step.argv.push_back("--leaks");
    }
    step.cwd = paths_.folder.run();
    step.environment = environment(paths_.preflight_logs);
    step.fresh_folders = {paths_.preflight_logs};
    step.inputs = {paths_.folder.stamp("interpreter"),
                   paths_.folder.stamp(is_built_by_cmake(input_) ? "modules" : "install"),
                   paths_.folder.root + "/run.digest",
                   input_.toolchain.parts.python + "/preflight.py", input_.toolchain.parts.probe};
    if (instrumentation_.canary_kind != facts::FindingKind::unknown) {
      step.inputs.push_back(paths_.canary);
    }
    for (const std::string& object : instrumentation_.preload) {
      step.inputs.push_back(object);
    }
    step.facts = {configuration_.interpreter.identity, input_.toolchain.kernel};
    step.files = {{paths_.preflight_out, ""}};
    step.leaves = {{"out", paths_.preflight_out, std::nullopt},
                   {"logs", paths_.preflight_logs, "san."},
                   {"stacks", paths_.preflight_logs, "stacks."},
                   {"crash", paths_.preflight_logs, "crash."}};
    step.limits.seconds = configuration_.timeout;
    keep(step, paths_);
    steps_.push_back(std::move(step));
  }

  // As if the environment were activated: tests that start `python` or the project's own programs
  // get those of this lane.
  std::map<std::string, std::string> environment(const std::string& logs) const {
    return {{"EXTPROOF_LOGS", logs},
            {"PATH+", paths_.folder.env() + "/bin"},
            {"VIRTUAL_ENV", paths_.folder.env()}};
  }

  // The next process of the suite, or, when there is none, what reading its reports needs.
  void tests() {
    const std::vector<TestPart> parts = test_parts(configuration_, results_);
    if (parts.empty()) {
      process_of_suite(1, std::nullopt);
    } else if (const auto continuation = continuation_of(parts)) {
      process_of_suite(parts.size() + 1,
                       Told{"--continue", "continuation.json", render_continuation(*continuation)});
    } else if (!forks(parts)) {
      symbols_and_lines(parts);
    }
  }

  void symbols_and_lines(const std::vector<TestPart>& parts) {
    const std::vector<Step> symbols = symbol_steps(input_, parts);
    const bool all_told = std::all_of(symbols.begin(), symbols.end(), [&](const Step& step) {
      return results_.find(step.id) != nullptr;
    });
    steps_.insert(steps_.end(), symbols.begin(), symbols.end());
    if (all_told) {
      lines(parts);
    }
  }

  // What a process of the suite is told besides: an option with a file of this text.
  struct Told {
    std::string option;
    std::string name;
    std::string text;
  };

  void process_of_suite(std::size_t number, const std::optional<Told>& told) {
    process_with_tests(test_part_name(number),
                       paths_.layout.logs(configuration_.run, configuration_.name, number), told);
    if (instrumentation_.leak_check) {
      std::vector<std::string>& argv = steps_.back().argv;
      argv.insert(std::find(argv.begin(), argv.end(), "--"), "--leak-check");
    }
  }

  // Whether tests have still to run again in forks.
  bool forks(const std::vector<TestPart>& parts) {
    if (!instrumentation_.tells_once || parts.back().result->cut_off() ||
        forked_part(configuration_, results_)) {
      return false;
    }
    const auto forked = forked_tests_of(parts);
    if (!forked || forked->tests.empty()) {
      return false;
    }
    process_with_tests(
        std::string(k_forked_tests), paths_.layout.forks(configuration_.run, configuration_.name),
        Told{"--forks", "forks.json", render_forked_tests(*forked, configuration_.timeout)});
    // It looks after its children itself, with the same limit; this is for itself.
    steps_.back().limits.silent_seconds *= 2;
    return true;
  }

  void process_with_tests(const std::string& name, const std::string& logs,
                          const std::optional<Told>& told) {
    Step step = bare(name, StepPurpose::test);
    const std::string events = logs + "/events.jsonl";
    step.needs = {id("preflight")};
    step.argv = {paths_.python, input_.toolchain.parts.python + "/run_tests.py",
                 "--events",    events,
                 "--logs",      logs,
                 "--probe",     input_.toolchain.parts.probe,
                 "--modules",   module_names()};
    if (told) {
      const std::string file = logs + "/" + told->name;
      step.argv.insert(step.argv.end(), {told->option, file});
      step.files = {{file, told->text}};
    }
    step.argv.insert(step.argv.end(), {"--", "--rootdir=" + paths_.folder.run()});
    step.argv.insert(step.argv.end(), configuration_.standing_arguments.begin(),
                     configuration_.standing_arguments.end());
    step.argv.insert(step.argv.end(), configuration_.pytest_arguments.begin(),
                     configuration_.pytest_arguments.end());
    if (parsers::words_that_name_tests(configuration_.pytest_arguments).empty()) {
      step.argv.insert(step.argv.end(), configuration_.tests.begin(), configuration_.tests.end());
    }
    step.cwd = paths_.folder.run();
    step.environment = environment(logs);
    step.fresh_folders = {logs};
    step.leaves = {{"events", events, std::nullopt},
                   {"logs", logs, "san."},
                   {"stacks", logs, "stacks."},
                   {"native", logs, "native."},
                   {"crash", logs, "crash."}};
    step.limits.silent_seconds = configuration_.timeout;
    step.limits.watch = events;
    steps_.push_back(std::move(step));
  }

  // The source lines that fingerprints are made of.
  void lines(std::vector<TestPart> parts) {
    if (auto forked = forked_part(configuration_, results_)) {
      parts.push_back(std::move(*forked));
    }
    nlohmann::json places = nlohmann::json::array();
    std::set<std::tuple<std::string, int, std::string>> known;
    const auto add = [&](const facts::Frame& frame) {
      if (!frame.file.empty() && frame.line > 0 &&
          known.emplace(frame.file, frame.line, frame.function).second) {
        places.push_back({{"file", base::valid_utf8(frame.file)},
                          {"line", frame.line},
                          {"function", base::valid_utf8(frame.function)}});
      }
    };
    const Symbols symbols = symbols_of(configuration_, results_, parts);
    for (const TestPart& part : parts) {
      std::vector<facts::Problem> problems;
      for (const SeenReport& one : see_reports(*part.result, {}, problems)) {
        if (one.report.where) {
          add(*one.report.where);
        }
        for (const facts::Stack& stack : one.report.stacks) {
          std::for_each(stack.frames.begin(), stack.frames.end(), add);
        }
      }
      for (const HangThread& thread : hang_stacks(*part.result, symbols).threads) {
        std::for_each(thread.native.begin(), thread.native.end(), add);
      }
    }
    if (places.empty()) {
      return;
    }
    Step step = bare("lines", StepPurpose::inspect);
    const std::string file =
        paths_.layout.lane(configuration_.run, configuration_.name) + "/places.json";
    step.argv = {input_.toolchain.parts.worker, "lines", file};
    step.files = {{file, nlohmann::json{{"roots",
                                         {{{"folder", paths_.folder.tree()},
                                           {"mapped", configuration_.project_root}},
                                          {{"folder", paths_.folder.cmake()}}}},
                                        {"places", places}}
                             .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace)}};
    steps_.push_back(std::move(step));
  }

  std::string uv() const { return input_.toolchain.tool("uv"); }

  const LaneInput& input_;
  const Instrumentation& instrumentation_;
  const Results& results_;
  const Configuration& configuration_;
  SuitePaths paths_;
  InstalledPackage package_;
  std::vector<NativeModule> modules_;
  std::vector<Step> steps_;
};

}  // namespace

std::vector<Step> next_suite(const LaneInput& input, const Instrumentation& instrumentation,
                             const Results& results) {
  std::vector<Step> steps = Next(input, instrumentation, results).steps();
  calm_down(steps, input.configuration);
  return steps;
}

}  // namespace extproof::engines
