// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>

#include "harness/base/text.hpp"
#include "harness/engines/init/detect.hpp"
#include "harness/facts/test_needs.hpp"
#include "harness/parsers/project_files.hpp"
#include "harness/parsers/python_lines.hpp"
#include "harness/parsers/requirement.hpp"

namespace extproof::engines::init {
namespace {

using parsers::PythonToken;
using parsers::TomlValue;

// The strings of a list, or the words of a string.
std::vector<std::string> words_of(const TomlValue* value) {
  std::vector<std::string> words;
  if (value != nullptr && value->kind == TomlValue::Kind::string) {
    std::string text = value->text;
    std::replace(text.begin(), text.end(), '\n', ' ');
    for (const std::string_view word : base::split(text, ' ')) {
      if (!base::trim(word).empty()) {
        words.emplace_back(base::trim(word));
      }
    }
  }
  for (const TomlValue& item : value == nullptr ? std::vector<TomlValue>{} : value->items) {
    if (item.kind == TomlValue::Kind::string) {
      words.push_back(item.text);
    }
  }
  return words;
}

std::vector<std::string> words_of(const std::string& text) {
  TomlValue value;
  value.kind = TomlValue::Kind::string;
  value.text = text;
  return words_of(&value);
}

// A distribution's name as indexes compare it: "Foo.Bar_baz>=1" is "foo-bar-baz".
std::string normal_name(std::string_view requirement) {
  std::string name;
  for (const char c : base::trim(requirement)) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (is_upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      name += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (c == '-' || c == '_' || c == '.') {
      name += name.ends_with('-') ? "" : "-";
    } else {
      break;
    }
  }
  return name;
}

std::string distribution_of(const std::string& module) {
  const std::string_view known = facts::distribution_of_import(module);
  return known.empty() ? normal_name(module) : std::string(known);
}

// Where requirement lines are kept in files, -r of one in another is followed this deep.
constexpr int k_deepest = 4;

void add_requirement_file(const Input& input, const std::string& path, int depth,
                          std::vector<std::string>& requirements) {
  const auto found = input.texts.find(path);
  if (found == input.texts.end() || depth > k_deepest) {
    return;
  }
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash + 1);
  for (const std::string_view whole : base::lines(found->second)) {
    const std::size_t comment = whole.find(" #");
    const std::string line(base::trim(whole.substr(0, comment)));
    if (line.starts_with("-r ")) {
      add_requirement_file(input,
                           folder + std::string(base::trim(std::string_view(line).substr(3))),
                           depth + 1, requirements);
    } else if (!line.empty() && line.front() != '#' && line.find(" --") == std::string::npos &&
               line.find('\\') == std::string::npos && !line.starts_with(".") &&
               parsers::is_requirement(line)) {
      requirements.push_back(line);
    }
  }
}

// What cibuildwheel installs for the tests: the project's own word, where it has no group for them.
std::vector<std::string> declared_for_wheels(const Input& input, const TomlValue& pyproject,
                                             std::string& said_by) {
  const TomlValue* value = pyproject.find_path({"tool", "cibuildwheel", "test-requires"});
  std::vector<std::string> requirements;
  std::vector<std::string> files;
  const std::vector<std::string> words = words_of(value);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "-r" && i + 1 < words.size()) {
      files.push_back(words[++i]);
    } else if (words[i].starts_with("-r ")) {
      files.emplace_back(base::trim(std::string_view(words[i]).substr(3)));
    } else if (parsers::is_requirement(words[i])) {
      requirements.push_back(words[i]);
    }
  }
  for (const std::string& file : files) {
    add_requirement_file(input, file, 0, requirements);
  }
  if (!requirements.empty()) {
    said_by = files.empty() ? "test-requires of cibuildwheel" : base::join(files, ", ");
  }
  return requirements;
}

// Names of modules and folders of the project, which no import of them has to fetch.
std::set<std::string> own_modules(const Input& input, const Readings& readings) {
  std::set<std::string> names;
  for (const std::string& path : input.sources) {
    if (!path.ends_with(".py") && !path.ends_with(".pyi") && !path.ends_with(".pyx")) {
      continue;
    }
    const std::vector<std::string_view> parts = base::split(path, '/');
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      names.emplace(parts[i]);
    }
    names.emplace(parts.back().substr(0, parts.back().find('.')));
  }
  for (const std::string& module : readings.modules) {
    names.insert(module.substr(0, module.find('.')));
  }
  std::string own = normal_name(readings.name);
  std::replace(own.begin(), own.end(), '-', '_');
  names.insert(own);
  return names;
}

std::vector<std::string> dependencies_of(const Input& input, const TomlValue& pyproject) {
  std::vector<std::string> all = words_of(pyproject.find_path({"project", "dependencies"}));
  const auto setup_cfg = input.texts.find("setup.cfg");
  if (setup_cfg != input.texts.end()) {
    const std::string lines =
        parsers::ini_value(setup_cfg->second, "options", "install_requires").value_or("");
    for (const std::string_view line : base::lines(lines)) {
      all.emplace_back(line);
    }
  }
  return all;
}

// What options and marks of pytest need.
std::set<std::string> plugins_of(const PytestConfiguration& pytest,
                                 const std::vector<parsers::PythonText>& tests) {
  std::set<std::string> plugins;
  const auto add = [&](std::string_view distribution) {
    if (!distribution.empty()) {
      plugins.emplace(distribution);
    }
  };
  for (std::size_t i = 0; i < pytest.options.size(); ++i) {
    const std::string& word = pytest.options[i];
    const std::string option = word.substr(0, word.find('='));
    if (option == "-p" && i + 1 < pytest.options.size()) {
      const std::string& module = pytest.options[++i];
      if (module.starts_with("pytest_")) {
        add(normal_name(module.substr(0, module.find('.'))));
      }
    } else {
      add(facts::plugin_of_option(option));
    }
  }
  if (pytest.has_asyncio_mode) {
    plugins.insert("pytest-asyncio");
  }
  for (const parsers::PythonText& test : tests) {
    for (const parsers::PythonLine& line : test.lines) {
      const std::vector<PythonToken>& tokens = line.tokens;
      for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
        if (tokens[i].is("mark") && tokens[i + 1].is(".")) {
          add(facts::plugin_of_mark(tokens[i + 2].text));
        }
      }
    }
  }
  return plugins;
}

std::vector<std::string> options_in(const std::string& addopts) {
  std::vector<std::string> options;
  for (const std::string_view line : base::lines(addopts)) {
    if (!base::trim(line).starts_with("#")) {
      for (std::string& word : words_of(std::string(line))) {
        options.push_back(std::move(word));
      }
    }
  }
  return options;
}

// Whether pytest reads the file when it is told to run what is in `scope`; empty: everything.
bool is_collected(const std::string& path, const std::vector<std::string>& scope) {
  if (!path.ends_with(".py") || path == "setup.py") {
    return false;
  }
  const auto holds = [&](const std::string& place) {
    const std::string folder = place.substr(0, place.find_last_not_of('/') + 1);
    return folder == "." || path == folder || path.starts_with(folder + "/") ||
           place.find_first_of("*?[") != std::string::npos;
  };
  return scope.empty() || path == "conftest.py" || std::any_of(scope.begin(), scope.end(), holds);
}

}  // namespace

PytestConfiguration read_pytest_configuration(const Input& input, const TomlValue& pyproject) {
  struct IniFile {
    const char* file;
    const char* section;
  };
  const auto from_ini = [&](const IniFile& ini) -> std::optional<PytestConfiguration> {
    const auto text = input.texts.find(ini.file);
    if (text == input.texts.end() ||
        text->second.find("[" + std::string(ini.section) + "]") == std::string::npos) {
      return std::nullopt;
    }
    const auto value = [&](const char* key) {
      return parsers::ini_value(text->second, ini.section, key);
    };
    return PytestConfiguration{.file = ini.file,
                               .options = options_in(value("addopts").value_or("")),
                               .has_testpaths = value("testpaths").has_value(),
                               .testpaths = words_of(value("testpaths").value_or("")),
                               .required_plugins = words_of(value("required_plugins").value_or("")),
                               .has_asyncio_mode = value("asyncio_mode").has_value()};
  };
  // The order in which pytest looks.
  for (const IniFile& ini : {IniFile{"pytest.ini", "pytest"}, {".pytest.ini", "pytest"}}) {
    if (auto found = from_ini(ini)) {
      return *found;
    }
  }
  const TomlValue* table = pyproject.find_path({"tool", "pytest", "ini_options"});
  table = table == nullptr ? pyproject.find_path({"tool", "pytest"}) : table;
  if (table != nullptr) {
    return {.file = "pyproject.toml",
            .options = words_of(table->find("addopts")),
            .has_testpaths = table->find("testpaths") != nullptr,
            .testpaths = words_of(table->find("testpaths")),
            .required_plugins = words_of(table->find("required_plugins")),
            .has_asyncio_mode = table->find("asyncio_mode") != nullptr};
  }
  for (const IniFile& ini : {IniFile{"tox.ini", "pytest"}, {"setup.cfg", "tool:pytest"}}) {
    if (auto found = from_ini(ini)) {
      return *found;
    }
  }
  return {};
}

void read_needs(const Input& input, const TomlValue& pyproject, const PytestConfiguration& pytest,
                Readings& readings) {
  readings.pytest_options = pytest.options;
  std::vector<std::string> declared = input.project.test_requires;
  const bool is_known_anyway = !declared.empty();
  if (is_known_anyway) {
    readings.needs_said_by = "the group or extra for tests in pyproject.toml";
  } else {
    declared = declared_for_wheels(input, pyproject, readings.needs_said_by);
  }
  const bool declares_itself = !declared.empty();
  declared.insert(declared.end(), pytest.required_plugins.begin(), pytest.required_plugins.end());

  std::set<std::string> covered = {"pytest", normal_name(readings.name)};
  for (const std::string& requirement : declared) {
    covered.insert(normal_name(requirement));
  }
  for (const std::string& requirement : dependencies_of(input, pyproject)) {
    covered.insert(normal_name(requirement));
  }

  std::vector<parsers::PythonText> tests;
  const std::vector<std::string>& scope = pytest.has_testpaths ? pytest.testpaths : readings.tests;
  for (const auto& [path, text] : input.texts) {
    if (is_collected(path, scope)) {
      tests.push_back(parsers::parse_python_lines(text));
    }
  }
  const std::set<std::string> own = own_modules(input, readings);
  std::set<std::string> missing;
  std::set<std::string> optional;
  for (const parsers::PythonText& test : tests) {
    for (const parsers::PythonImport& one : parsers::imports_of(test)) {
      // Names with an underscore in front are parts of the interpreter or of the project.
      if (one.module.starts_with('_') || facts::is_standard_module(one.module) ||
          own.count(one.module) != 0) {
        continue;
      }
      const std::string distribution = distribution_of(one.module);
      if (!distribution.empty() && covered.count(normal_name(distribution)) == 0) {
        (one.required ? missing : optional).insert(distribution);
      }
    }
  }
  for (const std::string& plugin : plugins_of(pytest, tests)) {
    if (covered.count(plugin) == 0) {
      missing.insert(plugin);
    }
  }
  for (const std::string& one : optional) {
    if (missing.count(one) == 0) {
      readings.optional_needs.push_back(one);
    }
  }
  const bool adds = !missing.empty() || !pytest.required_plugins.empty();
  if (!adds && (is_known_anyway || !declares_itself)) {
    return;
  }
  const bool names_pytest =
      std::any_of(declared.begin(), declared.end(),
                  [](const std::string& one) { return normal_name(one) == "pytest"; });
  if (!names_pytest) {
    readings.test_needs.emplace_back("pytest");
  }
  for (const std::vector<std::string>& more :
       {declared, std::vector<std::string>(missing.begin(), missing.end())}) {
    readings.test_needs.insert(readings.test_needs.end(), more.begin(), more.end());
  }
}

}  // namespace extproof::engines::init
