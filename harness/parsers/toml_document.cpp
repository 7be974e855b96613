// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/toml_document.hpp"

#include <algorithm>
#include <optional>

// Compiled in, whatever the system's package prefers: the program must start on machines without
// the shared library, and failures are values here. toml++ 3.3 asserts, or lets the compiler
// assume, what "[/x]" breaks, right before it handles that case itself.
#undef NDEBUG
#undef TOML_HEADER_ONLY
#define TOML_HEADER_ONLY 1
#undef TOML_EXCEPTIONS
#define TOML_EXCEPTIONS 0
#undef TOML_ASSERT
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>

#include "harness/parsers/text_columns.hpp"

namespace extproof::parsers {
namespace {

constexpr std::size_t k_most_dots = 64;

SourceSpan span_of(const toml::source_region& region) {
  return {.line = region.begin.line,
          .column = region.begin.column,
          .end_line = region.end.line,
          .end_column = region.end.column};
}

// The length of the quoted text that begins at `at`, with its quotes, up to the end of the text or,
// for one that may not span lines, of the line.
std::size_t quoted_length(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string three(3, quote);
  const bool long_form = text.substr(at, 3) == three;
  const std::size_t width = long_form ? 3 : 1;
  std::size_t end = at + width;
  while (end < text.size()) {
    if (text[end] == '\\' && quote == '"') {
      end += 2;
    } else if (text.substr(end, width) == std::string_view(three).substr(0, width)) {
      end += width;
      // The last quotes of a long text may be its own: """a"""" ends with one.
      for (int own = 0; long_form && own < 2 && end < text.size() && text[end] == quote; ++own) {
        ++end;
      }
      return end - at;
    } else if (text[end] == '\n' && !long_form) {
      return end - at;
    } else {
      ++end;
    }
  }
  return text.size() - at;
}

// What toml++ 3.3 must not see, because its behaviour is then undefined: a character outside of
// ASCII where TOML allows none, which is everywhere but in texts and comments, and a key of so many
// parts that freeing the tree, which is recursive, exhausts the stack.
std::optional<TomlFailure> dangerous_place(std::string_view text) {
  SourceSpan place{.line = 1, .column = 1};
  std::size_t dots = 0;
  const auto advance = [&](std::string_view passed) {
    while (!passed.empty()) {
      const std::size_t bytes = first_glyph(passed).bytes.size();
      place = passed[0] == '\n' ? SourceSpan{.line = place.line + 1, .column = 1}
                                : SourceSpan{.line = place.line, .column = place.column + 1};
      passed.remove_prefix(bytes);
    }
  };
  // A quote after anything else is no beginning of a text for toml++, which reads on through it.
  constexpr std::string_view k_before_quote = " \t\r\n=,[{.\xBF";
  constexpr std::string_view k_mark = "\xEF\xBB\xBF";
  std::size_t at = text.substr(0, k_mark.size()) == k_mark ? k_mark.size() : 0;
  while (at < text.size()) {
    std::size_t length = 1;
    if (text[at] == '"' || text[at] == '\'') {
      if (at > 0 && k_before_quote.find(text[at - 1]) == std::string_view::npos) {
        return TomlFailure{place, "no text may begin here"};
      }
      length = quoted_length(text, at);
    } else if (text[at] == '#') {
      length = std::min(text.find('\n', at), text.size()) - at;
    } else if (static_cast<unsigned char>(text[at]) >= 0x80U) {
      return TomlFailure{place, "only texts, quoted keys and comments may hold this character"};
    } else if (text[at] == '.') {
      if (++dots > k_most_dots) {
        return TomlFailure{place, "a key has more than 64 parts"};
      }
    } else if (std::string_view("=,[]{}\n").find(text[at]) != std::string_view::npos) {
      dots = 0;
    }
    const std::string_view passed = text.substr(at, length);
    advance(passed);
    at += passed.size();
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

const TomlValue* TomlValue::find_path(std::initializer_list<std::string_view> keys) const {
  const TomlValue* value = this;
  for (const std::string_view key : keys) {
    value = value == nullptr ? nullptr : value->find(key);
  }
  return value;
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
  if (std::optional<TomlFailure> failure = dangerous_place(text)) {
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
