// SPDX-License-Identifier: Apache-2.0
//
// What a build by plain CMake left for Python, and where Python has to look for it. No file says
// so: projects install into a folder of site-packages, put modules beside copies of their packages
// in the build folder, leave them alone there, or write them among the sources. Linux.

#pragma once

#include <string>
#include <utility>
#include <vector>

namespace extproof::worker {

// All folders are absolute. Without an install, `install` and `stage` are empty.
struct BuiltRequest {
  std::string project;               // as the user has it
  std::string tree;                  // the copy that was built
  std::string run;                   // the copy in which tests run
  std::string build;                 // CMake's build folder
  std::string install;               // the install's prefix
  std::string stage;                 // below it lies what was installed under other absolute paths
  std::string packages;              // an empty folder, for packages that are put together
  std::vector<std::string> modules;  // dotted names that are asked for; they tell where one belongs
  std::vector<std::string> path;     // python-path of the configuration; empty: detect
};

struct BuiltModule {
  std::string module;  // "pkg._core"
  std::string file;    // absolute, without links
};

struct BuiltPackages {
  std::vector<BuiltModule> native;
  std::vector<std::string> top_level;  // names that the modules and their packages are imported by
  std::vector<std::string> roots;      // folders for sys.path, in order
  // A folder of the project, relative, and the folder that stands for it where tests run.
  std::vector<std::pair<std::string, std::string>> links;
};

// The modules of the install; where it has none those of the build folder; else those among the
// sources that are not the project's own.
//
// A module without an __init__.py beside it belongs to the package of the project whose folders
// have the same names, or to that of the dotted name that was asked for. A built package gets what
// the project's has and it lacks, as links: Python files that are not installed, tests inside of
// the package.
BuiltPackages find_built(const BuiltRequest& request);

}  // namespace extproof::worker
