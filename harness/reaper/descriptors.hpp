// SPDX-License-Identifier: Apache-2.0
//
// Keeps descriptors from the step's process. Linux.

#pragma once

namespace extproof::reaper {

// Marks every open descriptor that is not a standard stream, so that exec closes it: whoever
// started extproof may have left any of theirs open for all children.
//
// Errors: false when the process may not even list its descriptors; then some may be handed on.
bool keep_descriptors_from_children();

// The same for kernels before 5.11, and for sandboxes that forbid the newer call. Private.
bool keep_listed_descriptors_from_children();

}  // namespace extproof::reaper
