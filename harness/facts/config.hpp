// SPDX-License-Identifier: Apache-2.0
//
// What the user asked for, after options, environment and file were merged. Level: facts. The keys
// of the file are in config_keys.inc; defaults are the initialisers here.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace extproof::facts {

// [tool.extproof.lane.NAME]. An absent value means that of the whole configuration.
struct LaneConfig {
  std::optional<std::string> interpreter;  // a version, "3.13", or a path
  std::optional<std::string> compiler;     // "clang-19", "gcc", or a path
  std::vector<std::string> flags;          // compile and link flags; they come last
  std::optional<std::vector<std::string>> modules;
  std::optional<std::vector<std::string>> tests;
  std::optional<std::vector<std::string>> pytest_arguments;
  std::vector<std::string> suppressions;  // files in the runtime's format, relative to the project
  std::optional<double> timeout;          // seconds
  bool leaks = true;                      // asan: check for leaks at the end
  std::vector<std::string>
      checks;  // ubsan: groups on top of `undefined`: "implicit-conversion", "bounds"

  friend bool operator==(const LaneConfig&, const LaneConfig&) = default;
};

// The keys of [tool.extproof.build] for a project that plain CMake builds.
struct CMakeBuild {
  std::string source;                          // folder of its CMakeLists.txt; empty: the project's
  std::vector<std::string> options;            // arguments of the configure step; they come last
  std::vector<std::string> targets;            // empty: what CMake builds by default
  std::vector<std::string> requires_packages;  // requirements of the build's environment
  // What is installed. Absent: everything, or nothing where targets are named; empty: nothing.
  std::optional<std::vector<std::string>> components;
  std::vector<std::string> python_path;  // folders; empty: detected

  friend bool operator==(const CMakeBuild&, const CMakeBuild&) = default;
};

struct Config {
  std::vector<std::string> modules;           // empty: detected from the wheel
  std::vector<std::string> tests;             // empty: pytest's own choice
  std::vector<std::string> pytest_arguments;  // in front of those of the command line
  std::vector<std::string> lanes = {"asan", "ubsan"};
  std::optional<std::string> python;    // version or path; absent: the newest found
  std::optional<std::string> compiler;  // absent: the newest clang with runtimes, else gcc
  std::vector<std::string> test_requires = {"pytest"};
  double timeout = 120;  // seconds without a finished test
  std::map<std::string, std::vector<std::string>>
      build_config_settings;  // of the backend (PEP 517)
  std::map<std::string, std::string> build_environment;
  std::optional<std::string> build_backend;  // "cmake"; absent: detected from the project's files
  CMakeBuild cmake;
  std::map<std::string, LaneConfig> lane;
  std::string origin;  // the file it was read from; empty when there is none

  friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace extproof::facts
