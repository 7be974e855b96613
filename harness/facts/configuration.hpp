// SPDX-License-Identifier: Apache-2.0
//
// One way of building and running: what a build is keyed by and what an interpretation needs to
// know of it. Level: facts. It is stored with the run, so that a run that was cut off can be read
// later without the project's configuration of then.

#pragma once

#include <string>
#include <vector>

#include "harness/facts/project.hpp"
#include "harness/facts/toolchain.hpp"

namespace extproof::facts {

struct Configuration {
  std::string name;       // in steps and reports: "asan"; "release/cp312" where a lane stands twice
  std::string lane;       // "asan"
  int run = 0;            // number of the run
  bool requested = true;  // false for a baseline that nobody asked for
  Compiler compiler;
  Interpreter interpreter;
  std::string key;  // name of its folder under .extproof/build/
  std::string project_root;
  std::string project_name;
  std::vector<std::string> flags;               // of the user; they come last
  std::vector<std::string> checks;              // of ubsan
  std::vector<std::string> modules;             // asked for; empty: all that the wheel has
  std::vector<std::string> tests;               // files and folders, relative to the project
  std::vector<std::string> standing_arguments;  // for pytest, of every run; they name no tests
  std::vector<std::string> pytest_arguments;    // of this run's command line, behind those
  std::vector<std::string> suppressions;
  std::vector<std::string> test_requires;
  bool leaks = true;
  double timeout = 120;  // seconds without a finished test

  friend bool operator==(const Configuration& a, const Configuration& b) {
    return a.name == b.name && a.key == b.key && a.run == b.run;
  }
};

}  // namespace extproof::facts
