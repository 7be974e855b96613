// SPDX-License-Identifier: Apache-2.0
//
// The environment that processes get, and the output of short ones, such as a compiler that is
// asked for its version. Steps are started in step_runner.hpp. Level: platform.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace extproof::platform {

using Environment = std::map<std::string, std::string>;

// The environment that this process was given.
Environment own_environment();

// That of a step: `own` without what would reach into the tested process or the build, and with
// the step's variables on top ("NAME+" goes in front of NAME with ':').
Environment step_environment(const Environment& own,
                             const std::map<std::string, std::string>& additions);

// stdout of a process that is expected to end at once, without shell and stdin; none when it
// could not be started, ended badly or took longer than `seconds`. It is then killed.
std::optional<std::string> output_of(const std::vector<std::string>& argv, double seconds);

}  // namespace extproof::platform
