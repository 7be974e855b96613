// SPDX-License-Identifier: Apache-2.0
#include "harness/base/hash.hpp"

// The library's inline form uses C casts and sign changes of its own.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wconversion"
#define XXH_INLINE_ALL
#include <xxhash.h>
#pragma GCC diagnostic pop

namespace extproof::base {

std::string digest(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, hash);
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * sizeof bytes.digest);
  for (const unsigned char byte : bytes.digest) {
    hex += k_digits[byte >> 4U];
    hex += k_digits[byte & 15U];
  }
  return hex;
}

}  // namespace extproof::base
