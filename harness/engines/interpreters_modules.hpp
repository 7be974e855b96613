// SPDX-License-Identifier: Apache-2.0
//
// Which modules of the standard library an interpreter built here would lack. Level: engines. Pure.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace extproof::engines {

struct StandardModule {
  std::string_view name;     // "ctypes"
  std::string_view header;   // "ffi.h"
  std::string_view package;  // "libffi-dev"
  bool needed = false;       // the probe and pip do not work without it
};

const std::vector<StandardModule>& standard_modules();

// C source that the preprocessor turns into one line for each module whose header is not there.
std::string render_header_question();

// The modules that the preprocessor's output names.
std::vector<StandardModule> lacking_modules(std::string_view answer);

}  // namespace extproof::engines
