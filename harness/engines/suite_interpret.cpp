// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>

#include "harness/base/text.hpp"
#include "harness/engines/interpret_tests.hpp"
#include "harness/engines/ownership.hpp"
#include "harness/engines/preflight.hpp"
#include "harness/engines/sightings.hpp"
#include "harness/engines/suite.hpp"
#include "harness/engines/suite_paths.hpp"
#include "harness/engines/suite_steps.hpp"
#include "harness/engines/telling_lines.hpp"

namespace extproof::engines {
namespace {

using facts::Configuration;
using facts::LaneOutcome;
using facts::Phase;
using facts::Refusal;
using facts::StepResult;

// Before the tests, in the order in which they are worth telling.
constexpr std::array<std::string_view, 13> k_steps = {
    "sync",  "wrapper", "env",     "interpreter", "requirements", "build-requires", "build-tools",
    "build", "canary",  "install", "modules",     "inspect",      "run-tree"};

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
    report.interpreter = configuration_.interpreter.version +
                         (configuration_.interpreter.free_threaded ? "t" : "") + " " +
                         configuration_.interpreter.path;
    report.flags = instrumentation_.compile;
    report.flags.insert(report.flags.end(), configuration_.flags.begin(),
                        configuration_.flags.end());
    report.blind_spots = instrumentation_.blind_spots;
    report.outcome = LaneOutcome::skipped;
    report.reason = "the run ended before its tests";
  }

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
    const bool is_build = part == "build" || part == "canary";
    const bool installs = part == "env" || part == "requirements" || part == "install" ||
                          part == "make" || part == "requires" || part == "build-requires" ||
                          part == "build-tools";
    const std::string lane = "lane \"" + configuration_.name + "\" ";
    const std::string log = paths_.layout.relative(cause.errors_path);
    const std::string said = cause.errors.view.empty() ? telling_lines(cause.output.view)
                                                       : telling_lines(cause.errors.view);
    return {.code = is_build   ? "XP3001"
                    : installs ? "XP3002"
                               : "XP3003",
            .headline = is_build   ? lane + "could not build: " + part + " failed"
                        : installs ? lane + "has no environment: " + part + " failed"
                                   : lane + "stopped: " + part + " failed",
            .notes = {{"said", said},
                      {"ended", describe(cause.end)},
                      {"so", "its tests were not run; the other lanes were"},
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
        build != nullptr && wheel_of(*build) == nullptr) {
      refuse({.code = "XP3001",
              .headline = "lane \"" + configuration_.name + "\" could not build: it made no wheel",
              .notes = {{"looked", "for a file ending in .whl in " +
                                       paths_.layout.relative(paths_.folder.dist())},
                        {"so", "its tests were not run; the other lanes were"},
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
        refuse(
            {.code = "XP1103",
             .headline = "\"" + wanted + "\" is not in the wheel",
             .notes = {{"wheel has", built.empty() ? "no native module" : base::join(built, ", ")},
                       {"so", "the tests of lane \"" + configuration_.name + "\" were not run"}}});
        return false;
      }
    }
    if (modules.empty()) {
      refuse({.code = "XP1102",
              .headline = "the wheel of \"" + package_.name + "\" has no native module",
              .notes = {{"looked", "for files ending in .so among those that the wheel installs"},
                        {"log", paths_.layout.relative(
                                    result("build") ? result("build")->errors_path : "")},
                        {"so", "lane \"" + configuration_.name + "\" has nothing to judge"}}});
      return false;
    }
    return true;
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
