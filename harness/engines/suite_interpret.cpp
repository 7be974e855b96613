// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>

#include "harness/base/text.hpp"
#include "harness/engines/interpret_tests.hpp"
#include "harness/engines/ownership.hpp"
#include "harness/engines/preflight.hpp"
#include "harness/engines/sightings.hpp"
#include "harness/engines/step_said.hpp"
#include "harness/engines/suite.hpp"
#include "harness/engines/suite_paths.hpp"
#include "harness/engines/suite_steps.hpp"

namespace extproof::engines {
namespace {

using facts::Configuration;
using facts::LaneOutcome;
using facts::Phase;
using facts::Refusal;
using facts::StepResult;

// Before the tests, in the order in which they are worth telling.
constexpr std::array<std::string_view, 15> k_steps = {
    "sync",           "wrapper",     "env",       "interpreter", "requirements",
    "build-requires", "build-tools", "configure", "build",       "canary",
    "stage",          "install",     "modules",   "inspect",     "run-tree"};

class Interpreter {
 public:
  Interpreter(const Configuration& configuration, const Instrumentation& instrumentation,
              const Results& results)
      : configuration_(configuration),
        instrumentation_(instrumentation),
        results_(results),
        paths_(paths_of(configuration)) {}

  LaneInterpretation interpret() {
    describe_configuration();
    if (interpret_steps() && interpret_package() && interpret_preflight()) {
      interpret_tests({.configuration = configuration_,
                       .instrumentation = instrumentation_,
                       .results = results_,
                       .paths = paths_,
                       .package = package_,
                       .native_files = native_files_},
                      lane_);
    }
    return std::move(lane_);
  }

 private:
  const StepResult* result(std::string_view part) const {
    return results_.find(step_id(configuration_, part));
  }

  void describe_configuration() {
    facts::LaneReport& report = lane_.report;
    report.name = configuration_.name;
    report.requested = configuration_.requested;
    report.compiler = configuration_.compiler.name + " " + configuration_.compiler.version;
    report.interpreter =
        build_of(configuration_.interpreter) + " " + configuration_.interpreter.path;
    report.flags = instrumentation_.compile;
    report.flags.insert(report.flags.end(), configuration_.flags.begin(),
                        configuration_.flags.end());
    report.blind_spots = instrumentation_.blind_spots;
    report.outcome = LaneOutcome::skipped;
    report.reason = "the run ended before its tests";
  }

  // Of what the step "configure" is there for alone.
  bool is_cmake() const { return result("configure") != nullptr; }

  void refuse(Refusal refusal) {
    lane_.report.outcome = LaneOutcome::refused;
    lane_.report.reason = refusal.headline;
    lane_.report.refusals.push_back(std::move(refusal));
  }

  // The step that is at fault for a step that did not end well: what it needs, and so on down.
  const StepResult& root_cause(const StepResult& failed) const {
    const StepResult* at = &failed;
    std::set<std::string_view> seen;  // a plan whose steps need one another has no root
    while (const auto* blocked = std::get_if<facts::NotStarted>(&at->end)) {
      if (!seen.insert(at->step_id).second) {
        break;
      }
      const StepResult* need = blocked->need.empty() ? nullptr : results_.find(blocked->need);
      if (need == nullptr) {
        break;
      }
      at = need;
    }
    return *at;
  }

  Refusal refusal_of(const StepResult& cause) const {
    const std::string part = cause.step_id.substr(cause.step_id.rfind('/') + 1);
    const bool cmake_installs = is_cmake() && part.starts_with("install");
    const bool is_build =
        part == "configure" || part == "build" || part == "canary" || cmake_installs;
    const bool installs = part == "env" || part == "requirements" || part == "install" ||
                          part == "make" || part == "requires" || part == "build-requires" ||
                          part == "build-tools";
    // Ninja and Make print what a compiler says on standard output.
    const bool is_on_output =
        cause.errors.view.empty() ||
        (compile_errors(cause.errors.view).empty() && !compile_errors(cause.output.view).empty());
    const std::string log =
        paths_.layout.relative(is_on_output ? cause.output_path : cause.errors_path);
    const std::string said = telling_lines(is_on_output ? cause.output.view : cause.errors.view);
    // No lane in the words: reports join what several lanes say alike, and name them all.
    return {.code = is_build   ? "XP3001"
                    : installs ? "XP3002"
                               : "XP3003",
            .headline = part == "build"       ? "the build failed"
                        : part == "configure" ? "CMake could not configure the build"
                        : part == "canary"    ? "the canary could not be built"
                        : cmake_installs      ? "CMake could not install what it built"
                        : installs            ? "no environment could be made: " + part + " failed"
                                              : "a step failed: " + part,
            .notes = {{"said", without_build_folder(said, paths_)},
                      {"ended", describe(cause.end)},
                      {"so", "no test was run with it"},
                      {"log", log}}};
  }

  // Whether everything before the preflight went well so far.
  bool interpret_steps() {
    for (const std::string_view part : k_steps) {
      const StepResult* one = result(part);
      if (one == nullptr) {
        continue;
      }
      if (part == "build" && std::holds_alternative<facts::Exited>(one->end)) {
        lane_.report.build_seconds = one->seconds;
      }
      if (!one->good()) {
        const StepResult& cause = root_cause(*one);
        if (cause.cut_off()) {
          lane_.report.reason = "the run ended during \"" + cause.step_id + "\"";
        } else {
          refuse(refusal_of(cause));
        }
        return false;
      }
    }
    if (const StepResult* build = result("build");
        build != nullptr && !is_cmake() && wheel_of(*build) == nullptr) {
      refuse({.code = "XP3001",
              .headline = "the build made no wheel",
              .notes = {{"looked", "for a file ending in .whl among what it left"},
                        {"so", "no test was run with it"},
                        {"log", paths_.layout.relative(build->errors_path)}}});
      return false;
    }
    return result("modules") != nullptr;
  }

  bool interpret_package() {
    package_ = parse_installed(*result("modules"), paths_.site_packages);
    const auto modules = judged_modules(configuration_, package_);
    for (const NativeModule& module : modules) {
      lane_.report.modules.push_back(module.name);
      native_files_.push_back(module.file);
    }
    std::vector<std::string> built;
    for (const NativeModule& module : package_.native) {
      built.push_back(module.name);
    }
    for (const std::string& wanted : configuration_.modules) {
      if (std::find(built.begin(), built.end(), wanted) == built.end()) {
        refuse({.code = "XP1103",
                .headline = "\"" + wanted + "\" is not " +
                            (is_cmake() ? "among what CMake built" : "in the wheel"),
                .notes = {{is_cmake() ? "CMake built" : "wheel has",
                           built.empty() ? "no native module" : base::join(built, ", ")},
                          {"so", "no test was run with it"}}});
        return false;
      }
    }
    if (modules.empty()) {
      refuse_without_module();
      return false;
    }
    return true;
  }

  void refuse_without_module() {
    Refusal refusal = {
        .code = "XP1102",
        .headline = "the wheel of \"" + package_.name + "\" has no native module",
        .notes = {{"looked", "for files ending in .so among those that the wheel installs"}}};
    if (is_cmake()) {
      refusal.headline = "CMake built no native module of \"" + package_.name + "\"";
      refusal.notes = {{"looked",
                        "for files ending in .so with a function PyInit_..., in what CMake "
                        "installed, in its build folder and beside the sources"},
                       {"try",
                        "cmake-options = [\"-DBUILD_PYTHON=ON\"], as the project calls it, in "
                        "[tool.extproof.build]"}};
    }
    if (const StepResult* build = result("build")) {
      // An extension that may be missing ("optional") fails to compile in a build that goes well.
      std::string said = compile_errors(build->errors.view);
      said = said.empty() ? compile_errors(build->output.view) : said;
      if (!said.empty()) {
        refusal.notes.push_back({"said", without_build_folder(said, paths_)});
      }
      refusal.notes.push_back({"log", paths_.layout.relative(build->errors_path)});
    }
    refusal.notes.push_back({"so", "there is nothing to judge"});
    refuse(std::move(refusal));
  }

  bool interpret_preflight() {
    for (const std::string_view part : {"preflight", "inspect", "run-tree"}) {
      const StepResult* one = result(part);
      if (one == nullptr) {
        return false;
      }
      if (one->cut_off()) {
        lane_.report.reason = "the run ended during \"" + one->step_id + "\"";
        return false;
      }
      if (std::holds_alternative<facts::NotStarted>(one->end)) {
        refuse(refusal_of(root_cause(*one)));
        return false;
      }
    }
    Preflight preflight = judge_preflight(configuration_, instrumentation_, results_);
    lane_.report.preflight = std::move(preflight.checks);
    std::move(preflight.blind_spots.begin(), preflight.blind_spots.end(),
              std::back_inserter(lane_.report.blind_spots));
    for (Refusal& refusal : preflight.refusals) {
      refuse(std::move(refusal));
    }
    if (!preflight.died_importing.empty()) {
      interpret_import_crash(preflight);
      return false;
    }
    return preflight.refusals.empty();
  }

  void interpret_import_crash(const Preflight& preflight) {
    const StepResult& process = *result("preflight");
    const Ownership ownership(paths_, configuration_.project_root, native_files_);
    const SightingMaker maker(configuration_, ownership, {});
    for (SeenReport seen : preflight.reports_of_import) {
      seen.test = "";
      seen.phase = Phase::import;
      lane_.sightings.push_back(maker.of_report(seen));
    }
    if (preflight.reports_of_import.empty()) {
      lane_.sightings.push_back(maker.of_crash(describe(process.end), "", Phase::import,
                                               crash_stacks(process), process.errors_path));
    }
    lane_.report.outcome = LaneOutcome::crashed;
    lane_.report.reason = "importing \"" + preflight.died_importing + "\" ended the process";
    lane_.report.log = paths_.layout.relative(process.errors_path);
  }

  const Configuration& configuration_;
  const Instrumentation& instrumentation_;
  const Results& results_;
  SuitePaths paths_;
  InstalledPackage package_;
  std::vector<std::string> native_files_;
  LaneInterpretation lane_;
};

}  // namespace

LaneInterpretation interpret_suite(const Configuration& configuration,
                                   const Instrumentation& instrumentation, const Results& results) {
  return Interpreter(configuration, instrumentation, results).interpret();
}

}  // namespace extproof::engines
