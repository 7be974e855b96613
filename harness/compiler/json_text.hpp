// SPDX-License-Identifier: Apache-2.0
//
// Strings as JSON. The wrapper is started once per compile and writes one object of strings, for
// which a JSON library costs more than it brings.

#pragma once

#include <string>
#include <string_view>

namespace extproof::compiler {

// Appends `bytes` to `json` as a string with its quotes. What is not UTF-8 (overlong forms,
// surrogates and values above U+10FFFF included) becomes U+FFFD, one for each byte that starts no
// valid sequence; control characters are escaped.
void append_json_string(std::string& json, std::string_view bytes);

}  // namespace extproof::compiler
