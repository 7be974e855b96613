// SPDX-License-Identifier: Apache-2.0
//
// What to quote of a long output. Level: engines. Pure.

#pragma once

#include <string>
#include <string_view>

namespace extproof::engines {

// The lines of a build's output that a person would look for: from the first error on, else the
// end; "nothing" for an empty text.
std::string telling_lines(std::string_view text);

}  // namespace extproof::engines
