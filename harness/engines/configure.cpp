// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/configure.hpp"

#include <algorithm>

#include "harness/base/hash.hpp"
#include "harness/base/text.hpp"
#include "harness/engines/interpreter_choice.hpp"
#include "harness/facts/interpreter_kinds.hpp"

namespace extproof::engines {
namespace {

using facts::Compiler;
using facts::Configuration;
using facts::Interpreter;
using facts::LaneConfig;
using facts::Refusal;

constexpr std::string_view k_baseline = "release";

bool compiler_is(const Compiler& compiler, const std::string& wanted) {
  if (wanted.find('/') != std::string::npos) {
    return compiler.cc == wanted ||
           std::find(compiler.paths.begin(), compiler.paths.end(), wanted) != compiler.paths.end();
  }
  const std::string family = to_string(compiler.family);
  return compiler.name == wanted || family == wanted ||
         family + "-" + std::to_string(compiler.major) == wanted;
}

struct Chosen {
  const Compiler* compiler = nullptr;
  std::string lacks;  // why not, when there is none
};

Chosen choose_compiler(const std::optional<std::string>& wanted, const Lane& lane,
                       const facts::Toolchain& toolchain) {
  std::string lacks;
  for (const Compiler& compiler : toolchain.compilers) {
    if (wanted && !compiler_is(compiler, *wanted)) {
      continue;
    }
    std::string missing = lane.lacks(compiler);
    if (missing.empty()) {
      return {&compiler, {}};
    }
    lacks += compiler.name + ": " + missing + "\n";
  }
  if (lacks.empty()) {
    lacks = wanted ? "\"" + *wanted + "\" was not found" : "no C compiler was found";
  }
  return {nullptr, lacks};
}

std::vector<std::string> names_of(const std::vector<Compiler>& compilers) {
  std::vector<std::string> names;
  for (const Compiler& compiler : compilers) {
    names.push_back(compiler.name);
  }
  return names;
}

Refusal no_compiler(std::string_view lane, const std::string& lacks,
                    const facts::Toolchain& toolchain) {
  return {.code = "XP1201",
          .headline = "lane \"" + std::string(lane) + "\" has no compiler with its runtime",
          .notes = {{"found", toolchain.compilers.empty()
                                  ? "no compiler"
                                  : base::join(names_of(toolchain.compilers), ", ")},
                    {"lacks", lacks},
                    {"so", "the lane was not run"},
                    {"try", "extproof doctor"}}};
}

// "3.14t": "Python 3.14, free-threaded".
std::string wanted_in_words(const std::string& wanted) {
  if (wanted.find('/') != std::string::npos) {
    return "an interpreter at " + wanted;
  }
  if (facts::interpreter_kind_named(wanted) != nullptr) {
    return "the interpreter that extproof builds under that name";
  }
  const bool free_threaded = wanted.ends_with('t');
  return "Python " + wanted.substr(0, wanted.size() - (free_threaded ? 1 : 0)) +
         (free_threaded ? ", free-threaded" : "");
}

Refusal no_interpreter(const std::optional<std::string>& wanted, const facts::Project& project,
                       const facts::Toolchain& toolchain) {
  std::vector<std::string> found;
  for (const Interpreter& one : toolchain.interpreters) {
    found.push_back(build_of(one));
  }
  const std::string& allowed = project.requires_python;
  std::string needs = wanted            ? wanted_in_words(*wanted)
                      : allowed.empty() ? "a release of Python with its headers"
                                        : "a release of Python " + allowed + " with its headers";
  const bool is_kind = wanted && facts::interpreter_kind_named(*wanted) != nullptr;
  const bool is_version = wanted && !is_kind && wanted->find('/') == std::string::npos;
  return {.code = "XP1202",
          .headline = wanted ? "\"" + *wanted + "\" is no Python of this machine"
                             : "no Python of this machine fits",
          .notes = {{"found", found.empty() ? "no interpreter" : base::join(found, ", ")},
                    {"needs", std::move(needs)},
                    {"so", "the lane was not run"},
                    {"try", is_kind      ? "extproof interpreters install " + *wanted
                            : is_version ? "uv python install " + *wanted
                                         : "extproof doctor"}}};
}

Refusal foreign_interpreter(std::string_view lane, const Interpreter& interpreter,
                            const std::string& why) {
  return {
      .code = "XP3101",
      .headline = "lane \"" + std::string(lane) + "\" cannot run in Python \"" +
                  build_of(interpreter) + "\"",
      .notes = {{"looked", why},
                {"so", "the lane was not run"},
                {"try", "[tool.extproof.lane." + std::string(lane) + "] interpreter = \"" +
                            std::to_string(interpreter.major) + "." +
                            std::to_string(interpreter.minor) + "\", or a compiler that fits"}}};
}

// What CMake keeps in a build folder: an option that is taken away stays in its cache, and a folder
// has one generator for good.
std::string cmake_key(const facts::CMakeBuild& cmake, bool has_ninja) {
  return cmake.source + "\n" + base::join(cmake.options, "\n") + "\n" +
         base::join(cmake.requires_packages, "\n") + (has_ninja ? "\nninja" : "");
}

// The folder of a configuration under build/: readable, and other for whatever would make objects
// of one unusable in the other.
std::string key_of(const Configuration& c, const facts::Config& config, bool is_cmake,
                   bool has_ninja) {
  std::string all = c.compiler.identity + "\n" + c.interpreter.identity + "\n" +
                    base::join(c.flags, "\n") + "\n" + base::join(c.checks, "\n");
  for (const auto& [name, values] : config.build_config_settings) {
    all += "\n" + name + "=" + base::join(values, "\n");
  }
  for (const auto& [name, value] : config.build_environment) {
    all += "\n" + name + "=" + value;
  }
  if (is_cmake) {
    all += "\n" + cmake_key(config.cmake, has_ninja);
  }
  return c.lane + "-" + c.compiler.name.substr(c.compiler.name.rfind('/') + 1) + "-" +
         c.interpreter.tag + "-" + base::digest(all).substr(0, 8);
}

Configuration make_configuration(const Lane& lane, const LaneConfig& settings,
                                 const Compiler& compiler, const Interpreter& interpreter,
                                 const Asked& asked, const facts::Project& project,
                                 const facts::Config& config, const facts::Toolchain& toolchain,
                                 int run) {
  Configuration c = {
      .name = std::string(lane.name),
      .lane = std::string(lane.name),
      .run = run,
      .compiler = compiler,
      .interpreter = interpreter,
      .project_root = project.root,
      .project_name = project.name,
      .flags = settings.flags,
      .checks = settings.checks,
      .modules = settings.modules.value_or(config.modules),
      .tests = settings.tests.value_or(config.tests),
      .standing_arguments = settings.pytest_arguments.value_or(config.pytest_arguments),
      .pytest_arguments = asked.pytest_arguments,
      .suppressions = settings.suppressions,
      .test_requires = config.test_requires,
      .leaks = settings.leaks,
      .timeout = settings.timeout.value_or(config.timeout)};
  // What the project says of its tests stands in for a configuration that says nothing.
  if (config.test_requires == facts::Config{}.test_requires) {
    c.test_requires.insert(c.test_requires.end(), project.test_requires.begin(),
                           project.test_requires.end());
  }
  c.key =
      key_of(c, config, project.backend == facts::Backend::cmake, !toolchain.tool("ninja").empty());
  return c;
}

}  // namespace

Configured configure(const Asked& asked, const std::vector<Lane>& lanes,
                     const facts::Project& project, const facts::Config& config,
                     const facts::Toolchain& toolchain, int run) {
  Configured result;
  const auto settings_of = [&](const std::string& name) {
    const auto found = config.lane.find(name);
    return found == config.lane.end() ? LaneConfig{} : found->second;
  };
  // `exactly` is the path of an interpreter that is chosen already.
  const auto add = [&](const Lane& lane, const std::string& exactly, bool requested) {
    const LaneConfig settings = settings_of(std::string(lane.name));
    const auto leave_out = [&](Refusal refusal) {
      result.left_out.push_back({std::string(lane.name), std::string(lane.name), std::move(refusal),
                                 requested && !asked.only_what_can_judge});
    };
    const auto wanted_compiler = settings.compiler ? settings.compiler : config.compiler;
    const Chosen chosen = choose_compiler(wanted_compiler, lane, toolchain);
    const std::string runtime = chosen.compiler == nullptr || lane.sanitizer.empty()
                                    ? std::string()
                                    : chosen.compiler->runtimes.asan;
    const InterpreterWish wish = {
        .of_lane = exactly.empty() ? settings.interpreter : std::optional(exactly),
        .of_project = config.python,
        .sanitizer = lane.sanitizer,
        .runtime = runtime};
    const Interpreter* interpreter = choose_interpreter(wish, project, toolchain);
    if (interpreter == nullptr) {
      return leave_out(
          no_interpreter(wish.of_lane ? wish.of_lane : wish.of_project, project, toolchain));
    }
    if (chosen.compiler == nullptr) {
      return leave_out(no_compiler(lane.name, chosen.lacks, toolchain));
    }
    if (const std::string why = foreign_to(*interpreter, lane.sanitizer, runtime); !why.empty()) {
      return leave_out(foreign_interpreter(lane.name, *interpreter, why));
    }
    result.configurations.push_back(make_configuration(
        lane, settings, *chosen.compiler, *interpreter, asked, project, config, toolchain, run));
    result.configurations.back().requested = requested;
  };

  const Lane* baseline = nullptr;
  bool baseline_requested = false;
  for (const Lane& lane : lanes) {
    const std::string name(lane.name);
    const bool wanted =
        std::find(asked.lanes.begin(), asked.lanes.end(), name) != asked.lanes.end();
    if (name == k_baseline) {
      baseline = &lane;
      baseline_requested = wanted;
    } else if (wanted) {
      add(lane, "", true);
    }
  }
  if (baseline == nullptr) {
    return result;
  }

  // One baseline for each interpreter in use, and one when it alone was asked for.
  std::vector<std::string> interpreters;
  for (const Configuration& c : result.configurations) {
    const Interpreter* baseline_interpreter = choose_baseline(c.interpreter, toolchain);
    if (baseline_interpreter != nullptr &&
        std::find(interpreters.begin(), interpreters.end(), baseline_interpreter->path) ==
            interpreters.end()) {
      interpreters.push_back(baseline_interpreter->path);
    }
  }
  std::vector<Configuration> others = std::move(result.configurations);
  result.configurations.clear();
  if (interpreters.empty() && baseline_requested) {
    add(*baseline, "", true);
  }
  for (const std::string& path : interpreters) {
    add(*baseline, path, baseline_requested);
    if (interpreters.size() > 1 && !result.configurations.empty()) {
      Configuration& own = result.configurations.back();
      // Two builds of one version share their tag.
      const auto before = std::count_if(
          result.configurations.begin(), result.configurations.end() - 1,
          [&](const Configuration& c) { return c.interpreter.tag == own.interpreter.tag; });
      own.name += "/" + own.interpreter.tag;
      own.name += before == 0 ? "" : "-" + std::to_string(before + 1);
    }
  }
  std::move(others.begin(), others.end(), std::back_inserter(result.configurations));
  return result;
}

}  // namespace extproof::engines
