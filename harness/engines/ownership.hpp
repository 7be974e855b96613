// SPDX-License-Identifier: Apache-2.0
//
// Whose code a frame is, and where in the project it lies. Level: engines. Pure: decides by paths
// and names alone.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/engines/suite_paths.hpp"
#include "harness/facts/finding.hpp"
#include "harness/facts/stack.hpp"

namespace extproof::engines {

class Ownership {
 public:
  // `native_files`: the judged modules as installed, absolute.
  Ownership(const SuitePaths& paths, std::string project_root,
            std::vector<std::string> native_files);

  // The file relative to the project, for a source or test file of it, in whichever of our copies
  // the report found it; none for any other file.
  std::optional<std::string> project_file(std::string_view file) const;

  // The same for the file of a frame whose object may be known: a relative path says nothing in an
  // object that the project did not build.
  std::optional<std::string> project_file(const facts::Frame& frame) const;

  // Whose frame this is; none for frames that say nothing: the sanitizer's runtime, the C library,
  // headers of the standard library.
  std::optional<facts::Owner> owner_of(const facts::Frame& frame) const;

  // Who is at fault for what this stack was caught at: its innermost telling frame, except that
  // a call into the interpreter's C functions is the caller's responsibility until a Python frame
  // lies between. None when no frame tells.
  std::optional<facts::Owner> owner_of(const facts::Stack& stack) const;

  // The innermost frame that the project wrote; nullptr when there is none.
  const facts::Frame* first_own_frame(const facts::Stack& stack) const;

 private:
  bool is_native_file(std::string_view module) const;
  std::optional<std::string> absolute_project_file(std::string_view reported) const;
  std::optional<std::string> below_install(std::string_view file) const;
  std::optional<std::string> relative_project_file(std::string_view reported) const;

  SuitePaths paths_;
  std::string project_root_;
  std::vector<std::string> native_files_;
};

}  // namespace extproof::engines
