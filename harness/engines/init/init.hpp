// SPDX-License-Identifier: Apache-2.0
//
// What `extproof init` would write into a project: the texts, what each is for, and what it leaves
// alone. Level: engines. Pure: somebody else read the files and will write them.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/facts/config.hpp"
#include "harness/facts/project.hpp"
#include "harness/facts/toolchain.hpp"

namespace extproof::engines::init {

inline constexpr std::string_view k_pyproject = "pyproject.toml";
inline constexpr std::string_view k_own_file = "extproof.toml";
inline constexpr std::string_view k_noxfile = "noxfile.py";
inline constexpr std::string_view k_workflow = ".github/workflows/extproof.yml";

// What stands in a place that might be written.
struct Place {
  enum class Kind { absent, file, foreign };
  Kind kind = Kind::absent;
  std::string text;  // of a file
  std::string
      reason;  // of a foreign one, completes "it is ": "a link that leads out of the project"
};

struct Input {
  facts::Project project;
  facts::Config config;  // its origin is empty where the project has no configuration
  facts::Toolchain toolchain;
  std::vector<std::string> sources;                  // as parsers::select_sources gives them
  std::map<std::string, std::string> texts;          // of the sources that is_read() names
  std::map<std::string, Place, std::less<>> places;  // by the names above; absent ones may lack
  // The project's folder, relative to the top of the repository: "" when it is that; none where
  // there is no repository.
  std::optional<std::string> folder_in_repository;
};

// Whether the text of this source says something: a build description, pytest's options, a test.
bool is_read(std::string_view path);

// A fact about the project, for people.
struct Detected {
  std::string label;  // "backend"
  std::string text;
};

struct FileToWrite {
  std::string path;    // relative to the project
  std::string text;    // the whole file
  std::string what;    // "[tool.extproof]"
  bool is_new = true;  // false: its old text is the beginning of the new one
};

struct LeftAlone {
  std::string path;
  std::string why;      // completes "left alone: "
  std::string by_hand;  // what a user could add; empty when nothing is lacking
};

struct Plan {
  std::vector<Detected> detected;
  std::vector<FileToWrite> files;
  std::vector<LeftAlone> left_alone;
};

// Ensures: no file that is there loses a byte; the plan for a project in which an earlier plan was
//          carried out has no files.
Plan plan(const Input& input);

}  // namespace extproof::engines::init
