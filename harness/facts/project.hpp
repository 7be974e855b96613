// SPDX-License-Identifier: Apache-2.0
//
// The extension's source tree, as its own files describe it. Level: facts.

#pragma once

#include <string>
#include <vector>

namespace extproof::facts {

// The closed set of build backends with settings of their own; any other one is `other`.
// `cmake` is no backend of PEP 517: CMake itself configures, builds and installs the project.
enum class Backend { setuptools, scikit_build_core, meson_python, maturin, cmake, other };

struct Project {
  std::string root;             // absolute
  std::string name;             // distribution name; empty when only setup.py knows it
  std::string version;          // of CMake's project(); empty for other backends
  std::string requires_python;  // such as ">=3.9"; empty when not stated
  Backend backend = Backend::setuptools;
  std::string backend_name;                 // "setuptools.build_meta"; "CMake"
  std::vector<std::string> backend_path;    // relative to the root
  std::vector<std::string> build_requires;  // requirement strings
  // What the project itself says that its tests need: the first of the dependency groups and extras
  // "test", "tests" and "testing" that there is.
  std::vector<std::string> test_requires;
  // Files in the project that this very call of extproof writes to, such as "o.json" of
  // `extproof run --json > o.json`, as far as version control does not know them. They are no
  // sources: in the copies they would make every build a new one. Relative to the root.
  std::vector<std::string> own_output;
  std::string commit;  // of version control; empty when there is none
};

const char* to_string(Backend backend);

}  // namespace extproof::facts
