// SPDX-License-Identifier: Apache-2.0
//
// Tests that pass in the baseline and fail in a lane, without any report that would say why.
// Level: engines. Pure.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/engines/conclude.hpp"

namespace extproof::engines {

// What else may explain such a failure in a process whose runtime reserved address space; empty for
// an error that has nothing to do with memory.
std::string hint_for(std::string_view error);

std::vector<facts::Finding> find_only_in_lane(const LaneEnd& lane, const LaneEnd& baseline);

}  // namespace extproof::engines
