// SPDX-License-Identifier: Apache-2.0
#include "harness/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace extproof::base {
namespace {

// Length in bytes of the UTF-8 sequence at text[at] and its code point; length 0 when it is none
// (overlong forms, surrogates and values above U+10FFFF are none).
struct Decoded {
  std::size_t length;
  char32_t code_point;
};

Decoded decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(text[i]));
  };
  const unsigned first = byte(at);
  if (first < 0x80U) {
    return {1, first};
  }
  const std::size_t length = first >= 0xF0U ? 4 : first >= 0xE0U ? 3 : 2;
  if (first < 0xC2U || first > 0xF4U || at + length > text.size()) {
    return {0, 0};
  }
  char32_t value = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) {
      return {0, 0};
    }
    value = (value << 6U) | (byte(at + i) & 0x3FU);
  }
  const bool overlong = (length == 3 && value < 0x800U) || (length == 4 && value < 0x10000U);
  const bool surrogate = value >= 0xD800U && value <= 0xDFFFU;
  if (overlong || surrogate || value > 0x10FFFFU) {
    return {0, 0};
  }
  return {length, value};
}

void append_hex_byte(std::string& out, unsigned char byte) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  out += "\\x";
  out += k_digits[byte >> 4U];
  out += k_digits[byte & 15U];
}

bool reorders_text(char32_t c) {
  return (c >= 0x202AU && c <= 0x202EU) || (c >= 0x2066U && c <= 0x2069U) || c == 0x200EU ||
         c == 0x200FU || c == 0x061CU || c == 0x2028U || c == 0x2029U;
}

// Insertions, deletions, substitutions and swaps of neighbours, each counted once: "usban" is one
// step from "ubsan".
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substituted});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == separator) {
      pieces.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  return pieces;
}

std::vector<std::string_view> lines(std::string_view text) {
  std::vector<std::string_view> result = split(text, '\n');
  if (result.back().empty()) {
    result.pop_back();
  }
  for (std::string_view& line : result) {
    if (!line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
  }
  return result;
}

std::string join(const std::vector<std::string>& pieces, std::string_view separator) {
  std::string text;
  for (const std::string& piece : pieces) {
    if (&piece != &pieces.front()) {
      text += separator;
    }
    text += piece;
  }
  return text;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view k_space = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(k_space);
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(k_space) - begin + 1);
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    return std::nullopt;
  }
  return value;
}

std::string escape_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Decoded decoded = decode(text, at);
    const auto byte = static_cast<unsigned char>(text[at]);
    if (decoded.length == 0) {
      append_hex_byte(out, byte);
      ++at;
      continue;
    }
    if (text[at] == '\n') {
      out += "\\n";
    } else if (text[at] == '\t') {
      out += "\\t";
    } else if (byte < 0x20U || byte == 0x7FU) {
      append_hex_byte(out, byte);
    } else if (decoded.code_point >= 0x80U && decoded.code_point < 0xA0U) {
      append_hex_byte(out, static_cast<unsigned char>(decoded.code_point));
    } else if (reorders_text(decoded.code_point)) {
      char digits[8] = {};
      const auto written = std::to_chars(digits, digits + sizeof digits,
                                         static_cast<unsigned>(decoded.code_point), 16);
      out += "\\u{";
      out.append(digits, written.ptr);
      out += '}';
    } else {
      out += text.substr(at, decoded.length);
    }
    at += decoded.length;
  }
  return out;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Decoded decoded = decode(text, at);
    if (decoded.length == 0) {
      out += "\xEF\xBF\xBD";
      ++at;
    } else {
      out += text.substr(at, decoded.length);
      at += decoded.length;
    }
  }
  return out;
}

std::optional<std::string> closest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
  const std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
  std::optional<std::string> best;
  std::size_t best_distance = limit + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string render_command(const std::vector<std::string>& argv) {
  constexpr std::string_view k_plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,/:@%";
  std::string line;
  for (const std::string& word : argv) {
    if (!line.empty()) {
      line += ' ';
    }
    if (!word.empty() && word.find_first_not_of(k_plain) == std::string::npos) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) {
      if (c == '\'') {
        line += "'\\''";
      } else {
        line += c;
      }
    }
    line += '\'';
  }
  return line;
}

}  // namespace extproof::base
