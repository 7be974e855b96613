// SPDX-License-Identifier: Apache-2.0
//
// A file that says which process to become: what `extproof debug` writes and `extproof-worker
// become` reads. A debugger starts the worker, which has no arguments that it could take apart, and
// keeps the environment to itself. Level: parsers. Pure.
//
// Any byte but NUL is allowed everywhere, so each piece ends with a NUL: "extproof-start 1", then
// "cwd PATH", "out PATH" (optional), and in order "arg WORD" and "env NAME=VALUE".

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace extproof::parsers {

struct StartFile {
  std::string cwd;
  std::string output;                    // file that takes stdout and stderr; empty: as they are
  std::vector<std::string> argv;         // argv[0] is an absolute path
  std::vector<std::string> environment;  // "NAME=VALUE", all of it

  friend bool operator==(const StartFile&, const StartFile&) = default;
};

// Requires: no piece holds a NUL, which none of the system's can.
std::string render_start_file(const StartFile& start);

// None for another schema, an unknown piece, a cut off one, or no argv.
std::optional<StartFile> parse_start_file(std::string_view text);

}  // namespace extproof::parsers
