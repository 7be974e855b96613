// SPDX-License-Identifier: Apache-2.0
//
// A half-open range of bytes in a text that is named elsewhere. Level: base.

#pragma once

#include <cstddef>

namespace extproof::base {

// [begin, end), in bytes from the start of the text.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::size_t size() const { return end - begin; }
  bool contains(std::size_t offset) const { return begin <= offset && offset < end; }
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
  friend auto operator<=>(const ByteRange&, const ByteRange&) = default;
};

}  // namespace extproof::base
