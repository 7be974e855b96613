// SPDX-License-Identifier: Apache-2.0
//
// How json_values.cpp and json_steps.cpp take fields out of a tree. Level: store; for these two
// only. A field that is not as expected throws Unreadable, which read_value() turns into none, so
// that no reader has to check every field by hand and no exception leaves the folder.

#pragma once

#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "harness/store/json_values.hpp"

namespace extproof::store {

struct Unreadable {};

template <class Read>
auto read_value(const Json& json, Read read) -> std::optional<decltype(read(json))> {
  try {
    return read(json);
  } catch (const Unreadable&) {
    return std::nullopt;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

inline const Json& field(const Json& json, const char* key) {
  if (!json.is_object()) {
    throw Unreadable{};
  }
  const auto found = json.find(key);
  if (found == json.end()) {
    throw Unreadable{};
  }
  return *found;
}

inline const Json& array(const Json& json, const char* key) {
  const Json& found = field(json, key);
  if (!found.is_array()) {
    throw Unreadable{};
  }
  return found;
}

inline std::string text(const Json& json) {
  if (!json.is_string()) {
    throw Unreadable{};
  }
  return json.get<std::string>();
}
inline std::string text(const Json& json, const char* key) {
  return text(field(json, key));
}

// Of a field that older schemas do not have; then empty.
inline std::string text_since(const Json& json, const char* key) {
  return json.is_object() && json.contains(key) ? text(json, key) : std::string();
}

inline bool truth(const Json& json, const char* key) {
  const Json& found = field(json, key);
  if (!found.is_boolean()) {
    throw Unreadable{};
  }
  return found.get<bool>();
}

template <class Number>
Number whole(const Json& json) {
  if (!json.is_number_integer()) {
    throw Unreadable{};
  }
  return json.get<Number>();
}
template <class Number>
Number whole(const Json& json, const char* key) {
  return whole<Number>(field(json, key));
}

// JSON has no infinity; both directions agree on 0, as a duration that is not known.
inline double finite(double value) {
  return std::isfinite(value) ? value : 0;
}

inline double real(const Json& json, const char* key) {
  const Json& found = field(json, key);
  if (!found.is_number()) {
    throw Unreadable{};
  }
  return finite(found.get<double>());
}

// The member of a closed set by the name that to_string() gives it.
template <class Member>
std::optional<Member> member_named(std::initializer_list<Member> members, std::string_view name) {
  for (const Member member : members) {
    if (name == to_string(member)) {
      return member;
    }
  }
  return std::nullopt;
}

template <class T>
T known(std::optional<T> value) {
  if (!value) {
    throw Unreadable{};
  }
  return *std::move(value);
}

template <class Read>
auto each(const Json& json, const char* key, Read read)
    -> std::vector<std::decay_t<decltype(read(json))>> {
  std::vector<std::decay_t<decltype(read(json))>> values;
  for (const Json& element : array(json, key)) {
    values.push_back(read(element));
  }
  return values;
}

inline std::vector<std::string> texts(const Json& json, const char* key) {
  return each(json, key, [](const Json& element) { return text(element); });
}

template <class T>
Json json_of_each(const std::vector<T>& values) {
  Json list = Json::array();
  for (const T& value : values) {
    list.push_back(json_of(value));
  }
  return list;
}

}  // namespace extproof::store
