// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/toml_document.hpp"

#include <algorithm>
#include <optional>

// Compiled in, whatever the system's package prefers: the program must start on machines without
// the shared library, and failures are values here.
#undef TOML_HEADER_ONLY
#define TOML_HEADER_ONLY 1
#undef TOML_EXCEPTIONS
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "harness/base/text.hpp"

namespace extproof::parsers {
namespace {

constexpr std::size_t k_most_dots = 64;

SourceSpan span_of(const toml::source_region& region) {
  return {.line = region.begin.line,
          .column = region.begin.column,
          .end_line = region.end.line,
          .end_column = region.end.column};
}

// toml++ 3.3 bounds the depth of values, but not that of dotted keys, and frees its tree
// recursively. Quoted texts with that many dots are caught too; none was ever meant.
std::optional<TomlFailure> too_deep(std::string_view text) {
  constexpr std::string_view k_of_keys =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-\"' \t";
  std::size_t number = 0;
  for (const std::string_view line : base::lines(text)) {
    ++number;
    std::size_t dots = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
      if (line[at] != '.') {
        dots = k_of_keys.find(line[at]) == std::string_view::npos ? 0 : dots;
        continue;
      }
      // "..." is never a key.
      dots = at > 0 && line[at - 1] == '.' ? 0 : dots + 1;
      if (dots > k_most_dots) {
        return TomlFailure{{number, 1, number, 2}, "a key has more than 64 parts"};
      }
    }
  }
  return std::nullopt;
}

TomlValue make_value(const toml::node& node) {
  TomlValue value{.span = span_of(node.source())};
  switch (node.type()) {
    case toml::node_type::string:
      value.kind = TomlValue::Kind::string;
      value.text = node.as_string()->get();
      break;
    case toml::node_type::integer:
      value.kind = TomlValue::Kind::integer;
      value.number = static_cast<double>(node.as_integer()->get());
      break;
    case toml::node_type::floating_point:
      value.kind = TomlValue::Kind::floating;
      value.number = node.as_floating_point()->get();
      break;
    case toml::node_type::boolean:
      value.kind = TomlValue::Kind::boolean;
      value.truth = node.as_boolean()->get();
      break;
    case toml::node_type::array:
      value.kind = TomlValue::Kind::array;
      for (const toml::node& item : *node.as_array()) {
        value.items.push_back(make_value(item));
      }
      break;
    case toml::node_type::table:
      value.kind = TomlValue::Kind::table;
      for (const auto& [key, item] : *node.as_table()) {
        value.entries.push_back({std::string(key.str()), span_of(key.source()), make_value(item)});
      }
      std::sort(value.entries.begin(), value.entries.end(),
                [](const TomlEntry& a, const TomlEntry& b) { return a.span < b.span; });
      break;
    default:
      value.kind = TomlValue::Kind::time;
      break;
  }
  return value;
}

}  // namespace

const TomlValue* TomlValue::find(std::string_view key) const {
  for (const TomlEntry& entry : entries) {
    if (entry.key == key) {
      return &entry.value;
    }
  }
  return nullptr;
}

const char* describe(TomlValue::Kind kind) {
  switch (kind) {
    case TomlValue::Kind::string:
      return "a string";
    case TomlValue::Kind::integer:
    case TomlValue::Kind::floating:
      return "a number";
    case TomlValue::Kind::boolean:
      return "a truth value";
    case TomlValue::Kind::time:
      return "a date or time";
    case TomlValue::Kind::array:
      return "a list";
    case TomlValue::Kind::table:
      return "a table";
  }
  return "";
}

base::Result<TomlValue, TomlFailure> parse_toml(std::string_view text) {
  if (std::optional<TomlFailure> failure = too_deep(text)) {
    return base::Failure<TomlFailure>{std::move(*failure)};
  }
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return base::Failure<TomlFailure>{
        {span_of(parsed.error().source()), std::string(parsed.error().description())}};
  }
  return make_value(parsed.table());
}

}  // namespace extproof::parsers
