// SPDX-License-Identifier: Apache-2.0
//
// Whether Python could import an object file. Linux.

#pragma once

#include <string>

namespace extproof::worker {

// False for a shared library that a package brings along for its modules: it has no function that
// the interpreter could call for the module of that (dotted) name. True for what cannot be read, so
// that somebody looks at it.
bool can_be_imported(const std::string& path, const std::string& module);

}  // namespace extproof::worker
