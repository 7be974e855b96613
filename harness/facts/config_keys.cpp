// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/config_keys.hpp"

#include <algorithm>

namespace extproof::facts {

const char* describe(KeyType type) {
  switch (type) {
    case KeyType::string:
      return "a string";
    case KeyType::strings:
      return "a list of strings";
    case KeyType::number:
      return "a number";
    case KeyType::boolean:
      return "true or false";
    case KeyType::settings:
      return "a table of strings and lists of strings";
    case KeyType::variables:
      return "a table of strings";
  }
  return "";
}

const std::vector<ConfigKey>& config_keys() {
  static const std::vector<ConfigKey> k_keys = {
#define EXTPROOF_CONFIG_KEY(section, name, type, default_text, example, meaning) \
  {section, name, KeyType::type, default_text, example, meaning},
#define EXTPROOF_CONFIG_RESERVED(name, purpose)
#include "harness/facts/config_keys.inc"
#undef EXTPROOF_CONFIG_KEY
#undef EXTPROOF_CONFIG_RESERVED
  };
  return k_keys;
}

const std::vector<ReservedSection>& reserved_sections() {
  static const std::vector<ReservedSection> k_sections = {
#define EXTPROOF_CONFIG_KEY(section, name, type, default_text, example, meaning)
#define EXTPROOF_CONFIG_RESERVED(name, purpose) {name, purpose},
#include "harness/facts/config_keys.inc"
#undef EXTPROOF_CONFIG_KEY
#undef EXTPROOF_CONFIG_RESERVED
  };
  return k_sections;
}

const ConfigKey* config_key_named(std::string_view section, std::string_view name) {
  for (const ConfigKey& key : config_keys()) {
    if (key.section == section && key.name == name) {
      return &key;
    }
  }
  return nullptr;
}

std::vector<std::string> config_names_in(std::string_view section) {
  std::vector<std::string> names;
  for (const ConfigKey& key : config_keys()) {
    if (key.section == section) {
      names.emplace_back(key.name);
    } else if (section.empty() &&
               std::find(names.begin(), names.end(), key.section) == names.end()) {
      names.emplace_back(key.section);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string describe_section(std::string_view section) {
  if (section.empty()) {
    return "[tool.extproof]";
  }
  return "[tool.extproof." + std::string(section) + (section == "lane" ? ".NAME]" : "]");
}

}  // namespace extproof::facts
