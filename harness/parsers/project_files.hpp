// SPDX-License-Identifier: Apache-2.0
//
// What a source tree's own files say about building it: pyproject.toml (PEP 517, 518, 621),
// setup.py and setup.cfg. Level: parsers. Never opens a file.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/facts/project.hpp"
#include "harness/facts/refusal.hpp"

namespace extproof::parsers {

// The CMakeLists.txt of a project that CMake itself may build.
struct CMakeLists {
  std::optional<std::string> text;  // none: there is no such file
  // The configuration says that CMake builds the project, whatever other files say.
  bool is_asked_for = false;
  std::string path = "CMakeLists.txt";  // where it was looked for, for messages
};

// The project whose files are given; none stands for a file that is not there. A setup.py is only
// looked at for being there: its text is a program. `root` becomes Project::root.
//
// Ensures: without a [build-system] the backend is the one of PEP 517 for such projects,
//          setuptools.build_meta:__legacy__, but plain CMake where no file says how to build a
//          wheel and there is a CMakeLists.txt. The name is empty when no file but setup.py knows
//          it; one that CMake builds has the name of project(), else that of its folder.
// Errors:  XP1101 when no file says how to build a wheel, and when CMake is asked for and there is
//          no CMakeLists.txt. XP1105 and XP1304, all of a file at once, where a file breaks its
//          standard.
facts::Judged<facts::Project> parse_project(const std::optional<std::string>& pyproject,
                                            bool setup_py_exists,
                                            const std::optional<std::string>& setup_cfg,
                                            std::string_view root, const CMakeLists& cmake = {});

// The backend that the text before the first ":" or "." of `build-backend` means.
facts::Backend backend_named(std::string_view build_backend);

// The value of `key` in `section` of an INI file as Python's configparser reads it: names without
// regard to case, "=" or ":", comments in lines of their own, continuation lines joined with "\n".
std::optional<std::string> ini_value(std::string_view text, std::string_view section,
                                     std::string_view key);

}  // namespace extproof::parsers
