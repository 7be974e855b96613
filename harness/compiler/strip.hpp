// SPDX-License-Identifier: Apache-2.0
//
// What the wrapper does when a build calls it under the name of strip: reports need the lines that
// strip would take away. Pure.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace extproof::compiler {

// "strip", "llvm-strip-19", "/x/aarch64-linux-gnu-strip"; not "strip.py".
bool is_strip(std::string_view called_as);

// A file that is to be there under another name, as it is.
struct StripCopy {
  std::string from;
  std::string to;

  friend bool operator==(const StripCopy&, const StripCopy&) = default;
};

// What `strip ARGS` has to leave behind besides its input as it was; none where that is all.
std::optional<StripCopy> copy_instead_of_strip(const std::vector<std::string>& args);

}  // namespace extproof::compiler
