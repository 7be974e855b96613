// SPDX-License-Identifier: Apache-2.0
//
// Whether the result of an earlier run still holds. Level: facts. Pure: the contents of inputs
// come in as texts.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/facts/step.hpp"

namespace extproof::facts {

// The key of a step: a digest of its argv, environment, files, facts and the contents of its
// inputs, in that order. An input that could not be read is `nullopt`.
// Requires: one content for each of step.inputs.
std::string stamp_key(const Step& step,
                      const std::vector<std::optional<std::string_view>>& contents);

// The text of a stamp file, and the key in one. `occasion` is another text for every time that the
// step ran, so that the stamp can be an input of later steps. An unreadable stamp, or one of
// another schema, gives no key: the step then runs.
std::string render_stamp(std::string_view key, std::string_view occasion);
std::optional<std::string> parse_stamp(std::string_view text);

}  // namespace extproof::facts
