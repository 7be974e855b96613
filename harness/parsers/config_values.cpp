// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/config_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "harness/base/text.hpp"
#include "harness/facts/config_keys.hpp"
#include "harness/facts/interpreter_kinds.hpp"
#include "harness/parsers/requirement.hpp"

namespace extproof::parsers {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 4 && std::all_of(text.begin(), text.end(), is_digit);
}

// A byte that can stand in an identifier; those of other scripts are left to Python.
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80U;
}

ValueFault fault_of_module(std::string_view value) {
  for (const std::string_view name : base::split(value, '.')) {
    if (name.empty() || is_digit(name[0]) || !std::all_of(name.begin(), name.end(), is_word)) {
      return {"is not the name of a module", "a dotted name, such as pkg._core"};
    }
  }
  return {};
}

ValueFault fault_of_path(std::string_view value) {
  constexpr std::string_view k_expected = "a path inside the project, such as tests/unit";
  if (value.empty()) {
    return {"is empty", std::string(k_expected)};
  }
  if (value[0] == '-') {
    return {"would be read as an option", std::string(k_expected)};
  }
  if (value[0] == '/') {
    return {"is an absolute path", std::string(k_expected)};
  }
  int depth = 0;
  // Only the file part of a node id is a path; what follows may hold anything.
  for (const std::string_view part : base::split(value.substr(0, value.find("::")), '/')) {
    if (part == "..") {
      --depth;
    } else if (!part.empty() && part != ".") {
      ++depth;
    }
    if (depth < 0) {
      return {"leaves the project", std::string(k_expected)};
    }
  }
  return {};
}

ValueFault fault_of_python(std::string_view value) {
  if (value.find('/') != std::string_view::npos || value == "stock" ||
      facts::interpreter_kind_named(value) != nullptr) {
    return {};
  }
  std::string_view version = value;
  if (!version.empty() && version.back() == 't') {
    version.remove_suffix(1);
  }
  const std::vector<std::string_view> parts = base::split(version, '.');
  const bool right = (parts.size() == 2 || parts.size() == 3) &&
                     std::all_of(parts.begin(), parts.end(), is_number);
  return right ? ValueFault{}
               : ValueFault{
                     "is neither a version of Python nor a path",
                     "a version, such as 3.13 or 3.14t, a path, stock, or a kind such as asan"};
}

ValueFault fault_of_compiler(std::string_view value) {
  if (value.find('/') != std::string_view::npos) {
    return {};
  }
  for (const std::string_view family : {"clang", "gcc"}) {
    if (value.substr(0, family.size()) == family) {
      const std::string_view rest = value.substr(family.size());
      if (rest.empty() || (rest[0] == '-' && is_number(rest.substr(1)))) {
        return {};
      }
    }
  }
  return {"names no compiler that extproof knows",
          "clang or gcc, with a version if you like, such as clang-19, or a path"};
}

ValueFault fault_of_requirement(std::string_view value) {
  return is_requirement(value) ? ValueFault{}
                               : ValueFault{"is not a requirement",
                                            "one requirement, such as numpy>=1.26, or a path"};
}

ValueFault fault_of_check(std::string_view value) {
  const auto right = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; };
  return !value.empty() && value[0] != '-' && std::all_of(value.begin(), value.end(), right)
             ? ValueFault{}
             : ValueFault{"is not the name of a check",
                          "a name as in -fsanitize=, such as implicit-conversion"};
}

ValueFault fault_of_backend(std::string_view value) {
  return value == "cmake" ? ValueFault{}
                          : ValueFault{"is no backend that is chosen here",
                                       "cmake; every other one stands in [build-system] of "
                                       "pyproject.toml"};
}

// One word that CMake takes as a name, of a target or a component.
ValueFault fault_of_cmake_name(std::string_view value) {
  return value.empty() || value[0] == '-'
             ? ValueFault{"is no name", "a name as CMake knows it, such as _core"}
             : ValueFault{};
}

ValueFault fault_of_cmake_option(std::string_view value) {
  // These are extproof's: a build beside its folder would be looked for in vain.
  for (const std::string_view own : {"-S", "-B", "--build", "--install"}) {
    if (value.substr(0, own.size()) == own) {
      return {"is extproof's to give",
              "an option such as -DNAME=VALUE; the folder of the sources "
              "is cmake-source"};
    }
  }
  return value.empty() ? ValueFault{"is an empty option", "one word, such as -DNAME=VALUE"}
                       : ValueFault{};
}

// A folder of the project, or one below {build} or {install}.
ValueFault fault_of_python_path(std::string_view value) {
  for (const std::string_view place : {"{build}", "{install}"}) {
    if (value == place) {
      return {};
    }
    if (value.substr(0, place.size() + 1) == std::string(place) + "/") {
      return fault_of_path(value.substr(place.size() + 1));
    }
  }
  if (value.find_first_of("{}\n") != std::string_view::npos) {
    return {"names a place that extproof does not know",
            "a path inside the project, or one that begins with {build} or {install}"};
  }
  return fault_of_path(value);
}

ValueFault fault_of_pytest_word(std::string_view value) {
  return value.empty() ? ValueFault{"is an empty word", "one word of pytest's command line"}
                       : ValueFault{};
}

ValueFault fault_of_flag(std::string_view value) {
  return value.empty() ? ValueFault{"is an empty flag", "one word of a compiler's command line"}
                       : ValueFault{};
}

struct Rule {
  std::string_view key;
  ValueFault (*fault)(std::string_view value);
};

constexpr std::array<Rule, 17> k_rules = {{{"modules", fault_of_module},
                                           {"tests", fault_of_path},
                                           {"suppressions", fault_of_path},
                                           {"python", fault_of_python},
                                           {"interpreter", fault_of_python},
                                           {"compiler", fault_of_compiler},
                                           {"test-requires", fault_of_requirement},
                                           {"checks", fault_of_check},
                                           {"backend", fault_of_backend},
                                           {"requires", fault_of_requirement},
                                           {"cmake-source", fault_of_path},
                                           {"cmake-options", fault_of_cmake_option},
                                           {"cmake-targets", fault_of_cmake_name},
                                           {"install-components", fault_of_cmake_name},
                                           {"python-path", fault_of_python_path},
                                           {"pytest-arguments", fault_of_pytest_word},
                                           {"flags", fault_of_flag}}};

}  // namespace

ValueFault fault_of_text(std::string_view key, std::string_view value) {
  if (value.find('\0') != std::string_view::npos) {
    return {"holds a NUL character", "text that can stand on a command line"};
  }
  for (const Rule& rule : k_rules) {
    if (rule.key == key) {
      return rule.fault(value);
    }
  }
  return {};
}

std::optional<double> to_seconds(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    return std::nullopt;
  }
  return value;
}

ValueFault fault_of_timeout(double seconds) {
  // Also false for NaN.
  if (seconds > 0 && seconds <= facts::k_max_timeout) {
    return {};
  }
  return {seconds > 0 ? "is longer than a week" : "is no time to wait",
          "seconds, more than 0 and at most 604800"};
}

ValueFault fault_of_variable_name(std::string_view name) {
  constexpr std::string_view k_never("=\0\n", 3);
  return !name.empty() && name.find_first_of(k_never) == std::string_view::npos
             ? ValueFault{}
             : ValueFault{"cannot name an environment variable", "a name without ="};
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const std::optional<std::string> close = base::closest(word, known);
  return close ? "did you mean \"" + *close + "\"?" : "";
}

facts::Refusal unknown_lane(const std::string& name, const std::vector<std::string>& known) {
  std::vector<std::string> sorted = known;
  std::sort(sorted.begin(), sorted.end());
  return {.code = "XP1302",
          .headline = "\"" + name + "\" is not a lane",
          .notes = {{"known", base::join(sorted, ", ")}, {"so", "nothing was run"}}};
}

}  // namespace extproof::parsers
