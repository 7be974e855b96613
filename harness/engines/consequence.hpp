// SPDX-License-Identifier: Apache-2.0
//
// Which report of a process may follow from an earlier one. After a write to memory that is not
// its own a process goes on with damaged data, and what is reported then may be no mistake of the
// place that it names. Level: engines. Pure.
//
// The rules claim little, because a finding that is called a consequence is read later:
// - a crash follows from damage that the extension did earlier in the same process;
// - a free of something that is no block, and a report in code of others, follow from damage that
//   the extension did earlier in the same test;
// - a use or free of a block follows from the first report of the extension that names the same
//   allocation and the same free.
// Damage is a write out of bounds or to freed memory, a second free and a free of no block. A
// finding of an own place with a block of its own stays a cause, wherever it stands.

#pragma once

#include <vector>

#include "harness/engines/lane.hpp"

namespace extproof::engines {

// Fills `after` of those that may follow from another.
// Requires: sightings of one process stand in the order in which they were written.
// Ensures:  what another one follows from follows from none itself, and has another fingerprint.
void mark_consequences(std::vector<LaneSighting>& sightings);

}  // namespace extproof::engines
