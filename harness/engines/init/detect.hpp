// SPDX-License-Identifier: Apache-2.0
//
// What the files of a project say of its tests, its version and its native code. Level: engines.
// Pure. Everything here is a reading of texts: the build itself is not asked.

#pragma once

#include "harness/engines/init/init.hpp"
#include "harness/parsers/toml_document.hpp"

namespace extproof::engines::init {

struct Readings {
  std::string name;                      // of the distribution; empty when nothing says it
  std::string version;                   // where it comes from, in words
  bool version_from_repository = false;  // so that a build needs the tags
  std::vector<std::string> modules;      // native ones that a build description names
  std::vector<std::string> languages;    // "3 C files", the most frequent first
  // What pytest should be told to run; empty when its own choice is right or nothing was found.
  std::vector<std::string> tests;
  std::string tests_said_by;  // the file whose `testpaths` says it already
  std::size_t test_files = 0;
  std::vector<std::string> pytest_options;  // words of addopts
  std::vector<std::string> test_needs;  // requirements that `test-requires` should list, or none
  std::vector<std::string> optional_needs;  // what tests are skipped without
  std::string wheels_tested_by;             // cibuildwheel's test-command
  std::string needs_said_by;                // where those come from that no test imports
  bool is_plain_cmake = false;              // no backend builds the project, CMake itself does
  std::vector<std::string> build_needs;     // of such a project: `requires` of the build
};

Readings read_project(const Input& input);

// Whether the file is a test module by its name.
bool is_test_module(std::string_view path);

// pytest's options and paths as its own configuration gives them.
struct PytestConfiguration {
  std::string file;  // the one that holds them; empty: none
  std::vector<std::string> options;
  bool has_testpaths = false;
  std::vector<std::string> testpaths;
  std::vector<std::string> required_plugins;  // requirements
  bool has_asyncio_mode = false;
};
PytestConfiguration read_pytest_configuration(const Input& input,
                                              const parsers::TomlValue& pyproject);

// Fills the needs of `readings`; its tests and its name are known.
void read_needs(const Input& input, const parsers::TomlValue& pyproject,
                const PytestConfiguration& pytest, Readings& readings);

}  // namespace extproof::engines::init
