// SPDX-License-Identifier: Apache-2.0
//
// One report of a sanitizer runtime, as its parser read it: not yet attributed to a test, not yet
// compared with others. Level: facts.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/span.hpp"
#include "harness/facts/finding_kind.hpp"
#include "harness/facts/stack.hpp"

namespace extproof::facts {

struct Report {
  FindingKind kind = FindingKind::unknown;
  std::string rule;      // UBSan: "invalid-shift-exponent", ...; ASan: the runtime's own word when
                         // `kind` says less than it, such as "SEGV"; else empty
  std::string headline;  // one line for people, as the runtime words it, without "==pid=="
  std::string explanation;  // the lines that place the address ("0 bytes after 40-byte region
                            // ..."), one per line; empty when there are none
  Access access = Access::none;
  std::uint64_t access_size = 0;  // bytes; 0 when not printed
  std::vector<Stack> stacks;      // in the order of the report
  std::optional<Frame> where;     // UBSan's own source location, which stands before any stack
  std::uint64_t leaked_bytes = 0;
  std::uint64_t leaked_objects = 0;
  bool indirect = false;    // a leak reachable only from another leaked block
  bool incomplete = false;  // the log ends inside this report
  base::ByteRange bytes;    // in its log
};

// Something in a log that begins like a report but cannot be read.
struct Problem {
  std::string code;  // such as "XP2104"
  std::string message;
  std::size_t offset = 0;
};

}  // namespace extproof::facts
