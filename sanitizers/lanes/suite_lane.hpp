// SPDX-License-Identifier: Apache-2.0
//
// Makes a lane of a function from a configuration to its instrumentation. Level: lanes.

#pragma once

#include "harness/engines/suite.hpp"

namespace extproof::sanitizers {

// The three functions of a lane whose difference from the others is `instrument` alone.
template <engines::Instrumentation (*instrument)(const facts::Configuration&, const std::string&)>
engines::Lane suite_lane(std::string_view name, std::string_view finds,
                         std::string (*lacks)(const facts::Compiler&)) {
  return {
      .name = name,
      .finds = finds,
      .lacks = lacks,
      .plan =
          [](const engines::LaneInput& input) {
            return engines::plan_suite(
                input, instrument(input.configuration, input.toolchain.parts.probe));
          },
      .next =
          [](const engines::LaneInput& input, const engines::Results& results) {
            return engines::next_suite(
                input, instrument(input.configuration, input.toolchain.parts.probe), results);
          },
      .interpret =
          [](const facts::Configuration& configuration, const engines::Results& results) {
            return engines::interpret_suite(configuration, instrument(configuration, ""), results);
          },
  };
}

}  // namespace extproof::sanitizers
