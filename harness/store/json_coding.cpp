// SPDX-License-Identifier: Apache-2.0
//
// encode() and decode() of json_values.hpp.

#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/store/json_values.hpp"

namespace extproof::store {
namespace {

constexpr const char* k_hex = "hex";
constexpr std::string_view k_digits = "0123456789abcdef";

std::string to_hex(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += k_digits[byte >> 4U];
    text += k_digits[byte & 15U];
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) {
    return std::nullopt;
  }
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::size_t high = k_digits.find(text[i]);
    const std::size_t low = k_digits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      return std::nullopt;
    }
    bytes += static_cast<char>(static_cast<unsigned char>(high << 4U | low));
  }
  return bytes;
}

void protect(Json& json) {
  if (json.is_string()) {
    const auto& text = json.get_ref<const std::string&>();
    if (base::valid_utf8(text) != text) {
      json = Json{{k_hex, to_hex(text)}};
    }
  } else if (json.is_structured()) {
    for (Json& element : json) {
      protect(element);
    }
  }
}

bool restore(Json& json) {
  if (json.is_object() && json.size() == 1 && json.begin().key() == k_hex) {
    if (!json.front().is_string()) {
      return false;
    }
    std::optional<std::string> bytes = from_hex(json.front().get_ref<const std::string&>());
    if (!bytes) {
      return false;
    }
    json = *std::move(bytes);
    return true;
  }
  if (json.is_structured()) {
    for (Json& element : json) {
      if (!restore(element)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

std::string encode(const Json& json) {
  Json tree = json;
  protect(tree);
  return tree.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Json> decode(std::string_view text) {
  Json tree = Json::parse(text, nullptr, false);
  if (tree.is_discarded() || !restore(tree)) {
    return std::nullopt;
  }
  return tree;
}

}  // namespace extproof::store
