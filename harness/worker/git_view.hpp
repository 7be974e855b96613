// SPDX-License-Identifier: Apache-2.0
//
// A second view of a repository: its own HEAD and index, everything else the repository's. It is
// what git makes for a linked work tree, but the repository does not know of it. Linux.
//
// A copied tree could name the repository itself, but `git describe --dirty` writes what it learns
// about the copy's files into the index, also under GIT_OPTIONAL_LOCKS=0 (git 2.39): the user's
// index would change with every build.

#pragma once

#include <string>

#include "harness/worker/source_files.hpp"

namespace extproof::worker {

// Makes or renews the view in `folder`. The index is copied again only when the repository's own
// has changed, so that what git learned about the copy is kept.
//
// Errors: false, and errno.
bool make_git_view(const GitFolders& repository, const std::string& folder);

}  // namespace extproof::worker
