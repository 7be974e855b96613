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
    case facts::Backend::other:
      return {};
  }
  return {};
}

}  // namespace extproof::engines
