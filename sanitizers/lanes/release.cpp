// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/lanes/lanes.hpp"
#include "sanitizers/lanes/suite_lane.hpp"

namespace extproof::sanitizers {
namespace {

std::string lacks(const facts::Compiler& /*compiler*/) {
  return {};
}

engines::Instrumentation instrument(const facts::Configuration& /*configuration*/,
                                    const std::string& /*probe*/) {
  // Debug information changes no code, and a hang or a crash is then told with its line, which is
  // what makes it the same finding as in the other lanes.
  return {.compile = {"-g"}, .link = {"-Wl,--build-id=sha1"}, .drop = {"strip"}};
}

}  // namespace

engines::Lane release_lane() {
  return suite_lane<instrument>("release", "failing tests and crashes without instrumentation",
                                lacks);
}

}  // namespace extproof::sanitizers
