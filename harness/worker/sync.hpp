// SPDX-License-Identifier: Apache-2.0
//
// Makes one folder a copy of a project by content, and keeps it so with as few writes as possible:
// a file whose content did not change keeps its time, so that build tools rebuild only what an edit
// touched. Linux.

#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/result.hpp"

namespace extproof::worker {

struct SyncRequest {
  std::string from;
  std::string to;
  std::string index_path;
  std::string digest_path;
  std::vector<std::string> leave_out;  // relative to `from`
  // A path of the project and what takes its place: a link to that target, which may be anywhere.
  // Where the project has nothing at that path, nothing is made.
  std::vector<std::pair<std::string, std::string>> links;
  bool mirror = false;  // remove everything from `to` that did not come from `from`
  // Make `to` look like a work tree of the project's repository, for programs that ask git for the
  // version. What git has to write for that (its index) is beside our index, not in the repository.
  bool git_file = false;
};

struct SyncOutcome {
  std::size_t files = 0;             // in the copy
  std::size_t copied = 0;            // written now
  std::size_t removed = 0;           // taken away now
  std::string digest;                // of the whole copy
  std::vector<std::string> changed;  // the first paths that were written or taken away, sorted
};

// Copies, removes, then writes the index and, when it is another one, the digest.
//
// Ensures: nothing outside `to`, the index and the digest is written, whatever links are in `to`;
//          a file in `to` that was changed behind our back is as in `from` again; files that
//          others put into `to` stay, unless `mirror`, or unless the index is there and cannot be
//          read: then nobody knows any more which of them are old copies.
// Errors:  one line for people. What was copied before it stays, and the next call goes on.
base::Result<SyncOutcome, std::string> synchronise(const SyncRequest& request);

}  // namespace extproof::worker
