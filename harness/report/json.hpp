// SPDX-License-Identifier: Apache-2.0
//
// A run and a plan as JSON documents for other programs. Level: report. Their forms are contracts:
// schema_versions::k_report and k_plan.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/facts/finding.hpp"
#include "harness/facts/step.hpp"

namespace extproof::report {

// Indented, ended by "\n". Always valid UTF-8: what is none in a text becomes U+FFFD.
std::string render_json(const facts::RunReport& run);

// By the name of a configuration.
using ArgumentsByLane = std::map<std::string, std::vector<std::string>>;

// `lanes`: the configurations, in order; `pytest_arguments`: what the tests of each get in every
// run. The same form of text as render_json().
std::string plan_json(const std::vector<facts::LaneReport>& lanes,
                      const ArgumentsByLane& pytest_arguments,
                      const std::vector<facts::Step>& steps);

}  // namespace extproof::report
