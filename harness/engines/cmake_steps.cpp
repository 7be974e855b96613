// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/cmake_steps.hpp"

#include <algorithm>

#include "harness/engines/suite.hpp"
#include "harness/engines/suite_steps.hpp"
#include "harness/facts/schema_versions.hpp"

namespace extproof::engines {
namespace {

using facts::Step;
using facts::StepPurpose;

// The distribution that a requirement begins with: "cmake" of "cmake>=3.28".
bool names(const std::string& requirement, std::string_view distribution) {
  return requirement.substr(0, requirement.find_first_of(" [<>=!~;@")) == distribution;
}

bool requires_package(const LaneInput& input, std::string_view distribution) {
  const std::vector<std::string>& wanted = input.config.cmake.requires_packages;
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& requirement) {
    return names(requirement, distribution);
  });
}

// A program that a package of the environment brings, or the machine's.
std::string program_of(const LaneInput& input, const SuitePaths& paths, const std::string& name) {
  const std::string of_machine = input.toolchain.tool(name);
  return of_machine.empty() || requires_package(input, name) ? paths.folder.env() + "/bin/" + name
                                                             : of_machine;
}

bool has_ninja(const LaneInput& input) {
  return !input.toolchain.tool("ninja").empty() || requires_package(input, "ninja") ||
         input.toolchain.tool("cmake").empty();
}

// Everything is installed unless targets were named: the others are then not there to install.
std::vector<std::string> components_of(const facts::Config& config) {
  const std::vector<std::string> everything = {""};
  if (config.cmake.components) {
    return *config.cmake.components;
  }
  return config.cmake.targets.empty() ? everything : std::vector<std::string>{};
}

std::string install_part(std::size_t number) {
  return number == 1 ? "install" : "install-" + std::to_string(number);
}

Step configure_step(const LaneInput& input, const SuitePaths& paths) {
  const facts::CMakeBuild& config = input.config.cmake;
  Step step = bare_step(input.configuration, "configure", StepPurpose::build);
  const std::string source =
      paths.folder.tree() + (config.source.empty() ? "" : "/" + config.source);
  const std::string python = paths.python;
  step.argv = {program_of(input, paths, "cmake"),
               "-S",
               source,
               "-B",
               paths.folder.cmake(),
               "-G",
               has_ninja(input) ? "Ninja" : "Unix Makefiles",
               "--no-warn-unused-cli",
               "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
               "-DCMAKE_C_COMPILER=" + paths.folder.wrap() + "/extproof-cc"};
  if (!input.configuration.compiler.cxx.empty()) {
    step.argv.push_back("-DCMAKE_CXX_COMPILER=" + paths.folder.wrap() + "/extproof-c++");
  }
  // The three names under which CMake's modules, old and new, look for the interpreter.
  for (const char* name : {"Python", "Python3", "PYTHON"}) {
    step.argv.push_back("-D" + std::string(name) + "_EXECUTABLE=" + python);
  }
  step.argv.push_back("-DCMAKE_STRIP=" + paths.folder.wrap() + "/strip");
  // A library that the modules link with is found where it is installed, and nowhere else.
  step.argv.insert(step.argv.end(), {"-DCMAKE_INSTALL_PREFIX=" + paths.folder.install(),
                                     "-DCMAKE_INSTALL_LIBDIR=lib",
                                     "-DCMAKE_INSTALL_RPATH=" + paths.folder.install() + "/lib",
                                     "-DCMAKE_INSTALL_RPATH_USE_LINK_PATH=ON"});
  step.argv.insert(step.argv.end(), config.options.begin(), config.options.end());
  step.needs = {step_id(input.configuration, "sync"), step_id(input.configuration, "wrapper"),
                step_id(input.configuration, "requirements")};
  // Any edit configures again, for a file may have come that the project looks for by a pattern.
  step.inputs = {tree_digest_of(paths), paths.folder.stamp("wrapper"),
                 paths.folder.stamp("requirements"), paths.folder.stamp("interpreter")};
  step.makes = {paths.folder.cmake() + "/CMakeCache.txt"};
  return step;
}

Step build_step(const LaneInput& input, const SuitePaths& paths) {
  Step step = bare_step(input.configuration, "build", StepPurpose::build);
  step.argv = {program_of(input, paths, "cmake"), "--build", paths.folder.cmake(), "--parallel",
               std::to_string(input.toolchain.processors)};
  if (!input.config.cmake.targets.empty()) {
    step.argv.emplace_back("--target");
    step.argv.insert(step.argv.end(), input.config.cmake.targets.begin(),
                     input.config.cmake.targets.end());
  }
  step.needs = {step_id(input.configuration, "configure")};
  step.inputs = {tree_digest_of(paths), paths.folder.stamp("configure")};
  return step;
}

Step stage_step(const LaneInput& input, const SuitePaths& paths) {
  Step step = bare_step(input.configuration, "stage", StepPurpose::install);
  step.argv = {input.toolchain.parts.worker, "stage",  "--root",
               paths.folder.stage(),         "--open", paths.folder.install()};
  step.needs = {step_id(input.configuration, "build")};
  step.inputs = {paths.folder.stamp("build")};
  step.fresh_folders = {paths.folder.stage(), paths.folder.install()};
  step.makes = step.fresh_folders;
  return step;
}

Step install_step(const LaneInput& input, const SuitePaths& paths, std::size_t number,
                  const std::string& component) {
  Step step = bare_step(input.configuration, install_part(number), StepPurpose::install);
  step.argv = {program_of(input, paths, "cmake"), "--install", paths.folder.cmake(), "--prefix",
               paths.folder.install()};
  if (!component.empty()) {
    step.argv.insert(step.argv.end(), {"--component", component});
  }
  const std::string before = number == 1 ? "stage" : install_part(number - 1);
  step.needs = {step_id(input.configuration, before)};
  step.inputs = {paths.folder.stamp(before)};
  step.makes = {paths.folder.install()};
  return step;
}

}  // namespace

bool is_built_by_cmake(const LaneInput& input) {
  return input.project.backend == facts::Backend::cmake;
}

std::vector<std::string> cmake_requirements(const LaneInput& input) {
  std::vector<std::string> wanted = input.config.cmake.requires_packages;
  if (input.toolchain.tool("cmake").empty()) {
    for (const char* name : {"cmake", "ninja"}) {
      if (!requires_package(input, name)) {
        wanted.emplace_back(name);
      }
    }
  }
  return wanted;
}

std::vector<Step> cmake_steps(const LaneInput& input, const SuitePaths& paths) {
  std::vector<Step> steps = {configure_step(input, paths), build_step(input, paths)};
  const std::vector<std::string> components = components_of(input.config);
  if (!components.empty()) {
    steps.push_back(stage_step(input, paths));
  }
  for (std::size_t i = 0; i < components.size(); ++i) {
    steps.push_back(install_step(input, paths, i + 1, components[i]));
  }
  std::map<std::string, std::string> variables = build_variables(input, paths);
  // find_package finds what a requirement brought.
  variables.emplace("CMAKE_PREFIX_PATH+", paths.site_packages);
  for (Step& step : steps) {
    step.environment = variables;
    if (step.purpose == StepPurpose::install) {
      step.environment["DESTDIR"] = paths.folder.stage();
    }
    step.facts = build_facts(input);
    step.cwd = paths.folder.tree();
    keep(step, paths);
  }
  return steps;
}

std::string last_cmake_part(const facts::Config& config) {
  const std::size_t installs = components_of(config).size();
  return installs == 0 ? "build" : install_part(installs);
}

Step built_modules_step(const LaneInput& input, const SuitePaths& paths) {
  const std::string last = last_cmake_part(input.config);
  Step step = bare_step(input.configuration, "modules", StepPurpose::inspect);
  step.argv = {input.toolchain.parts.worker,
               "built-modules",
               "--name",
               input.project.name,
               "--project",
               input.configuration.project_root,
               "--tree",
               paths.folder.tree(),
               "--run",
               paths.folder.run(),
               "--build",
               paths.folder.cmake(),
               "--packages",
               paths.folder.packages()};
  if (last != "build") {
    step.argv.insert(step.argv.end(),
                     {"--install", paths.folder.install(), "--stage", paths.folder.stage()});
  }
  for (const std::string& module : input.configuration.modules) {
    step.argv.insert(step.argv.end(), {"--module", module});
  }
  for (const std::string& folder : input.config.cmake.python_path) {
    step.argv.insert(step.argv.end(), {"--path", folder});
  }
  step.needs = {step_id(input.configuration, last)};
  step.inputs = {paths.folder.stamp(last), tree_digest_of(paths)};
  step.facts = {"format " + std::to_string(facts::schema_versions::k_worker)};
  step.fresh_folders = {paths.folder.packages()};
  keep(step, paths);
  return step;
}

}  // namespace extproof::engines
