// SPDX-License-Identifier: Apache-2.0
//
// How a project is built that has no backend of PEP 517: by CMake itself, as its developers do it.
// Level: engines. Pure. Private to the suite.
//
// The Python of the build is the launcher of the lane's environment, so a build that imports what
// it has just built (stubs, generated code) finds the sanitizer's runtime in front.

#pragma once

#include <string>
#include <vector>

#include "harness/engines/lane.hpp"
#include "harness/engines/suite_paths.hpp"

namespace extproof::engines {

bool is_built_by_cmake(const LaneInput& input);

// What the build needs in the lane's environment, beside what the tests need: the requirements of
// the configuration, and CMake and Ninja where this machine has no CMake.
std::vector<std::string> cmake_requirements(const LaneInput& input);

// configure, build and install: the tree -> the build folder -> the install folder.
//
// Ensures: nothing outside of the configuration's folder is written by an install that respects
//          DESTDIR, whatever destinations the project names: they are taken to lie below stage(),
//          where the install folder alone stands for itself.
std::vector<facts::Step> cmake_steps(const LaneInput& input, const SuitePaths& paths);

// The last of these steps, which leaves what Python imports.
std::string last_cmake_part(const facts::Config& config);

// Finds the native modules that the steps left, puts packages together, and says where Python has
// to look for them.
facts::Step built_modules_step(const LaneInput& input, const SuitePaths& paths);

}  // namespace extproof::engines
