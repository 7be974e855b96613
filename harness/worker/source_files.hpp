// SPDX-License-Identifier: Apache-2.0
//
// Lists the source files of a project. Linux; starts git when the project is in a work tree.

#pragma once

#include <optional>
#include <string>
#include <vector>

namespace extproof::worker {

// The paths of the sources below `root`, sorted; parsers::select_sources says which those are.
//
// git's list of tracked and of untracked, not ignored files where git has one (in submodules and
// nested repositories too), else every file of a walk. A project in a folder that the surrounding
// repository ignores is walked.
std::vector<std::string> observe_sources(const std::string& root,
                                         const std::vector<std::string>& leave_out);

// Where the repository of a work tree keeps what belongs to this work tree (HEAD, index), and what
// belongs to all of them. Both absolute; the same folder except in a linked work tree.
struct GitFolders {
  std::string own;
  std::string common;
};

// When `root` is the top of a git work tree.
std::optional<GitFolders> observe_git_folders(const std::string& root);

}  // namespace extproof::worker
