// SPDX-License-Identifier: Apache-2.0
//
// Pieces of steps that the first wave and the later ones share. Level: engines. Private to the
// suite.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/engines/backends.hpp"
#include "harness/engines/lane.hpp"
#include "harness/engines/suite.hpp"
#include "harness/engines/suite_paths.hpp"

namespace extproof::engines {

// A step of the configuration that runs in the project and keeps its output with the run.
facts::Step bare_step(const facts::Configuration& configuration, std::string_view last_part,
                      facts::StepPurpose purpose);

// Makes the step one whose result is reused while nothing that decides it has changed: its stamp
// and its output lie in the configuration's build folder, or beside `base` when that is given.
void keep(facts::Step& step, const SuitePaths& paths);
void keep(facts::Step& step, const std::string& base, const SuitePaths& paths);

// A step that runs an instrumented interpreter without the launcher must not fail over a leak check
// that nobody asked for.
void calm_down(std::vector<facts::Step>& steps, const facts::Configuration& configuration);

// uv never downloads an interpreter and never reads the project's own uv settings.
std::map<std::string, std::string> uv_environment();

// The shared environment that holds the build requirements of this project and interpreter.
std::string build_environment_of(const LaneInput& input);

// Environment of the backend: the wrapper in front of every compiler.
std::map<std::string, std::string> build_variables(const LaneInput& input, const SuitePaths& paths);

// PEP 517 config settings as JSON, ours first, the user's last.
std::string config_settings_json(const LaneInput& input, const SuitePaths& paths);
// The same as arguments of `uv build`.
std::vector<std::string> config_settings_arguments(const LaneInput& input, const SuitePaths& paths);

// The wheel that the build left; nullptr when it left none.
const facts::Left* wheel_of(const facts::StepResult& build);

// What decides a build beside the sources.
std::vector<std::string> build_facts(const LaneInput& input);

std::string tree_digest_of(const SuitePaths& paths);
std::string tree_index_of(const SuitePaths& paths);

}  // namespace extproof::engines
