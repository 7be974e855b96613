// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/suite_steps.hpp"

#include <nlohmann/json.hpp>

#include "harness/base/hash.hpp"
#include "harness/base/text.hpp"

namespace extproof::engines {

using facts::Step;

std::string step_id(const facts::Configuration& configuration, std::string_view last_part) {
  return configuration.name + "/" + std::string(last_part);
}

Step bare_step(const facts::Configuration& configuration, std::string_view last_part,
               facts::StepPurpose purpose) {
  const store::Layout layout{configuration.project_root};
  Step step;
  step.id = step_id(configuration, last_part);
  step.lane = configuration.name;
  step.purpose = purpose;
  step.cwd = configuration.project_root;
  step.output_path = layout.step_output(configuration.run, configuration.name, step.id);
  step.errors_path = layout.step_errors(configuration.run, configuration.name, step.id);
  return step;
}

void keep(Step& step, const SuitePaths& paths) {
  const std::string name = step.id.substr(step.id.rfind('/') + 1);
  step.stamp = paths.folder.stamp(name);
  step.output_path = paths.folder.stamps() + "/" + store::slug(name) + ".out";
  step.errors_path = paths.folder.stamps() + "/" + store::slug(name) + ".err";
}

void keep(Step& step, const std::string& base, const SuitePaths& /*paths*/) {
  step.stamp = base + ".stamp";
  step.output_path = base + ".out";
  step.errors_path = base + ".err";
}

void calm_down(std::vector<Step>& steps, const facts::Configuration& configuration) {
  if (configuration.interpreter.instrumented.empty()) {
    return;
  }
  const std::string launcher = paths_of(configuration).python;
  for (Step& step : steps) {
    if (step.argv.empty() || step.argv.front() != launcher) {
      step.environment.emplace("ASAN_OPTIONS", "detect_leaks=0");
    }
  }
}

std::map<std::string, std::string> uv_environment() {
  return {{"UV_PYTHON_DOWNLOADS", "never"}, {"UV_NO_CONFIG", "1"}, {"UV_NO_PROGRESS", "1"}};
}

std::string build_environment_of(const LaneInput& input) {
  const facts::Project& project = input.project;
  const std::string set = input.configuration.interpreter.identity + "\n" + project.backend_name +
                          "\n" + base::join(project.build_requires, "\n");
  return store::Layout{project.root}.build_environment(input.configuration.interpreter.tag + "-" +
                                                       base::digest(set).substr(0, 8));
}

std::map<std::string, std::string> build_variables(const LaneInput& input,
                                                   const SuitePaths& paths) {
  std::map<std::string, std::string> variables = uv_environment();
  variables["CC"] = "extproof-cc";
  variables["CXX"] = "extproof-c++";
  variables["EXTPROOF_WRAPPER"] = paths.folder.profile();
  // In front of PATH, so that a build which names a compiler itself gets the wrapper too; then the
  // build environment's own programs (cmake, ninja, cython).
  const std::string environment = input.project.backend == facts::Backend::cmake
                                      ? paths.folder.env()
                                      : build_environment_of(input);
  variables["PATH+"] = paths.folder.wrap() + ":" + environment + "/bin";
  // Programs that a build makes and runs (configure checks, generators) are instrumented; they may
  // leak and nobody is told.
  variables["ASAN_OPTIONS"] = "detect_leaks=0";
  variables["GIT_OPTIONAL_LOCKS"] = "0";
  for (const auto& [name, value] : settings_of(input.project.backend, paths.folder).environment) {
    variables[name] = value;
  }
  for (const auto& [name, value] : input.config.build_environment) {
    variables[name] = value;
  }
  return variables;
}

namespace {

std::vector<std::pair<std::string, std::string>> config_settings(const LaneInput& input,
                                                                 const SuitePaths& paths) {
  auto settings = settings_of(input.project.backend, paths.folder).config_settings;
  for (const auto& [name, values] : input.config.build_config_settings) {
    for (const std::string& value : values) {
      settings.emplace_back(name, value);
    }
  }
  return settings;
}

}  // namespace

std::string config_settings_json(const LaneInput& input, const SuitePaths& paths) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [name, value] : config_settings(input, paths)) {
    if (!json.contains(name)) {
      json[name] = value;
    } else if (json[name].is_array()) {
      json[name].push_back(value);
    } else {
      json[name] = nlohmann::json::array({json[name], value});
    }
  }
  return json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::vector<std::string> config_settings_arguments(const LaneInput& input,
                                                   const SuitePaths& paths) {
  std::vector<std::string> arguments;
  for (const auto& [name, value] : config_settings(input, paths)) {
    arguments.push_back("--config-setting");
    arguments.push_back(name + "=" + value);
  }
  return arguments;
}

const facts::Left* wheel_of(const facts::StepResult& build) {
  for (const facts::Left* file : build.left_as("wheel")) {
    if (file->path.ends_with(".whl")) {
      return file;
    }
  }
  return nullptr;
}

std::vector<std::string> build_facts(const LaneInput& input) {
  std::vector<std::string> facts = {input.configuration.compiler.identity,
                                    input.configuration.interpreter.identity};
  for (const auto& [name, value] : input.toolchain.build_variables) {
    facts.push_back(name + "=" + value);
  }
  return facts;
}

std::string tree_digest_of(const SuitePaths& paths) {
  return paths.folder.root + "/tree.digest";
}
std::string tree_index_of(const SuitePaths& paths) {
  return paths.folder.root + "/tree.index";
}

}  // namespace extproof::engines
