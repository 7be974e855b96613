// SPDX-License-Identifier: Apache-2.0
//
// Reads the command line. Level: cli. Never prints, never ends the process, never looks at the
// environment or at files: what is named is looked up by others.

#pragma once

#include <string>
#include <variant>
#include <vector>

#include "harness/cli/request.hpp"
#include "harness/facts/refusal.hpp"

namespace extproof::cli {

// Help or the version: to be printed to stdout instead of doing anything.
struct TextToPrint {
  std::string text;
};

using Parsed = std::variant<Request, TextToPrint>;

// The options of every command may stand before or after its name; the last one of several wins.
// What follows "--" is for pytest and is not looked at. `lanes` are the names of all lanes: they
// are needed to say what was meant, and any word may still be given as a lane.
//
// Ensures: --help and --version win over anything that is wrong beside them.
// Errors:  XP1001, for the first word that cannot be understood.
facts::Judged<Parsed> parse_options(int argc, const char* const* argv,
                                    const std::vector<std::string>& lanes);

}  // namespace extproof::cli
