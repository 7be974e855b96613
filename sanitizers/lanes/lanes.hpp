// SPDX-License-Identifier: Apache-2.0
//
// The lanes of this folder, one file each. Level: lanes. harness/cli/lanes.inc is the table of all.

#pragma once

#include "harness/engines/lane.hpp"

namespace extproof::sanitizers {

// The project's own build without any instrumentation: what the other lanes are compared with.
engines::Lane release_lane();

// AddressSanitizer and LeakSanitizer, preloaded into the stock interpreter with its allocator
// replaced by malloc.
engines::Lane asan_lane();

// UndefinedBehaviorSanitizer of the extension alone.
engines::Lane ubsan_lane();

}  // namespace extproof::sanitizers
