// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/project_files.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "harness/base/text.hpp"
#include "harness/parsers/cmake_project.hpp"
#include "harness/parsers/requirement.hpp"
#include "harness/parsers/toml_document.hpp"
#include "harness/parsers/toml_refusals.hpp"

namespace extproof::parsers {
namespace {

using facts::Backend;
using facts::Project;
using facts::Refusal;
using facts::RefusalNote;
using Kind = TomlValue::Kind;

const RefusalNote k_so = {"so", "nothing was built"};

bool leaves_root(std::string_view path) {
  int depth = 0;
  for (const std::string_view part : base::split(path, '/')) {
    depth += part == ".." ? -1 : part.empty() || part == "." ? 0 : 1;
    if (depth < 0) {
      return true;
    }
  }
  return path.substr(0, 1) == "/";
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

class PyprojectReader {
 public:
  PyprojectReader(std::string_view text, Project& project)
      : refusals_(text, "pyproject.toml"), project_(project) {}

  // Whether the file itself says that a wheel can be built.
  bool read(const TomlValue& document) {
    const TomlValue* build_system = table(document, "build-system");
    if (build_system != nullptr) {
      read_build_system(*build_system);
    }
    const TomlValue* project = table(document, "project");
    if (project != nullptr) {
      read_string(*project, "[project]", "name", project_.name);
      read_requires_python(*project);
      read_strings(*project, "dependencies", "PEP 621", dependencies_);
    }
    read_test_requires(document);
    if (project_.name.empty()) {
      read_poetry_name(document);
    }
    return build_system != nullptr || project != nullptr;
  }

  facts::Refusals take() { return refusals_.take(); }

  // Of [project]: what a wheel would bring along.
  const std::vector<std::string>& dependencies() const { return dependencies_; }

 private:
  void refuse(const SourceSpan& span, std::string headline, std::string_view label,
              std::string_view standard) {
    refusals_.add(span,
                  {.code = "XP1105",
                   .headline = std::move(headline),
                   .notes = {{"standard", std::string(standard)}, k_so}},
                  label);
  }

  void refuse_type(const SourceSpan& span, std::string_view key, const TomlValue& value,
                   std::string_view expected, std::string_view standard) {
    refuse(span, "\"" + std::string(key) + "\" is " + describe(value.kind),
           "expected " + std::string(expected), standard);
  }

  const TomlValue* table(const TomlValue& document, std::string_view name) {
    for (const TomlEntry& entry : document.entries) {
      if (entry.key != name) {
        continue;
      }
      if (entry.value.kind == Kind::table) {
        return &entry.value;
      }
      refuse_type(entry.span, name, entry.value, "a table", "PEP 518, PEP 621");
    }
    return nullptr;
  }

  // Whether there was a string.
  bool read_string(const TomlValue& from, std::string_view section, std::string_view key,
                   std::string& into) {
    const TomlValue* value = from.find(key);
    if (value == nullptr) {
      return false;
    }
    if (value->kind != Kind::string) {
      refuse_type(value->span, key, *value, "a string",
                  section == "[project]" ? "PEP 621" : "PEP 517");
      return false;
    }
    into = value->text;
    return true;
  }

  void read_strings(const TomlValue& from, std::string_view key, std::string_view standard,
                    std::vector<std::string>& into) {
    const TomlValue* value = from.find(key);
    if (value == nullptr) {
      return;
    }
    if (value->kind != Kind::array) {
      refuse_type(value->span, key, *value, "a list of strings", standard);
      return;
    }
    for (const TomlValue& item : value->items) {
      if (item.kind != Kind::string) {
        refuse(item.span, "\"" + std::string(key) + "\" holds " + describe(item.kind),
               "expected a string", standard);
      } else {
        into.push_back(item.text);
      }
    }
  }

  void read_build_system(const TomlValue& build_system) {
    if (build_system.find("requires") == nullptr) {
      refuse(build_system.span, "[build-system] says nothing of what the build requires",
             "add requires = [...]", "PEP 518");
    }
    project_.build_requires.clear();
    read_strings(build_system, "requires", "PEP 518", project_.build_requires);
    refuse_foreign_requirements(build_system);
    if (std::string backend;
        read_string(build_system, "[build-system]", "build-backend", backend)) {
      project_.backend_name = backend;
      project_.backend = backend_named(backend);
    }
    read_strings(build_system, "backend-path", "PEP 517", project_.backend_path);
    const TomlValue* path = build_system.find("backend-path");
    for (const TomlValue& item : path == nullptr ? std::vector<TomlValue>{} : path->items) {
      if (item.kind == Kind::string && leaves_root(item.text)) {
        refuse(item.span, "\"" + item.text + "\" in \"backend-path\" leaves the project",
               "expected a folder inside the project", "PEP 517");
      }
    }
  }

  void refuse_foreign_requirements(const TomlValue& build_system) {
    const TomlValue* requires_list = build_system.find("requires");
    for (const TomlValue& item :
         requires_list == nullptr ? std::vector<TomlValue>{} : requires_list->items) {
      if (item.kind == Kind::string && !is_requirement(item.text)) {
        refuse(item.span, "\"" + item.text + "\" in \"requires\" is not a requirement",
               "expected one such as setuptools>=61", "PEP 508");
      }
    }
  }

  void read_requires_python(const TomlValue& project) {
    std::string specifier;
    if (!read_string(project, "[project]", "requires-python", specifier)) {
      return;
    }
    if (is_version_specifier(specifier)) {
      project_.requires_python = specifier;
    } else {
      refuse(project.find("requires-python")->span,
             "\"" + specifier + "\" is not a version specifier", "expected one such as >=3.9",
             "PEP 440");
    }
  }

  // Requirements of a group; a group that includes another one (PEP 735) has its own, too.
  void add_group(const TomlValue& groups, std::string_view name, int depth) {
    constexpr int k_deepest = 8;  // groups may not include themselves, but a file may say so
    const TomlValue* group = groups.find(name);
    if (group == nullptr || group->kind != Kind::array || depth > k_deepest) {
      return;
    }
    for (const TomlValue& item : group->items) {
      const TomlValue* included = item.find("include-group");
      if (item.kind == Kind::string && is_requirement(item.text)) {
        project_.test_requires.push_back(item.text);
      } else if (included != nullptr && included->kind == Kind::string) {
        add_group(groups, included->text, depth + 1);
      }
    }
  }

  void read_test_requires(const TomlValue& document) {
    const TomlValue* project = document.find("project");
    const TomlValue* extras = project == nullptr ? nullptr : project->find("optional-dependencies");
    for (const TomlValue* groups : {document.find("dependency-groups"), extras}) {
      for (const std::string_view name : {"test", "tests", "testing"}) {
        if (groups != nullptr && project_.test_requires.empty()) {
          add_group(*groups, name, 0);
        }
      }
    }
    // "pkg[other]" would install the published project over the one that was built.
    std::erase_if(project_.test_requires, [&](const std::string& requirement) {
      const std::string name = requirement.substr(0, requirement.find_first_of(" [<>=!~;@"));
      return lower(name) == lower(project_.name);
    });
  }

  void read_poetry_name(const TomlValue& document) {
    const TomlValue* tool = document.find("tool");
    const TomlValue* poetry = tool == nullptr ? nullptr : tool->find("poetry");
    const TomlValue* name = poetry == nullptr ? nullptr : poetry->find("name");
    if (name != nullptr && name->kind == Kind::string) {
      project_.name = name->text;
    }
  }

  TomlRefusals refusals_;
  Project& project_;
  std::vector<std::string> dependencies_;
};

Refusal no_project(std::string headline) {
  return {.code = "XP1101",
          .headline = std::move(headline),
          .notes = {{"looked",
                     "for a pyproject.toml with [build-system] or [project], a setup.py, a "
                     "CMakeLists.txt"},
                    {"so", "nothing was run"},
                    {"try", "extproof run --project DIR"}}};
}

// Makes `project` one that CMake builds; what pyproject.toml says of the tests still holds.
void be_built_by_cmake(Project& project, std::string_view lists, std::string_view root) {
  const CMakeProject said = parse_cmake_project(lists);
  project.backend = Backend::cmake;
  project.backend_name = "CMake";
  project.backend_path.clear();
  project.build_requires.clear();
  project.version = said.version;
  if (project.name.empty()) {
    project.name = said.name.empty() ? std::string(root.substr(root.rfind('/') + 1)) : said.name;
  }
}

}  // namespace

Backend backend_named(std::string_view build_backend) {
  struct Row {
    std::string_view package;
    Backend backend;
  };
  constexpr std::array<Row, 4> k_backends = {{{"setuptools", Backend::setuptools},
                                              {"scikit_build_core", Backend::scikit_build_core},
                                              {"mesonpy", Backend::meson_python},
                                              {"maturin", Backend::maturin}}};
  const std::string_view package = build_backend.substr(0, build_backend.find_first_of(".:"));
  for (const Row& row : k_backends) {
    if (row.package == package) {
      return row.backend;
    }
  }
  return Backend::other;
}

std::optional<std::string> ini_value(std::string_view text, std::string_view section,
                                     std::string_view key) {
  bool inside = false;
  std::optional<std::string> value;
  bool taking = false;  // the previous line belongs to the value
  for (const std::string_view line : base::lines(text)) {
    const std::string_view trimmed = base::trim(line);
    if (trimmed.empty() || trimmed[0] == '#' || trimmed[0] == ';') {
      continue;
    }
    const bool continues = line[0] == ' ' || line[0] == '\t';
    if (continues) {
      if (taking) {
        *value += (value->empty() ? "" : "\n") + std::string(trimmed);
      }
      continue;
    }
    taking = false;
    if (trimmed[0] == '[') {
      inside = trimmed.substr(1, trimmed.find(']') - 1) == section;
      continue;
    }
    const std::size_t sign = trimmed.find_first_of("=:");
    if (inside && sign != std::string_view::npos &&
        lower(base::trim(trimmed.substr(0, sign))) == lower(key)) {
      value = std::string(base::trim(trimmed.substr(sign + 1)));
      taking = true;
    }
  }
  return value;
}

facts::Judged<Project> parse_project(const std::optional<std::string>& pyproject,
                                     bool setup_py_exists,
                                     const std::optional<std::string>& setup_cfg,
                                     std::string_view root, const CMakeLists& cmake) {
  // What PEP 517 and PEP 518 say of a project that says nothing.
  Project project{.root = std::string(root),
                  .backend = Backend::setuptools,
                  .backend_name = "setuptools.build_meta:__legacy__",
                  .build_requires = {"setuptools>=40.8.0"}};
  bool described = setup_py_exists;
  facts::Refusals refusals;
  std::vector<std::string> dependencies;
  if (pyproject) {
    const auto document = parse_toml(*pyproject);
    if (!document) {
      return facts::refuse(not_toml(*pyproject, "pyproject.toml", document.error()));
    }
    PyprojectReader reader(*pyproject, project);
    described = reader.read(document.value()) || described;
    refusals = reader.take();
    dependencies = reader.dependencies();
  }
  if (setup_cfg) {
    const std::optional<std::string> name = ini_value(*setup_cfg, "metadata", "name");
    project.name = project.name.empty() ? name.value_or("") : project.name;
    // With a pyproject.toml, even an empty one, setuptools builds from setup.cfg alone.
    described = described || (pyproject.has_value() && name.has_value());
    const std::optional<std::string> specifier =
        ini_value(*setup_cfg, "options", "python_requires");
    if (specifier && project.requires_python.empty()) {
      if (is_version_specifier(*specifier)) {
        project.requires_python = *specifier;
      } else {
        refusals.push_back({.code = "XP1105",
                            .headline = "\"" + *specifier + "\" is not a version specifier",
                            .place = "setup.cfg",
                            .notes = {{"key", "python_requires of [options]"},
                                      {"expected", "one such as >=3.9"},
                                      {"standard", "PEP 440"},
                                      k_so}});
      }
    }
  }
  if (!refusals.empty()) {
    return base::Failure<facts::Refusals>{std::move(refusals)};
  }
  if (cmake.is_asked_for && !cmake.text) {
    return facts::refuse(
        {.code = "XP1101",
         .headline = "there is no \"" + cmake.path + "\" that CMake could build",
         .notes = {{"said by", "backend = \"cmake\" in [tool.extproof.build]"},
                   {"so", "nothing was run"},
                   {"try", "cmake-source = \"FOLDER\" in [tool.extproof.build]"}}});
  }
  if (cmake.text && (cmake.is_asked_for || !described)) {
    be_built_by_cmake(project, *cmake.text, root);
    // There is no wheel that brings them along.
    project.test_requires.insert(project.test_requires.begin(), dependencies.begin(),
                                 dependencies.end());
    return project;
  }
  if (!described) {
    return facts::refuse(no_project(pyproject
                                        ? "pyproject.toml says nothing of how to build a wheel"
                                        : "there is no project in this folder"));
  }
  return project;
}

}  // namespace extproof::parsers
