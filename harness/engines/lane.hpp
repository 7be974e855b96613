// SPDX-License-Identifier: Apache-2.0
//
// What a lane is: three pure functions. Level: engines. A lane starts no process, opens no file and
// knows no clock; its steps say what to run, its results say what was seen.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/facts/config.hpp"
#include "harness/facts/configuration.hpp"
#include "harness/facts/finding.hpp"
#include "harness/facts/project.hpp"
#include "harness/facts/refusal.hpp"
#include "harness/facts/step.hpp"
#include "harness/facts/toolchain.hpp"

namespace extproof::engines {

// The results so far, by step.
class Results {
 public:
  void add(facts::StepResult result) { by_id_.insert_or_assign(result.step_id, std::move(result)); }
  // The result of that step; nullptr while it has none.
  const facts::StepResult* find(std::string_view id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &found->second;
  }
  // Whether the step ended well.
  bool good(std::string_view id) const {
    const facts::StepResult* result = find(id);
    return result != nullptr && result->good();
  }

 private:
  std::map<std::string, facts::StepResult, std::less<>> by_id_;
};

// What planning may know.
struct LaneInput {
  facts::Configuration configuration;
  facts::Project project;
  facts::Config config;
  facts::Toolchain toolchain;
};

// A report with everything that one run says of it, before runs of other lanes are compared.
struct LaneSighting {
  // Without id, group, state and after. One sighting; of a leak, one for each moment that it was
  // allocated at.
  facts::Finding finding;
  std::string process;  // that wrote it, as its log is named: "san.4711"; empty when unknown
  std::string after;    // fingerprint of the sighting that it may follow from; or empty
};

struct LaneInterpretation {
  facts::LaneReport report;
  std::vector<LaneSighting> sightings;
  int swallowed_leaks = 0;                             // leaks without a frame of the extension
  std::map<std::string, facts::TestFailure> failures;  // by test
  bool reserves_address_space = false;  // its runtime does, so that limits on it are hit early
};

struct Lane {
  std::string_view name;
  std::string_view finds;  // for people: what class of bugs
  // The sanitizer whose instrumented interpreter the lane prefers: "asan"; empty: none.
  std::string_view sanitizer = {};
  // Whether the lane's runtime and flags exist for this compiler, else what is missing.
  std::string (*lacks)(const facts::Compiler& compiler);
  // The first wave of steps.
  std::vector<facts::Step> (*plan)(const LaneInput& input);
  // Every step that should exist, given the results so far; the ones that exist already are
  // ignored. Called after each result. Ensures: the same results give the same steps.
  std::vector<facts::Step> (*next)(const LaneInput& input, const Results& results);
  // What it means. Works on any prefix of a run, also on one that was cut off.
  LaneInterpretation (*interpret)(const facts::Configuration& configuration,
                                  const Results& results);
};

}  // namespace extproof::engines
