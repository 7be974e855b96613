// SPDX-License-Identifier: Apache-2.0
//
// A TOML file as a tree in which every key and every value knows its place. Level: parsers. Pure.

#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"
#include "harness/parsers/excerpt.hpp"

namespace extproof::parsers {

struct TomlEntry;

struct TomlValue {
  enum class Kind { string, integer, floating, boolean, time, array, table };

  Kind kind = Kind::table;
  SourceSpan span;                 // of a table: its header, or its braces
  std::string text;                // of a string
  double number = 0;               // of an integer or a floating-point number
  bool truth = false;              // of a boolean
  std::vector<TomlValue> items;    // of an array
  std::vector<TomlEntry> entries;  // of a table, in the order of the file

  // The value of that key; nullptr when this is no table or has no such key.
  const TomlValue* find(std::string_view key) const;
  // The value at a path of keys; nullptr when there is none.
  const TomlValue* find_path(std::initializer_list<std::string_view> keys) const;
  bool is_number() const { return kind == Kind::integer || kind == Kind::floating; }
};

struct TomlEntry {
  std::string key;
  SourceSpan span;  // of the key
  TomlValue value;
};

// "a string", "a number", "a list", ...
const char* describe(TomlValue::Kind kind);

struct TomlFailure {
  SourceSpan span;
  std::string said;  // what the parser expected and saw
};

// The whole of `text` as a table.
//
// Errors: the first place that is not TOML 1.0, or a later one with a character that TOML does not
//         allow there. Also a key of more than 64 parts, which is TOML: its depth would exhaust the
//         stack.
base::Result<TomlValue, TomlFailure> parse_toml(std::string_view text);

}  // namespace extproof::parsers
