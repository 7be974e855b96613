// SPDX-License-Identifier: Apache-2.0
//
// A machine and a project made up for tests of the engines and lanes. Level: testing.

#pragma once

#include <string>

#include "harness/engines/lane.hpp"

namespace extproof::testing {

facts::Compiler sample_clang(int major = 19);                  // with all its runtimes
facts::Compiler sample_gcc();                                  // the same, version 12
facts::Interpreter sample_python(const std::string& version);  // an ordinary release

// clang-19, clang-14 and gcc-12; Python 3.13.0 and 3.10.11; every tool and part.
facts::Toolchain sample_machine();

// "demo" in /project, built by setuptools.
facts::Project sample_project();

// The configuration "asan" of that project with clang-19 and Python 3.13.0 in run 7.
facts::Configuration sample_configuration();

}  // namespace extproof::testing
