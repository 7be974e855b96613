// SPDX-License-Identifier: Apache-2.0
//
// Python's requirement strings and version specifiers (PEP 508, PEP 440), as far as choosing an
// interpreter and installing test requirements need them. Level: parsers. Pure.

#pragma once

#include <string_view>

namespace extproof::parsers {

// Whether a project with that `requires-python` may be installed into an interpreter of that
// version ("3.13.0", "3.15.0rc2", "3.14.0a1+").
//
// As installers decide it: a pre-release of the interpreter counts as its release, so 3.15.0rc2 is
// 3.15.0, unless the clause names a pre-release itself. An empty specifier allows everything.
// Ensures: a specifier or a version that cannot be read allows nothing.
bool requires_python_allows(std::string_view specifier, std::string_view version);

// Whether each clause of `text` is one that requires_python_allows() reads.
bool is_version_specifier(std::string_view text);

// Whether `text` begins as a requirement or a path does, so that an installer takes it for neither
// an option nor two requirements: "numpy>=2", "pkg[extra] @ https://...", "./tools/helper".
bool is_requirement(std::string_view text);

}  // namespace extproof::parsers
