// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/project.hpp"

namespace extproof::facts {

const char* to_string(Backend backend) {
  switch (backend) {
    case Backend::setuptools:
      return "setuptools";
    case Backend::scikit_build_core:
      return "scikit-build-core";
    case Backend::meson_python:
      return "meson-python";
    case Backend::maturin:
      return "maturin";
    case Backend::cmake:
      return "cmake";
    case Backend::other:
      return "other";
  }
  return "";
}

}  // namespace extproof::facts
