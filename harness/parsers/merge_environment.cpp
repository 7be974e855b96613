// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <utility>

#include "harness/base/text.hpp"
#include "harness/parsers/config_values.hpp"
#include "harness/parsers/toml_config.hpp"

namespace extproof::parsers {
namespace {

using facts::Config;
using facts::Refusal;
using facts::Refusals;

// Adds `name` unless it is there.
void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    names.push_back(name);
  }
}

std::vector<std::string> pieces_of(const std::string& text, char separator) {
  std::vector<std::string> pieces;
  for (const std::string_view piece : base::split(text, separator)) {
    if (!base::trim(piece).empty()) {
      pieces.emplace_back(base::trim(piece));
    }
  }
  return pieces;
}

}  // namespace

Refusals merge_lanes(Config& config, const std::vector<std::string>& names, std::string_view place,
                     const std::vector<std::string>& known_lanes) {
  Refusals refusals;
  std::vector<std::string> lanes;
  for (const std::string& name : names) {
    if (std::find(known_lanes.begin(), known_lanes.end(), name) == known_lanes.end()) {
      Refusal refusal = unknown_lane(name, known_lanes);
      refusal.place = place;
      if (const std::optional<std::string> close = base::closest(name, known_lanes)) {
        refusal.notes.push_back({"try", *close});
      }
      refusals.push_back(std::move(refusal));
    }
    add_once(lanes, name);
  }
  if (refusals.empty() && !lanes.empty()) {
    config.lanes = std::move(lanes);
  }
  return refusals;
}

Refusals merge_environment(Config& config, const std::map<std::string, std::string>& environment,
                           const std::vector<std::string>& known_lanes) {
  Refusals refusals;
  const auto value_of = [&](const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  const auto refuse = [&](const std::string& variable, const std::string& value,
                          const ValueFault& fault) {
    refusals.push_back({.code = "XP1303",
                        .headline = "\"" + value + "\" " + fault.fact,
                        .place = "environment variable " + variable,
                        .notes = {{"expected", fault.expected}, {"so", "nothing was run"}}});
  };
  const auto read_string = [&](const std::string& variable, std::string_view key,
                               std::optional<std::string>& into) {
    const std::string value = value_of(variable);
    const ValueFault fault = value.empty() ? ValueFault{} : fault_of_text(key, value);
    if (fault) {
      refuse(variable, value, fault);
    } else if (!value.empty()) {
      into = value;
    }
  };

  const Refusals unknown = merge_lanes(config, pieces_of(value_of("EXTPROOF_LANES"), ','),
                                       "environment variable EXTPROOF_LANES", known_lanes);
  refusals.insert(refusals.end(), unknown.begin(), unknown.end());
  read_string("EXTPROOF_PYTHON", "python", config.python);
  read_string("EXTPROOF_COMPILER", "compiler", config.compiler);

  if (const std::string text = value_of("EXTPROOF_TIMEOUT"); !text.empty()) {
    const std::optional<double> seconds = to_seconds(text);
    const ValueFault fault =
        seconds ? fault_of_timeout(*seconds)
                : ValueFault{"is not a number", "seconds, more than 0 and at most 604800"};
    if (fault) {
      refuse("EXTPROOF_TIMEOUT", text, fault);
    } else {
      config.timeout = *seconds;
    }
  }

  const std::vector<std::string> tests = pieces_of(value_of("EXTPROOF_TESTS"), ':');
  const std::size_t before = refusals.size();
  for (const std::string& path : tests) {
    if (const ValueFault fault = fault_of_text("tests", path)) {
      refuse("EXTPROOF_TESTS", path, fault);
    }
  }
  if (!tests.empty() && refusals.size() == before) {
    config.tests = tests;
  }
  return refusals;
}

}  // namespace extproof::parsers
