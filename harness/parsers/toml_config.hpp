// SPDX-License-Identifier: Apache-2.0
//
// Reads the configuration. Level: parsers. Never opens a file, never looks at the environment:
// both are handed in.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/facts/config.hpp"
#include "harness/facts/refusal.hpp"

namespace extproof::parsers {

enum class Dialect {
  pyproject,  // the keys stand in [tool.extproof]
  own_file,   // extproof.toml: the same keys at its top level
};

// The configuration in `text`; what it does not say has its default. `origin` names the file in
// messages and, when it holds any configuration, becomes Config::origin. `known_lanes` are the
// names that may stand in `lanes` and after `lane.`.
//
// Ensures: a pyproject.toml without [tool.extproof] gives the defaults, with an empty origin.
// Errors:  all of the file at once, in its order: XP1301 an unknown key, also a [tool.*] that is
//          nearly "extproof"; XP1302 an unknown lane; XP1303 a value of the wrong type or form;
//          XP1306 a key in a reserved section. XP1304 alone, when the text is not TOML.
facts::Judged<facts::Config> parse_config(std::string_view text, std::string_view origin,
                                          Dialect dialect,
                                          const std::vector<std::string>& known_lanes);

// Sets what EXTPROOF_LANES (divided by commas), EXTPROOF_PYTHON, EXTPROOF_COMPILER,
// EXTPROOF_TIMEOUT and EXTPROOF_TESTS (divided by colons) say over `config`. An empty variable
// counts as absent; others are not looked at.
// Errors: XP1302 and XP1303 of all variables at once; a variable with an error sets nothing.
facts::Refusals merge_environment(facts::Config& config,
                                  const std::map<std::string, std::string>& environment,
                                  const std::vector<std::string>& known_lanes);

// Sets the lanes named in `place`, such as "the command line", over those of `config`; doubles
// count once. Nothing happens when `names` is empty.
// Errors: XP1302 for each unknown name; `config` is then as it was.
facts::Refusals merge_lanes(facts::Config& config, const std::vector<std::string>& names,
                            std::string_view place, const std::vector<std::string>& known_lanes);

}  // namespace extproof::parsers
