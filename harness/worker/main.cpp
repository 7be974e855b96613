// SPDX-License-Identifier: Apache-2.0
//
// extproof-worker: the small jobs on files between the big steps of a lane. As a process of its own
// each is a step like any other: it has limits, a log, a stamp, and can be killed.

#include <fmt/core.h>

#include <cstdio>

#include "harness/worker/commands.hpp"

namespace extproof::worker {

int complain(const std::string& verb, const std::string& problem, int code) {
  fmt::print(stderr, "extproof-worker {}: {}\n", verb, problem);
  return code;
}

namespace {

struct Verb {
  const char* name;
  int (*run)(const Arguments&);
};
constexpr Verb k_verbs[] = {{"sync", run_sync},           {"inspect", run_inspect},
                            {"lines", run_lines},         {"modules", run_modules},
                            {"launchers", run_launchers}, {"wrapper-links", run_wrapper_links},
                            {"stage", run_stage},         {"built-modules", run_built_modules},
                            {"become", run_become}};

int run(const Arguments& words) {
  std::string known;
  for (const Verb& verb : k_verbs) {
    if (!words.empty() && words[0] == verb.name) {
      return verb.run(Arguments(words.begin() + 1, words.end()));
    }
    known += std::string(known.empty() ? "" : ", ") + verb.name;
  }
  fmt::print(stderr, "extproof-worker: the first word is one of: {}\n", known);
  return 2;
}

}  // namespace
}  // namespace extproof::worker

int main(int argc, char** argv) {
  return extproof::worker::run(extproof::worker::Arguments(argv + 1, argv + argc));
}
