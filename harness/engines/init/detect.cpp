// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/init/detect.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "harness/base/text.hpp"
#include "harness/parsers/project_files.hpp"
#include "harness/parsers/python_lines.hpp"

namespace extproof::engines::init {
namespace {

using parsers::TomlValue;

std::string text_at(const TomlValue& from, std::initializer_list<std::string_view> keys) {
  const TomlValue* value = from.find_path(keys);
  return value != nullptr && value->kind == TomlValue::Kind::string ? value->text : "";
}

std::string_view name_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string text_of(const Input& input, const std::string& path) {
  const auto found = input.texts.find(path);
  return found == input.texts.end() ? "" : found->second;
}

// --- name and version -----------------------------------------------------------------------

// Programs that make a version from tags of version control.
constexpr std::array<std::string_view, 8> k_from_tags = {"setuptools-scm",
                                                         "setuptools_scm",
                                                         "versioneer",
                                                         "versioningit",
                                                         "hatch-vcs",
                                                         "dunamai",
                                                         "setuptools-git-versioning",
                                                         "poetry-dynamic-versioning"};

std::string maker_of_tags(const Input& input, const TomlValue& pyproject,
                          const std::string& setup_py) {
  for (const std::string_view maker : k_from_tags) {
    for (const std::string& requirement : input.project.build_requires) {
      if (requirement.starts_with(maker)) {
        return std::string(maker);
      }
    }
    std::string module(maker);
    std::replace(module.begin(), module.end(), '-', '_');
    const auto imports = parsers::imports_of(parsers::parse_python_lines(setup_py));
    if (std::any_of(imports.begin(), imports.end(),
                    [&](const auto& one) { return one.module == module; })) {
      return std::string(maker);
    }
  }
  if (setup_py.find("use_scm_version") != std::string::npos) {
    return "setuptools-scm";
  }
  const std::string provider =
      text_at(pyproject, {"tool", "scikit-build", "metadata", "version", "provider"});
  return provider.find("scm") != std::string::npos ? "setuptools-scm" : "";
}

std::string version_source(const Input& input, const TomlValue& pyproject,
                           const std::string& setup_py, bool& from_repository) {
  if (const std::string version = text_at(pyproject, {"project", "version"}); !version.empty()) {
    return version + ", in pyproject.toml";
  }
  if (const std::string maker = maker_of_tags(input, pyproject, setup_py); !maker.empty()) {
    from_repository = true;
    return "from version control, by " + maker;
  }
  const std::string setup_cfg = text_of(input, "setup.cfg");
  if (const auto version = parsers::ini_value(setup_cfg, "metadata", "version")) {
    return *version + ", in setup.cfg";
  }
  if (const TomlValue* dynamic =
          pyproject.find_path({"tool", "setuptools", "dynamic", "version"})) {
    const std::string attribute = text_at(*dynamic, {"attr"});
    return attribute.empty() ? "from a file that pyproject.toml names"
                             : "from " + attribute + ", which pyproject.toml names";
  }
  if (pyproject.find_path({"tool", "scikit-build", "metadata", "version"}) != nullptr) {
    return "from a file that pyproject.toml names";
  }
  if (input.project.backend == facts::Backend::cmake) {
    return input.project.version.empty() ? "nothing says it"
                                         : input.project.version + ", in CMakeLists.txt";
  }
  if (input.project.backend == facts::Backend::meson_python) {
    return "of meson.build";
  }
  if (input.project.backend == facts::Backend::maturin) {
    return "of Cargo.toml";
  }
  return setup_py.empty() ? "nothing says it" : "of setup.py";
}

// The name of setup(name="...").
std::string name_in_setup_py(const std::string& setup_py) {
  for (const parsers::PythonLine& line : parsers::parse_python_lines(setup_py).lines) {
    const auto& tokens = line.tokens;
    const auto call = std::find_if(tokens.begin(), tokens.end(),
                                   [](const auto& token) { return token.is("setup"); });
    for (std::size_t i = static_cast<std::size_t>(call - tokens.begin()); i + 2 < tokens.size();
         ++i) {
      // Not that of an Extension(name=...) in it, which has a module's dots or an earlier bracket.
      if (tokens[i].is("name") && tokens[i + 1].is("=") &&
          tokens[i + 2].kind == parsers::PythonToken::Kind::string &&
          (tokens[i - 1].is("(") ? tokens[i - 2].is("setup") : tokens[i - 1].is(","))) {
        return tokens[i + 2].text;
      }
    }
  }
  return "";
}

// --- native code ----------------------------------------------------------------------------

bool is_module_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
  });
}

// The first word or string behind each `call(` of a CMakeLists.txt or a meson.build.
std::vector<std::string> first_words(const std::string& text, std::string_view call) {
  std::vector<std::string> words;
  for (const std::string_view line : base::lines(text)) {
    const std::string_view trimmed = base::trim(line);
    const std::size_t found = trimmed.find(call);
    if (found == std::string_view::npos || trimmed.front() == '#') {
      continue;
    }
    std::string_view rest = base::trim(trimmed.substr(found + call.size()));
    if (!rest.starts_with('(')) {
      continue;
    }
    rest = base::trim(rest.substr(1));
    if (rest.starts_with('\'') || rest.starts_with('"')) {
      rest.remove_prefix(1);
    }
    words.emplace_back(rest.substr(0, rest.find_first_of("'\" \t,)")));
  }
  return words;
}

std::vector<std::string> named_modules(const Input& input, const TomlValue& pyproject) {
  std::set<std::string> names;
  const auto add = [&](const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      if (is_module_name(word)) {
        names.insert(word);
      }
    }
  };
  for (const auto& [path, text] : input.texts) {
    const std::string_view name = name_of(path);
    if (path == "setup.py") {
      add(parsers::first_arguments_of(parsers::parse_python_lines(text), "Extension"));
    } else if (name == "CMakeLists.txt") {
      for (const char* call : {"pybind11_add_module", "nanobind_add_module", "ython_add_library",
                               "ython3_add_library", "add_extension_module"}) {
        add(first_words(text, call));
      }
    } else if (name == "meson.build") {
      add(first_words(text, ".extension_module"));
    }
  }
  const TomlValue* modules = pyproject.find_path({"tool", "setuptools", "ext-modules"});
  for (const TomlValue& one : modules == nullptr ? std::vector<TomlValue>{} : modules->items) {
    add({text_at(one, {"name"})});
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> languages_of(const Input& input) {
  struct Language {
    std::string_view name;
    std::vector<std::string_view> endings;
    std::size_t files = 0;
  };
  std::vector<Language> languages = {{.name = "C++", .endings = {".cpp", ".cc", ".cxx", ".C"}},
                                     {.name = "C", .endings = {".c"}},
                                     {.name = "Cython", .endings = {".pyx"}},
                                     {.name = "Rust", .endings = {".rs"}},
                                     {.name = "Fortran", .endings = {".f", ".f90"}}};
  for (const std::string& path : input.sources) {
    for (Language& language : languages) {
      language.files += static_cast<std::size_t>(
          std::any_of(language.endings.begin(), language.endings.end(),
                      [&](std::string_view ending) { return path.ends_with(ending); }));
    }
  }
  std::stable_sort(languages.begin(), languages.end(),
                   [](const Language& a, const Language& b) { return a.files > b.files; });
  std::vector<std::string> texts;
  for (const Language& language : languages) {
    if (language.files != 0) {
      texts.push_back(std::to_string(language.files) + " " + std::string(language.name) +
                      (language.files == 1 ? " file" : " files"));
    }
  }
  return texts;
}

// Binding libraries that a CMakeLists.txt looks for and the project does not bring along.
std::vector<std::string> binding_libraries(const Input& input) {
  std::vector<std::string> found;
  for (const std::string name : {"nanobind", "pybind11"}) {
    const bool is_brought =
        std::any_of(input.sources.begin(), input.sources.end(), [&](const std::string& path) {
          return ("/" + path).find("/" + name + "/") != std::string::npos;
        });
    const bool is_looked_for =
        std::any_of(input.texts.begin(), input.texts.end(), [&](const auto& one) {
          const auto& [path, text] = one;
          const bool is_fetched = text.find("FetchContent_Declare(" + name) != std::string::npos ||
                                  text.find("add_subdirectory(" + name) != std::string::npos;
          return name_of(path) == "CMakeLists.txt" && !is_fetched &&
                 (text.find("find_package(" + name) != std::string::npos ||
                  text.find("-m " + name + " ") != std::string::npos);
        });
    if (is_looked_for && !is_brought) {
      found.push_back(name);
    }
  }
  return found;
}

// --- tests ----------------------------------------------------------------------------------

bool is_test_folder(std::string_view name) {
  return name == "tests" || name == "test" || name == "testing";
}

// The folder that is named for tests and holds the file, as high up as possible; else the file's
// own folder; a file of the root by itself.
std::string place_of_test(const std::string& path) {
  std::size_t begin = 0;
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', begin)) {
    if (is_test_folder(std::string_view(path).substr(begin, slash - begin))) {
      return path.substr(0, slash);
    }
    begin = slash + 1;
  }
  return begin == 0 ? path : path.substr(0, begin - 1);
}

// More places than a person would list by hand say nothing.
constexpr std::size_t k_most_places = 8;

std::vector<std::string> places_of_tests(const std::vector<std::string>& files) {
  std::set<std::string> places;
  for (const std::string& path : files) {
    places.insert(place_of_test(path));
  }
  // Folders of the root with such a name are what a project means by "the tests".
  std::vector<std::string> top;
  for (const std::string& place : places) {
    if (is_test_folder(place)) {
      top.push_back(place);
    }
  }
  if (!top.empty()) {
    return top;
  }
  std::vector<std::string> kept;
  for (const std::string& place : places) {
    const bool inside = std::any_of(kept.begin(), kept.end(), [&](const std::string& outer) {
      return place.starts_with(outer + "/");
    });
    if (!inside) {
      kept.push_back(place);
    }
  }
  return kept.size() <= k_most_places ? kept : std::vector<std::string>{};
}

}  // namespace

bool is_test_module(std::string_view path) {
  const std::string_view name = name_of(path);
  return name.ends_with(".py") && (name.starts_with("test_") || name.ends_with("_test.py"));
}

bool is_read(std::string_view path) {
  constexpr std::array<std::string_view, 7> k_at_root = {"setup.py",    "setup.cfg", "pytest.ini",
                                                         ".pytest.ini", "tox.ini",   "pytest.toml",
                                                         "conftest.py"};
  const std::string_view name = name_of(path);
  if (std::find(k_at_root.begin(), k_at_root.end(), path) != k_at_root.end() ||
      name == "CMakeLists.txt" || name == "meson.build" || name == "conftest.py" ||
      is_test_module(path)) {
    return true;
  }
  if (path.starts_with(".github/workflows/")) {
    return path.ends_with(".yml") || path.ends_with(".yaml");
  }
  if (path.ends_with(".txt")) {
    return path.find("requirements") != std::string_view::npos;
  }
  return path.ends_with(".py") && is_test_folder(path.substr(0, path.find('/')));
}

Readings read_project(const Input& input) {
  const auto place = input.places.find(k_pyproject);
  const auto parsed =
      parsers::parse_toml(place == input.places.end() ? std::string_view() : place->second.text);
  const TomlValue pyproject = parsed ? parsed.value() : TomlValue();
  const std::string setup_py = text_of(input, "setup.py");

  Readings readings;
  readings.name = input.project.name.empty() ? name_in_setup_py(setup_py) : input.project.name;
  readings.version = version_source(input, pyproject, setup_py, readings.version_from_repository);
  readings.modules = named_modules(input, pyproject);
  readings.languages = languages_of(input);
  readings.is_plain_cmake = input.project.backend == facts::Backend::cmake;
  if (readings.is_plain_cmake) {
    readings.build_needs = binding_libraries(input);
  }
  readings.wheels_tested_by = text_at(pyproject, {"tool", "cibuildwheel", "test-command"});

  const PytestConfiguration pytest = read_pytest_configuration(input, pyproject);
  std::vector<std::string> files;
  std::copy_if(input.sources.begin(), input.sources.end(), std::back_inserter(files),
               [](const std::string& path) { return is_test_module(path); });
  readings.test_files = files.size();
  if (pytest.has_testpaths) {
    readings.tests_said_by = pytest.file;
  } else {
    readings.tests = places_of_tests(files);
  }
  read_needs(input, pyproject, pytest, readings);
  return readings;
}

}  // namespace extproof::engines::init
