// SPDX-License-Identifier: Apache-2.0
//
// A run with as many findings as are asked for, to measure reports by. Level: testing.

#pragma once

#include <cstddef>

#include "harness/facts/finding.hpp"

namespace extproof::testing {

// Each finding has three native stacks of 20 frames, of which a fifth is the project's, a Python
// stack of 12, and four sightings; two at a time are one defect. Nothing is random.
facts::RunReport run_with_many_findings(std::size_t count);

}  // namespace extproof::testing
