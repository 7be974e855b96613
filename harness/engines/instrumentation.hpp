// SPDX-License-Identifier: Apache-2.0
//
// What a lane adds to building and running a suite, as a value. Level: engines. The shared suite
// (suite.hpp) does the rest, so that a lane is the difference and nothing else.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/facts/finding_kind.hpp"

namespace extproof::engines {

struct Instrumentation {
  // For the compiler wrapper; the words are those of its profile.
  std::vector<std::string> compile;  // flags of compiles, appended last
  std::vector<std::string> link;     // flags of links
  std::vector<std::string> drop;     // groups of flags that defeat the lane

  // For the launcher. Empty `preload` and `options`: the interpreter starts as it is.
  std::vector<std::string> preload;  // shared objects, in order
  // Sanitizer option variables and what they get; each also gets its log_path.
  std::vector<std::pair<std::string, std::string>> options;
  std::vector<std::pair<std::string, std::string>> environment;

  // For the preflight.
  std::string kind = "none";      // word that preflight.py knows: "asan", "ubsan", "none"
  std::string canary = "none.c";  // file in the folder of canaries
  // The canary must give a report of this kind with this rule; `unknown` where there is none.
  facts::FindingKind canary_kind = facts::FindingKind::unknown;
  std::string canary_rule;
  // Each judged module must import a symbol that starts like one of these. Empty: not looked at.
  std::vector<std::string> evidence;
  // Word of -fsanitize= with which every part of a module should have been compiled, as the debug
  // information tells; what was not is named as a blind spot.
  std::string sanitizer;
  // Whether one part compiled so proves it too, for checks that small code may give no cause to.
  // That the runtime was linked proves nothing: the link may have come behind other compiles.
  bool is_proved_by_flag = false;
  bool leak_check = false;
  // The runtime tells a place once per process: the other tests that reach it are found by running
  // them again in forks; see forked_tests.hpp.
  bool tells_once = false;
  bool reserves_address_space = false;  // terabytes, at the start of the process

  // What the choice of the interpreter means, as a sentence; empty where it does not matter.
  std::string interpreter;
  // What the lane cannot see, as sentences for the report.
  std::vector<std::string> blind_spots;
};

}  // namespace extproof::engines
