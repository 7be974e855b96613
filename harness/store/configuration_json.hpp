// SPDX-License-Identifier: Apache-2.0
//
// A configuration as the store keeps it with its run. Level: store.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/facts/configuration.hpp"

namespace extproof::store {

std::string render_configuration(const facts::Configuration& configuration);

// None for a text that render_configuration did not write.
// Ensures: what an interpretation reads of a configuration comes back equal.
std::optional<facts::Configuration> parse_configuration(std::string_view text);

}  // namespace extproof::store
