// SPDX-License-Identifier: Apache-2.0
//
// Digests of texts, for keys and fingerprints. Level: base. Not cryptographic: nobody who could
// choose these inputs gains anything by a collision.

#pragma once

#include <string>
#include <string_view>

namespace extproof::base {

// XXH3-128 of `text`, 32 lower-case hexadecimal digits. Stable over versions and machines: it is
// written to disk.
std::string digest(std::string_view text);

}  // namespace extproof::base
