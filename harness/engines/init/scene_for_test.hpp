// SPDX-License-Identifier: Apache-2.0
//
// Projects made up for the tests of init. Level: engines, tests only.

#pragma once

#include <gtest/gtest.h>

#include "harness/engines/init/init.hpp"
#include "harness/parsers/project_files.hpp"
#include "harness/parsers/toml_config.hpp"
#include "harness/testing/sample_machine.hpp"

namespace extproof::engines::init {

// The input for a project with these files, as the command would make it.
inline Input scene_of(const std::map<std::string, std::string>& files) {
  Input input = {.project = testing::sample_project(), .toolchain = testing::sample_machine()};
  const auto text = [&](std::string_view path) -> std::optional<std::string> {
    const auto found = files.find(std::string(path));
    return found == files.end() ? std::nullopt : std::optional(found->second);
  };
  const auto project =
      parsers::parse_project(text(k_pyproject), files.count("setup.py") != 0, text("setup.cfg"),
                             "/project", {.text = text("CMakeLists.txt")});
  EXPECT_TRUE(project.ok());
  input.project = project ? project.value() : input.project;
  for (const auto& [path, content] : files) {
    input.sources.push_back(path);
    if (is_read(path)) {
      input.texts[path] = content;
    }
    if (path == k_pyproject || path == k_own_file || path == k_noxfile || path == k_workflow) {
      input.places[path] = {.kind = Place::Kind::file, .text = content, .reason = {}};
    }
  }
  const bool has_own = text(k_own_file).has_value();
  const std::string_view origin = has_own ? k_own_file : k_pyproject;
  const auto config = parsers::parse_config(
      text(origin).value_or(""), origin,
      has_own ? parsers::Dialect::own_file : parsers::Dialect::pyproject, {"asan", "ubsan"});
  EXPECT_TRUE(config.ok());
  input.config = config ? config.value() : input.config;
  return input;
}

}  // namespace extproof::engines::init
