// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/backends.hpp"

namespace extproof::engines {

BackendSettings settings_of(facts::Backend backend, const store::BuildFolder& folder) {
  switch (backend) {
    case facts::Backend::setuptools:
      // setuptools compares times of sources alone, so an edited header would leave a stale object.
      // Every compile is asked for again; where nothing changed the step does not run at all, and
      // ccache answers for the files that an edit did not touch.
      return {.environment = {{"DIST_EXTRA_CONFIG", folder.wrap() + "/build_ext.cfg"}},
              .files = {{folder.wrap() + "/build_ext.cfg", "[build_ext]\nforce = 1\n"}}};
    case facts::Backend::scikit_build_core:
      // Its default build folder is a temporary one, and its Release type strips.
      return {.config_settings = {{"build-dir", folder.cmake()},
                                  {"install.strip", "false"},
                                  {"cmake.build-type", "RelWithDebInfo"}}};
    case facts::Backend::meson_python:
      return {.config_settings = {{"build-dir", folder.cmake()},
                                  {"setup-args", "-Dstrip=false"},
                                  {"setup-args", "-Db_lundef=false"},
                                  {"setup-args", "-Dbuildtype=debugoptimized"}}};
    case facts::Backend::maturin:
      // Without lines of its own Cargo has the linker strip all, those of C too.
      return {.environment = {{"CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only"},
                              {"CARGO_PROFILE_RELEASE_STRIP", "none"}}};
    case facts::Backend::cmake:  // has no config settings: cmake_steps.cpp gives the options
    case facts::Backend::other:
      return {};
  }
  return {};
}

facts::Refusals refuse_unread_keys(const facts::Project& project, const facts::Config& config) {
  const bool is_cmake = project.backend == facts::Backend::cmake;
  const facts::CMakeBuild& cmake = config.cmake;
  const std::pair<const char*, bool> of_cmake[] = {
      {"requires", !cmake.requires_packages.empty()},
      {"cmake-source", !cmake.source.empty()},
      {"cmake-options", !cmake.options.empty()},
      {"cmake-targets", !cmake.targets.empty()},
      {"install-components", cmake.components.has_value()},
      {"python-path", !cmake.python_path.empty()}};
  facts::Refusals refusals;
  const auto refuse = [&](const std::string& key, const std::string& attempt) {
    refusals.push_back({.code = "XP1307",
                        .headline = "\"" + key + "\" in [tool.extproof.build] has no effect: " +
                                    project.backend_name + " builds the project",
                        .place = config.origin,
                        .notes = {{"so", "nothing was run"}, {"try", attempt}}});
  };
  for (const auto& [key, is_set] : of_cmake) {
    if (is_set && !is_cmake) {
      refuse(key, "backend = \"cmake\", or config-settings, which that backend reads");
    }
  }
  if (is_cmake && !config.build_config_settings.empty()) {
    refuse("config-settings", "cmake-options = [\"-DNAME=VALUE\"]");
  }
  return refusals;
}

}  // namespace extproof::engines
