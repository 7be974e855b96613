// SPDX-License-Identifier: Apache-2.0
//
// What of a step's output is worth quoting in a message. Level: engines. Pure.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/engines/suite_paths.hpp"

namespace extproof::engines {

// The lines that a person would look for, at most eight, each cut to what fits on two lines of a
// terminal: from the first error of a compiler or linker on, else the end; "nothing" for no output.
std::string telling_lines(std::string_view text);

// The same from the first error of a compiler or linker on; empty when there is none. For a build
// that went well although a compile in it did not.
std::string compile_errors(std::string_view text);

// `text` with the paths in a configuration's own folder made relative: those of its copy of the
// sources are then those of the project, and two lanes that fail alike say the same.
std::string without_build_folder(std::string text, const SuitePaths& paths);

// The module that an import failed to find or to use.
struct MissingModule {
  std::string name;       // its first part: "numpy" of "numpy.typing"
  bool is_there = false;  // it was found, but lacks what was imported from it
};

// Of the message of a module that could not be collected; none when its error is another one.
std::optional<MissingModule> missing_module(std::string_view message);

}  // namespace extproof::engines
