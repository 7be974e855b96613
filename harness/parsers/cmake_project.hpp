// SPDX-License-Identifier: Apache-2.0
//
// What a CMakeLists.txt says of its project, as far as it says it in plain words. Level: parsers.
// Pure: no variable is looked up, nothing is included.

#pragma once

#include <string>
#include <string_view>

namespace extproof::parsers {

struct CMakeProject {
  std::string name;     // of the first project(); empty when it is none or a variable
  std::string version;  // behind VERSION in it, likewise
};

// Any text gives an answer.
CMakeProject parse_cmake_project(std::string_view text);

}  // namespace extproof::parsers
