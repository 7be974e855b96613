// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/toml_config.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/base/text.hpp"
#include "harness/facts/config_keys.hpp"
#include "harness/parsers/config_values.hpp"
#include "harness/parsers/excerpt.hpp"
#include "harness/parsers/pytest_arguments.hpp"
#include "harness/parsers/toml_document.hpp"
#include "harness/parsers/toml_refusals.hpp"

namespace extproof::parsers {
namespace {

using facts::Config;
using facts::ConfigKey;
using facts::KeyType;
using facts::LaneConfig;
using facts::Refusal;
using facts::RefusalNote;
using facts::Refusals;

const RefusalNote k_so = {"so", "nothing was run"};

// Adds `name` unless it is there.
void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    names.push_back(name);
  }
}

// What to write instead of a value of another type, when that is plain to see.
std::string rewritten(const TomlValue& value, std::string_view source, KeyType wanted) {
  constexpr std::size_t k_longest = 40;
  if (source.empty() || source.size() > k_longest) {
    return "";
  }
  const std::string text(source);
  const bool is_word = value.is_number() || value.kind == TomlValue::Kind::boolean;
  switch (wanted) {
    case KeyType::string:
      return is_word ? "\"" + text + "\"" : "";
    case KeyType::strings:
      return value.kind == TomlValue::Kind::string ? "[" + text + "]"
             : value.is_number()                   ? "[\"" + text + "\"]"
                                                   : "";
    case KeyType::number:
    case KeyType::boolean: {
      const bool fits = wanted == KeyType::boolean ? value.text == "true" || value.text == "false"
                                                   : base::to_integer(value.text).has_value();
      return value.kind == TomlValue::Kind::string && fits ? value.text : "";
    }
    case KeyType::settings:
    case KeyType::variables:
      return "";
  }
  return "";
}

class ConfigReader {
 public:
  ConfigReader(std::string_view text, std::string_view origin, Dialect dialect,
               const std::vector<std::string>& known_lanes)
      : refusals_(text, origin), dialect_(dialect), known_lanes_(known_lanes) {}

  facts::Judged<Config> read(const TomlValue& document) {
    const TomlValue* top = &document;
    if (dialect_ == Dialect::pyproject) {
      const TomlValue* tool = document.find("tool");
      top = tool == nullptr ? nullptr : tool->find("extproof");
      if (top == nullptr && tool != nullptr) {
        look_for_misspelt_table(*tool);
      }
    }
    if (top != nullptr && top->kind != TomlValue::Kind::table) {
      refusals_.add(
          top->span,
          {.code = "XP1303",
           .headline = "\"tool.extproof\" is " + std::string(describe(top->kind)) + ", not a table",
           .notes = {k_so}},
          "expected a table");
    } else if (top != nullptr) {
      config_.origin = refusals_.origin();
      read_top(*top);
    }
    Refusals found = refusals_.take();
    if (!found.empty()) {
      return base::Failure<Refusals>{std::move(found)};
    }
    return std::move(config_);
  }

 private:
  void look_for_misspelt_table(const TomlValue& tool) {
    for (const TomlEntry& entry : tool.entries) {
      if (base::closest(entry.key, {"extproof"})) {
        refusals_.add(entry.span,
                      {.code = "XP1301",
                       .headline = "[tool." + entry.key + "] is not a table that extproof reads",
                       .notes = {k_so}},
                      "did you mean \"extproof\"?");
      }
    }
  }

  void read_top(const TomlValue& top) {
    for (const TomlEntry& entry : top.entries) {
      if (entry.key == "build") {
        read_section(entry, "build", nullptr);
      } else if (entry.key == "lane") {
        read_lanes(entry);
      } else if (const auto* reserved = reserved_section(entry.key)) {
        refuse_reserved(entry, *reserved);
      } else {
        read_entry(entry, "", nullptr);
      }
    }
  }

  static const facts::ReservedSection* reserved_section(std::string_view name) {
    for (const facts::ReservedSection& section : facts::reserved_sections()) {
      if (section.name == name) {
        return &section;
      }
    }
    return nullptr;
  }

  // The section as the user writes it in this file.
  std::string written(std::string_view section) const {
    if (dialect_ == Dialect::pyproject) {
      return section.empty() ? "[tool.extproof]" : "[tool.extproof." + std::string(section) + "]";
    }
    return section.empty() ? "the top level" : "[" + std::string(section) + "]";
  }

  void refuse_reserved(const TomlEntry& entry, const facts::ReservedSection& section) {
    const std::string fact =
        "this extproof has no engine for " + std::string(section.purpose) + " yet";
    if (entry.value.kind != TomlValue::Kind::table) {
      refusals_.add(entry.span,
                    {.code = "XP1306",
                     .headline = "\"" + entry.key + "\" has no effect: " + fact,
                     .notes = {k_so, {"try", "remove it"}}},
                    "nothing reads this");
    }
    for (const TomlEntry& key : entry.value.entries) {
      refusals_.add(key.span,
                    {.code = "XP1306",
                     .headline = "\"" + key.key + "\" in " + written(section.name) +
                                 " has no effect: " + fact,
                     .notes = {k_so, {"try", "remove it"}}},
                    "nothing reads this");
    }
  }

  bool is_table(const TomlEntry& entry) {
    if (entry.value.kind == TomlValue::Kind::table) {
      return true;
    }
    refusals_.add(
        entry.span,
        {.code = "XP1303",
         .headline = "\"" + entry.key + "\" is " + describe(entry.value.kind) + ", not a table",
         .notes = {k_so}},
        "expected a table");
    return false;
  }

  void read_section(const TomlEntry& entry, std::string_view section, LaneConfig* lane) {
    if (!is_table(entry)) {
      return;
    }
    for (const TomlEntry& key : entry.value.entries) {
      read_entry(key, section, lane);
    }
  }

  void read_lanes(const TomlEntry& entry) {
    if (!is_table(entry)) {
      return;
    }
    for (const TomlEntry& lane : entry.value.entries) {
      if (std::find(known_lanes_.begin(), known_lanes_.end(), lane.key) == known_lanes_.end()) {
        refusals_.add(lane.span, unknown_lane(lane.key, known_lanes_),
                      suggestion(lane.key, known_lanes_));
      }
      read_section(lane, "lane", &config_.lane[lane.key]);
    }
  }

  void refuse_unknown(const TomlEntry& entry, std::string_view section) {
    Refusal refusal{.code = "XP1301",
                    .headline = "\"" + entry.key + "\" is not a key of " +
                                written(section == "lane" ? "lane.NAME" : section)};
    const std::vector<std::string> names = facts::config_names_in(section);
    const std::string close = suggestion(entry.key, names);
    for (const std::string_view other : {"", "build", "lane"}) {
      if (close.empty() && facts::config_key_named(other, entry.key) != nullptr) {
        refusal.notes.push_back(
            {"try", "put it in " + written(other == "lane" ? "lane.NAME" : other)});
      }
    }
    if (dialect_ == Dialect::own_file && section.empty() && entry.key == "tool") {
      refusal.notes.push_back(
          {"try", "write the keys at the top level, as [build] for [tool.extproof.build]"});
    }
    refusal.notes.insert(refusal.notes.begin(), {{"known", base::join(names, ", ")}, k_so});
    refusals_.add(entry.span, std::move(refusal), close);
  }

  void refuse_type(const TomlValue& value, const SourceSpan& span, const std::string& what,
                   KeyType wanted, const std::string& example) {
    const std::string_view source = refusals_.text_of(value.span);
    const std::string shown =
        source.empty() || source.size() > 60 ? "the value" : std::string(source);
    const std::string instead = rewritten(value, source, wanted);
    Refusal refusal{.code = "XP1303",
                    .headline = shown + " is " + describe(value.kind) + ", and " + what +
                                " takes " + describe(wanted)};
    if (!example.empty()) {
      refusal.notes.push_back({"as in", example});
    }
    refusal.notes.push_back(k_so);
    refusals_.add(
        span, std::move(refusal),
        instead.empty() ? std::string("expected ") + describe(wanted) : "write " + instead);
  }

  void refuse_value(const TomlValue& value, const std::string& key, const ValueFault& fault) {
    const std::string shown = value.kind == TomlValue::Kind::string
                                  ? "\"" + value.text + "\""
                                  : std::string(refusals_.text_of(value.span));
    refusals_.add(value.span,
                  {.code = "XP1303",
                   .headline = shown + " in \"" + key + "\" " + fault.fact,
                   .notes = {{"expected", fault.expected}, k_so}},
                  "");
  }

  // A string that may stand for `key`.
  bool takes(const TomlValue& value, const ConfigKey& key) {
    const ValueFault fault = fault_of_text(key.name, value.text);
    if (fault) {
      refuse_value(value, std::string(key.name), fault);
    }
    return !fault;
  }

  std::optional<std::vector<std::string>> read_strings(const TomlValue& value, const ConfigKey& key,
                                                       const std::string& what) {
    std::vector<std::string> texts;
    const std::size_t before = refusals_.count();
    for (const TomlValue& item : value.items) {
      if (item.kind != TomlValue::Kind::string) {
        refuse_type(item, item.span, "an element of " + what, KeyType::string, "");
      } else if (takes(item, key)) {
        texts.push_back(item.text);
      }
    }
    return refusals_.count() == before ? std::optional(std::move(texts)) : std::nullopt;
  }

  void read_entry(const TomlEntry& entry, std::string_view section, LaneConfig* lane) {
    const ConfigKey* key = facts::config_key_named(section, entry.key);
    if (key == nullptr) {
      refuse_unknown(entry, section);
      return;
    }
    const TomlValue& value = entry.value;
    const std::string quoted = "\"" + entry.key + "\"";
    const std::string example = entry.key + " = " + std::string(key->example);
    const auto has_type = [&](bool right) {
      if (!right) {
        // A table has its place where its header stands, which is that of the key.
        const bool at_key = value.kind == TomlValue::Kind::table;
        refuse_type(value, at_key ? entry.span : value.span, quoted, key->type, example);
      }
      return right;
    };
    switch (key->type) {
      case KeyType::string:
        if (has_type(value.kind == TomlValue::Kind::string) && takes(value, *key)) {
          keep_string(entry.key, value.text, lane);
        }
        return;
      case KeyType::strings:
        if (has_type(value.kind == TomlValue::Kind::array)) {
          if (auto texts = read_strings(value, *key, quoted)) {
            keep_strings(entry, std::move(*texts), lane);
          }
        }
        return;
      case KeyType::number:
        if (has_type(value.is_number())) {
          if (const ValueFault fault = fault_of_timeout(value.number)) {
            refuse_value(value, entry.key, fault);
          } else if (lane != nullptr) {
            lane->timeout = value.number;
          } else {
            config_.timeout = value.number;
          }
        }
        return;
      case KeyType::boolean:
        if (has_type(value.kind == TomlValue::Kind::boolean)) {
          lane->leaks = value.truth;
        }
        return;
      case KeyType::settings:
      case KeyType::variables:
        if (has_type(value.kind == TomlValue::Kind::table)) {
          read_build_table(value, *key);
        }
        return;
    }
  }

  void read_build_table(const TomlValue& table, const ConfigKey& key) {
    for (const TomlEntry& entry : table.entries) {
      const std::string quoted = "\"" + entry.key + "\" in \"" + std::string(key.name) + "\"";
      const bool is_list =
          key.type == KeyType::settings && entry.value.kind == TomlValue::Kind::array;
      if (!is_list && entry.value.kind != TomlValue::Kind::string) {
        const bool at_key = entry.value.kind == TomlValue::Kind::table;
        refuse_type(entry.value, at_key ? entry.span : entry.value.span, quoted, KeyType::string,
                    std::string(key.name) + " = " + std::string(key.example));
      } else if (is_list) {
        if (auto texts = read_strings(entry.value, key, quoted)) {
          config_.build_config_settings[entry.key] = std::move(*texts);
        }
      } else if (const ValueFault fault = fault_of_variable_name(entry.key);
                 fault && key.type == KeyType::variables) {
        refusals_.add(entry.span,
                      {.code = "XP1303",
                       .headline = "\"" + entry.key + "\" " + fault.fact,
                       .notes = {{"expected", fault.expected}, k_so}},
                      "");
      } else if (takes(entry.value, key)) {
        if (key.type == KeyType::settings) {
          config_.build_config_settings[entry.key] = {entry.value.text};
        } else {
          config_.build_environment[entry.key] = entry.value.text;
        }
      }
    }
  }

  void keep_string(std::string_view key, const std::string& text, LaneConfig* lane) {
    if (key == "interpreter") {
      lane->interpreter = text;
    } else if (key == "python") {
      config_.python = text;
    } else if (key == "backend") {
      config_.build_backend = text;
    } else if (key == "cmake-source") {
      config_.cmake.source = text;
    } else if (key == "compiler") {
      (lane != nullptr ? lane->compiler : config_.compiler) = text;
    }
  }

  void keep_strings(const TomlEntry& entry, std::vector<std::string> texts, LaneConfig* lane) {
    const std::string_view key = entry.key;
    if (key == "lanes") {
      keep_lanes(entry, texts);
    } else if (key == "test-requires") {
      config_.test_requires = std::move(texts);
    } else if (key == "requires") {
      config_.cmake.requires_packages = std::move(texts);
    } else if (key == "cmake-options") {
      config_.cmake.options = std::move(texts);
    } else if (key == "cmake-targets") {
      config_.cmake.targets = std::move(texts);
    } else if (key == "install-components") {
      config_.cmake.components = std::move(texts);
    } else if (key == "python-path") {
      config_.cmake.python_path = std::move(texts);
    } else if (key == "pytest-arguments") {
      keep_pytest_arguments(entry, std::move(texts), lane);
    } else if (key == "modules" && lane == nullptr) {
      config_.modules = std::move(texts);
    } else if (key == "tests" && lane == nullptr) {
      config_.tests = std::move(texts);
    } else if (key == "modules") {
      lane->modules = std::move(texts);
    } else if (key == "tests") {
      lane->tests = std::move(texts);
    } else if (key == "flags") {
      lane->flags = std::move(texts);
    } else if (key == "suppressions") {
      lane->suppressions = std::move(texts);
    } else if (key == "checks") {
      lane->checks = std::move(texts);
    }
  }

  // Each word for itself is fine; what they mean together may not be.
  void keep_pytest_arguments(const TomlEntry& entry, std::vector<std::string> texts,
                             LaneConfig* lane) {
    const std::string key = entry.key;
    if (const auto word = defeating_word(texts)) {
      refuse_value(entry.value.items[word->at], key,
                   {"cannot stand for every run: " + word->why,
                    "words with which pytest runs the tests by itself"});
    }
    for (const std::size_t at : words_that_name_tests(texts)) {
      refuse_value(entry.value.items[at], key,
                   {"names tests", "\"tests\", for files, folders and node ids"});
    }
    if (lane != nullptr) {
      lane->pytest_arguments = std::move(texts);
    } else {
      config_.pytest_arguments = std::move(texts);
    }
  }

  void keep_lanes(const TomlEntry& entry, const std::vector<std::string>& names) {
    if (names.empty()) {
      std::vector<std::string> sorted = known_lanes_;
      std::sort(sorted.begin(), sorted.end());
      refusals_.add(entry.value.span,
                    {.code = "XP1303",
                     .headline = "\"lanes\" names no lane, so nothing could be judged",
                     .notes = {{"known", base::join(sorted, ", ")},
                               k_so,
                               {"try", "leave it out: the default is [\"asan\", \"ubsan\"]"}}},
                    "expected at least one lane");
      return;
    }
    config_.lanes.clear();
    for (const TomlValue& item : entry.value.items) {
      if (std::find(known_lanes_.begin(), known_lanes_.end(), item.text) == known_lanes_.end()) {
        refusals_.add(item.span, unknown_lane(item.text, known_lanes_),
                      suggestion(item.text, known_lanes_));
      }
      add_once(config_.lanes, item.text);
    }
  }

  TomlRefusals refusals_;
  Dialect dialect_;
  const std::vector<std::string>& known_lanes_;
  Config config_;
};

}  // namespace

facts::Judged<Config> parse_config(std::string_view text, std::string_view origin, Dialect dialect,
                                   const std::vector<std::string>& known_lanes) {
  const auto document = parse_toml(text);
  if (!document) {
    return facts::refuse(not_toml(text, origin, document.error()));
  }
  return ConfigReader(text, origin, dialect, known_lanes).read(document.value());
}

}  // namespace extproof::parsers
