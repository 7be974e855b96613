// SPDX-License-Identifier: Apache-2.0
//
// What `extproof init` tells: what it saw, what it wrote, what it left alone, what comes next.
// Level: cli. Pure.

#pragma once

#include <string>

#include "harness/engines/init/init.hpp"
#include "harness/facts/refusal.hpp"

namespace extproof::cli {

// `named` is the project's folder as the user wrote it; empty: the current one.
std::string render_init(const engines::init::Plan& plan, const std::string& root,
                        const std::string& named);

// XP1106: the file at `path`, which is absolute, could not be put in its place.
facts::Refusal unwritable_file(const std::string& root, const std::string& path,
                               const std::string& said);

}  // namespace extproof::cli
