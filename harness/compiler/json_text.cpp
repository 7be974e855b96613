// SPDX-License-Identifier: Apache-2.0
#include "harness/compiler/json_text.hpp"

#include <cstddef>

namespace extproof::compiler {
namespace {

// The length of the valid UTF-8 sequence at the beginning of `bytes`, or 0.
std::size_t sequence_length(std::string_view bytes) {
  const auto byte = [bytes](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80                    ? 1
                             : lead >= 0xc2 && lead <= 0xdf ? 2
                             : lead >= 0xe0 && lead <= 0xef ? 3
                             : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                            : 0;
  if (length == 0 || bytes.size() < length) {
    return 0;
  }
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xc0U) != 0x80U) {
      return 0;
    }
  }
  const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xed && byte(1) > 0x9f;
  const bool too_large = lead == 0xf4 && byte(1) > 0x8f;
  return overlong || surrogate || too_large ? 0 : length;
}

}  // namespace

void append_json_string(std::string& json, std::string_view bytes) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  json += '"';
  while (!bytes.empty()) {
    const std::size_t length = sequence_length(bytes);
    const auto code = static_cast<unsigned char>(bytes.front());
    if (length == 0) {
      json += "\xef\xbf\xbd";
    } else if (code == '"' || code == '\\') {
      json += '\\';
      json += bytes.front();
    } else if (code < 0x20 || code == 0x7f) {
      json += "\\u00";
      json += k_digits[code >> 4U];
      json += k_digits[code & 15U];
    } else {
      json += bytes.substr(0, length);
    }
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  json += '"';
}

}  // namespace extproof::compiler
