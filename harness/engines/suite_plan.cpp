// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "harness/base/hash.hpp"
#include "harness/base/text.hpp"
#include "harness/engines/cmake_steps.hpp"
#include "harness/engines/suite.hpp"
#include "harness/engines/suite_paths.hpp"
#include "harness/engines/suite_steps.hpp"
#include "harness/facts/schema_versions.hpp"

namespace extproof::engines {
namespace {

using facts::Step;
using facts::StepPurpose;

// The profile that the wrapper reads; its words are described in harness/compiler/profile.hpp.
std::string render_profile(const LaneInput& input, const Instrumentation& instrumentation,
                           const SuitePaths& paths) {
  const facts::Configuration& c = input.configuration;
  std::string text = "extproof-wrapper " + std::to_string(facts::schema_versions::k_wrapper) + "\n";
  const auto line = [&text](std::string_view key, std::string_view value) {
    text += std::string(key) + " " + std::string(value) + "\n";
  };
  line("lane", c.lane);
  line("family", to_string(c.compiler.family));
  line("cc", c.compiler.cc);
  if (!c.compiler.cxx.empty()) {
    line("cxx", c.compiler.cxx);
  }
  if (const std::string ccache = input.toolchain.tool("ccache"); !ccache.empty()) {
    line("ccache", ccache);
  }
  for (const std::string& group : instrumentation.drop) {
    line("drop", group);
  }
  for (const std::string& flag : instrumentation.compile) {
    line("compile", flag);
  }
  for (const std::string& flag : instrumentation.link) {
    line("link", flag);
  }
  // The user's flags come last, on compiles and links alike.
  for (const std::string& flag : c.flags) {
    line("compile", flag);
    line("link", flag);
  }
  line("map", paths.folder.tree() + "\t" + c.project_root);
  line("database", paths.folder.compile_commands());
  return text;
}

// The file beside the launcher; its words are described in harness/launcher.
std::string render_launch(const LaneInput& input, const Instrumentation& instrumentation,
                          const SuitePaths& paths) {
  std::string text = "extproof-launch 1\nexec " + input.configuration.interpreter.path + "\n";
  text += "argv0 keep\n";
  for (const std::string& object : instrumentation.preload) {
    text += "preload " + object + "\n";
  }
  for (const auto& [name, value] : instrumentation.options) {
    text += "option " + name + " " + value + "\n";
    text += "log-path " + name + " san\n";
    text += "scrub " + name + "\n";
  }
  for (const auto& [name, value] : instrumentation.environment) {
    text += "set " + name + " " + value + "\n";
    text += "scrub " + name + "\n";
  }
  if (!instrumentation.preload.empty()) {
    text += "scrub LD_PRELOAD\nno-address-space-limit\n";
    if (!input.configuration.compiler.runtimes.symbolizer.empty()) {
      const std::string symbolizer = paths.folder.env() + "/bin/llvm-symbolizer";
      for (const std::string_view name : {"ASAN_SYMBOLIZER_PATH", "UBSAN_SYMBOLIZER_PATH"}) {
        text += "set " + std::string(name) + " " + symbolizer + "\n";
        text += "scrub " + std::string(name) + "\n";
      }
    }
  }
  return text;
}

std::string render_symbolizer_launch(const LaneInput& input) {
  // The runtime starts its symboliser with the environment that the interpreter was started with,
  // so the preload would go into the symboliser too, and a dead debug server would stall it.
  return "extproof-launch 1\nexec " + input.configuration.compiler.runtimes.symbolizer +
         "\nargv0 keep\nunset LD_PRELOAD\nunset ASAN_OPTIONS\nunset LSAN_OPTIONS\n"
         "unset UBSAN_OPTIONS\nunset DEBUGINFOD_URLS\n";
}

Step sync_step(const LaneInput& input, const SuitePaths& paths) {
  Step step = bare_step(input.configuration, "sync", StepPurpose::synchronise);
  step.argv = {input.toolchain.parts.worker,
               "sync",
               "--from",
               input.configuration.project_root,
               "--to",
               paths.folder.tree(),
               "--index",
               tree_index_of(paths),
               "--digest",
               tree_digest_of(paths),
               "--git-file"};
  for (const std::string& path : input.project.own_output) {
    step.argv.insert(step.argv.end(), {"--leave-out", path});
  }
  step.folders = {paths.folder.root, paths.folder.tree()};
  return step;
}

std::vector<Step> build_environment_steps(const LaneInput& input) {
  const facts::Configuration& c = input.configuration;
  const SuitePaths paths = paths_of(c);
  const std::string env = build_environment_of(input);
  const std::string id = "build-env-" + env.substr(env.rfind('/') + 1);
  const std::string uv = input.toolchain.tool("uv");

  Step make = bare_step(c, "", StepPurpose::make_environment);
  make.id = id + "/make";
  make.lane.clear();
  make.argv = {uv, "venv", "--python", c.interpreter.path, "--no-project", "--allow-existing", env};
  make.environment = uv_environment();
  make.facts = {c.interpreter.identity};
  make.makes = {env + "/pyvenv.cfg"};
  keep(make, env + ".make", paths);

  Step requires_step = bare_step(c, "", StepPurpose::install);
  requires_step.id = id + "/requires";
  requires_step.lane.clear();
  requires_step.needs = {make.id};
  requires_step.argv = {uv, "pip", "install", "--python", env + "/bin/python"};
  const auto& wanted = input.project.build_requires;
  requires_step.argv.insert(requires_step.argv.end(), wanted.begin(), wanted.end());
  requires_step.environment = uv_environment();
  requires_step.inputs = {make.stamp};
  keep(requires_step, env + ".requires", paths);
  if (wanted.empty()) {
    return {make};
  }
  return {make, requires_step};
}

Step build_requires_step(const LaneInput& input, const SuitePaths& paths, const Step& after) {
  const facts::Project& project = input.project;
  Step step = bare_step(input.configuration, "build-requires", StepPurpose::resolve);
  step.needs = {step_id(input.configuration, "sync"), after.id};
  step.argv = {build_environment_of(input) + "/bin/python",
               input.toolchain.parts.python + "/build_requires.py", "--backend",
               project.backend_name};
  for (const std::string& path : project.backend_path) {
    step.argv.insert(step.argv.end(), {"--backend-path", path});
  }
  step.argv.insert(step.argv.end(), {"--config-settings", config_settings_json(input, paths)});
  step.cwd = paths.folder.tree();
  step.environment = build_variables(input, paths);
  step.inputs = {tree_digest_of(paths), after.stamp};
  step.facts = build_facts(input);
  keep(step, paths);
  return step;
}

std::vector<Step> environment_steps(const LaneInput& input, const Instrumentation& instrumentation,
                                    const SuitePaths& paths) {
  const facts::Configuration& c = input.configuration;
  const std::string uv = input.toolchain.tool("uv");
  const std::string env = paths.folder.env();

  Step make = bare_step(c, "env", StepPurpose::make_environment);
  make.argv = {uv, "venv", "--python", c.interpreter.path, "--no-project", env};
  make.fresh_folders = {env};
  make.environment = uv_environment();
  make.facts = {c.interpreter.identity};
  make.makes = {env + "/pyvenv.cfg"};
  keep(make, paths);

  // uv and our own small steps use the interpreter as it is; the tests use the launcher.
  Step interpreter = bare_step(c, "interpreter", StepPurpose::make_environment);
  interpreter.needs = {make.id};
  interpreter.argv = {input.toolchain.parts.worker,
                      "launchers",
                      "--bin",
                      env + "/bin",
                      "--launcher",
                      input.toolchain.parts.launcher,
                      "--plain",
                      c.interpreter.path,
                      "--site",
                      paths.site_packages,
                      "--pth",
                      input.toolchain.parts.python + "/extproof_scrub.pth"};
  interpreter.files = {{env + "/bin/python.launch", render_launch(input, instrumentation, paths)}};
  if (!c.compiler.runtimes.symbolizer.empty()) {
    interpreter.argv.push_back("--symbolizer");
    interpreter.files.emplace_back(env + "/bin/llvm-symbolizer.launch",
                                   render_symbolizer_launch(input));
  }
  interpreter.inputs = {make.stamp, input.toolchain.parts.launcher,
                        input.toolchain.parts.python + "/extproof_scrub.pth"};
  interpreter.makes = {paths.python, paths.plain_python, env + "/bin/python.launch"};
  keep(interpreter, paths);

  Step requirements = bare_step(c, "requirements", StepPurpose::install);
  requirements.needs = {interpreter.id};
  requirements.argv = {uv, "pip", "install", "--python", paths.plain_python};
  requirements.argv.insert(requirements.argv.end(), c.test_requires.begin(), c.test_requires.end());
  if (is_built_by_cmake(input)) {
    const std::vector<std::string> more = cmake_requirements(input);
    requirements.argv.insert(requirements.argv.end(), more.begin(), more.end());
  }
  requirements.environment = uv_environment();
  requirements.inputs = {make.stamp};
  keep(requirements, paths);
  return {make, interpreter, requirements};
}

Step canary_step(const LaneInput& input, const Instrumentation& instrumentation,
                 const SuitePaths& paths) {
  Step step = bare_step(input.configuration, "canary", StepPurpose::inspect);
  const std::string source = input.toolchain.parts.canaries + "/" + instrumentation.canary;
  step.argv = {
      paths.folder.wrap() + "/extproof-cc", "-shared", "-fPIC", source, "-o", paths.canary};
  step.needs = {step_id(input.configuration, "wrapper")};
  step.environment = {{"EXTPROOF_WRAPPER", paths.folder.profile()}, {"CCACHE_DISABLE", "1"}};
  step.folders = {paths.folder.canary()};
  step.inputs = {source, paths.folder.profile()};
  step.facts = {input.configuration.compiler.identity};
  step.makes = {paths.canary};
  keep(step, paths);
  return step;
}

Step wrapper_step(const LaneInput& input, const Instrumentation& instrumentation,
                  const SuitePaths& paths) {
  Step step = bare_step(input.configuration, "wrapper", StepPurpose::make_environment);
  step.argv = {input.toolchain.parts.worker, "wrapper-links", "--into",
               paths.folder.wrap(),          "--wrapper",     input.toolchain.parts.wrapper};
  step.files = {{paths.folder.profile(), render_profile(input, instrumentation, paths)}};
  const BackendSettings settings = settings_of(input.project.backend, paths.folder);
  step.files.insert(step.files.end(), settings.files.begin(), settings.files.end());
  step.folders = {paths.folder.wrap()};
  step.makes = {paths.folder.profile(), paths.folder.wrap() + "/extproof-cc",
                paths.folder.wrap() + "/strip"};
  step.facts = {input.configuration.compiler.identity, input.toolchain.parts.wrapper};
  keep(step, paths);
  return step;
}

}  // namespace

std::vector<Step> plan_suite(const LaneInput& input, const Instrumentation& instrumentation) {
  const SuitePaths paths = paths_of(input.configuration);
  const bool is_cmake = is_built_by_cmake(input);
  std::vector<Step> steps = {sync_step(input, paths)};
  const auto add = [&steps](std::vector<Step> more) {
    std::move(more.begin(), more.end(), std::back_inserter(steps));
  };
  std::vector<Step> shared = is_cmake ? std::vector<Step>{} : build_environment_steps(input);
  const Step ready = shared.empty() ? Step{} : shared.back();
  add(std::move(shared));
  steps.push_back(wrapper_step(input, instrumentation, paths));
  if (!is_cmake) {
    steps.push_back(build_requires_step(input, paths, ready));
  }
  add(environment_steps(input, instrumentation, paths));
  if (is_cmake) {
    add(cmake_steps(input, paths));
    steps.push_back(built_modules_step(input, paths));
  }
  if (instrumentation.canary_kind != facts::FindingKind::unknown) {
    steps.push_back(canary_step(input, instrumentation, paths));
  }
  calm_down(steps, input.configuration);
  return steps;
}

}  // namespace extproof::engines
