// SPDX-License-Identifier: Apache-2.0
//
// The closed table of configuration keys. Level: facts. The rows are in config_keys.inc.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace extproof::facts {

enum class KeyType {
  string,
  strings,  // a list of strings
  number,
  boolean,
  settings,   // a table whose values are strings or lists of strings
  variables,  // a table whose values are strings
};

// "a string", "a list of strings", ...
const char* describe(KeyType type);

struct ConfigKey {
  std::string_view section;  // "", "build" or "lane"
  std::string_view name;     // kebab-case
  KeyType type;
  std::string_view default_text;  // a TOML value, or words when the default depends on the machine
  std::string_view example;       // a TOML value
  std::string_view meaning;       // one sentence
};

struct ReservedSection {
  std::string_view name;
  std::string_view purpose;
};

// In the order of the table.
const std::vector<ConfigKey>& config_keys();

// The sections that no engine of this version reads.
const std::vector<ReservedSection>& reserved_sections();

// nullptr when that section has no such key.
const ConfigKey* config_key_named(std::string_view section, std::string_view name);

// What may stand in that section, sorted: its keys, and in "" the sections as well.
std::vector<std::string> config_names_in(std::string_view section);

// "[tool.extproof]", "[tool.extproof.build]", "[tool.extproof.lane.NAME]".
std::string describe_section(std::string_view section);

// A timeout beyond this is a slip of the keyboard: one week.
inline constexpr double k_max_timeout = 604800;

}  // namespace extproof::facts
