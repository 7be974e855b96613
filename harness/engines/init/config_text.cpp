// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/engines/init/texts.hpp"
#include "harness/facts/config_keys.hpp"
#include "harness/parsers/toml_config.hpp"

namespace extproof::engines::init {
namespace {

using parsers::TomlEntry;
using parsers::TomlValue;

constexpr std::size_t k_columns = 88;

// A list on one line where it fits, else one element on each.
std::string render_list(const std::string& key, const std::vector<std::string>& values) {
  std::vector<std::string> quoted;
  for (const std::string& value : values) {
    quoted.push_back(toml_string(value));
  }
  std::string line = key + " = [" + base::join(quoted, ", ") + "]\n";
  return line.size() <= k_columns ? line
                                  : key + " = [\n    " + base::join(quoted, ",\n    ") + ",\n]\n";
}

// A key that keeps its default, as a comment.
std::string render_offer(std::string_view section, std::string_view name) {
  const facts::ConfigKey* key = facts::config_key_named(section, name);
  std::string line = "# " + std::string(section) + (section.empty() ? "" : ".") +
                     std::string(name) + " = " + std::string(key->example);
  line.resize(std::max<std::size_t>(line.size() + 2, 34), ' ');
  return line +
         (key->example == key->default_text ? "# the default"
                                            : "# default: " + std::string(key->default_text)) +
         "\n";
}

bool same(const TomlValue& a, const TomlValue& b) {
  if (a.kind != b.kind || a.text != b.text || a.truth != b.truth ||
      // Written the same way, so equal to the bit, or both no number.
      !(a.number == b.number || (a.number != a.number && b.number != b.number)) ||
      a.items.size() != b.items.size() || a.entries.size() != b.entries.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!same(a.items[i], b.items[i])) {
      return false;
    }
  }
  return std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(),
                    [](const TomlEntry& x, const TomlEntry& y) {
                      return x.key == y.key && same(x.value, y.value);
                    });
}

// Takes [tool.extproof] out; a [tool] that held nothing else goes with it when `tool_was_there` is
// false. Whether there was one.
bool take_out(TomlValue& document, bool tool_was_there) {
  const auto named = [](std::string_view name) {
    return [name](const TomlEntry& entry) { return entry.key == name; };
  };
  const auto tool = std::find_if(document.entries.begin(), document.entries.end(), named("tool"));
  if (tool == document.entries.end() ||
      std::erase_if(tool->value.entries, named("extproof")) != 1) {
    return false;
  }
  if (!tool_was_there && tool->value.entries.empty()) {
    document.entries.erase(tool);
  }
  return true;
}

}  // namespace

std::string toml_string(std::string_view text) {
  constexpr std::string_view k_hex = "0123456789ABCDEF";
  std::string quoted = "\"";
  for (const char c : base::valid_utf8(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted += "\\u00";
      quoted += k_hex[byte >> 4U];
      quoted += k_hex[byte & 0xFU];
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string render_config(const Readings& readings) {
  std::string text;
  if (!readings.tests.empty()) {
    text += "# What pytest runs. Without it: what pytest finds in the whole project.\n" +
            render_list("tests", readings.tests);
  }
  if (!readings.test_needs.empty()) {
    text += "# What the tests need beside the project" +
            (readings.needs_said_by.empty()
                 ? std::string(", by their imports")
                 : ": " + base::escape_line(readings.needs_said_by) + " and their imports") +
            ".\n" + render_list("test-requires", readings.test_needs);
  }
  if (!readings.optional_needs.empty()) {
    text += "# Tests that are skipped without them would also run with: " +
            base::escape_line(base::join(readings.optional_needs, ", ")) + "\n";
  }
  if (!readings.build_needs.empty()) {
    text += "# What CMake looks for and the project does not bring along.\n" +
            render_list("build.requires", readings.build_needs);
  }
  text += render_offer("", "lanes");
  text += render_offer("", "compiler");
  text += render_offer("", "timeout");
  if (readings.is_plain_cmake) {
    text += render_offer("build", "cmake-options");
  }
  return text + render_offer("build", "environment");
}

std::optional<std::string> append_config(const std::string& pyproject, const Readings& readings) {
  const std::string text = append_text(pyproject, "[tool.extproof]\n" + render_config(readings), 1);
  const auto before = parsers::parse_toml(pyproject);
  auto after = parsers::parse_toml(text);
  if (!before || !after || !take_out(after.value(), before.value().find("tool") != nullptr) ||
      !same(before.value(), after.value())) {
    return std::nullopt;
  }
  const auto config = parsers::parse_config(text, k_pyproject, parsers::Dialect::pyproject, {});
  facts::Config meant;
  meant.tests = readings.tests;
  if (!readings.test_needs.empty()) {
    meant.test_requires = readings.test_needs;
  }
  meant.cmake.requires_packages = readings.build_needs;
  meant.origin = k_pyproject;
  return config && config.value() == meant ? std::optional(text) : std::nullopt;
}

std::string append_text(const std::string& text, const std::string& addition, int empty_lines) {
  const std::string end = text.find("\r\n") == std::string::npos ? "\n" : "\r\n";
  std::string result = text;
  if (!base::trim(text).empty()) {
    int ends = 0;
    for (std::string_view rest = text; rest.ends_with('\n'); ++ends) {
      rest.remove_suffix(rest.ends_with("\r\n") ? 2 : 1);
    }
    for (; ends <= empty_lines; ++ends) {
      result += end;
    }
  }
  for (const std::string_view line : base::lines(addition)) {
    result += std::string(line) + end;
  }
  return result;
}

}  // namespace extproof::engines::init
