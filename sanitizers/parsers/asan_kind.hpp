// SPDX-License-Identifier: Apache-2.0
//
// The kind of an error from the words of its first line. Level: parsers.

#pragma once

#include <string>
#include <string_view>

#include "harness/facts/finding_kind.hpp"

namespace extproof::sanitizers {

struct AsanKind {
  facts::FindingKind kind = facts::FindingKind::unknown;
  std::string rule;       // the runtime's word where `kind` says less than it, else empty
  bool is_known = false;  // the words are in the table
};

// `words` are those behind "ERROR: AddressSanitizer: ".
AsanKind parse_asan_kind(std::string_view words);

}  // namespace extproof::sanitizers
