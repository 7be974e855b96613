// SPDX-License-Identifier: Apache-2.0
//
// The command line of the reaper. Std only: the program is small and linked statically.

#pragma once

#include <string>

namespace extproof::reaper {

struct Options {
  int control_fd = -1;    // orders come in here; its end means that extproof died
  int status_fd = -1;     // the one line about the end goes out here
  bool terminal = false;  // the step has the terminal: it stays in our session and process group
  int grace_ms = 500;     // between the polite and the final end of what was left behind
  char** argv = nullptr;  // of the step; ends with nullptr, points into the vector given to main
};

// Reads `--control FD --status FD [--grace-ms N] [--terminal] -- ARGV...`.
//
// Ensures: true, and `options` is complete; or false, and `problem` says what is wrong.
bool parse_options(int argc, char** argv, Options& options, std::string& problem);

}  // namespace extproof::reaper
