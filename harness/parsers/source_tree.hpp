// SPDX-License-Identifier: Apache-2.0
//
// Which files of a project are its sources, and the index by which a copy of them is kept up to
// date. Level: parsers. Pure: works on names and numbers that somebody else read.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

namespace extproof::parsers {

// A file below the root of a project; `path` is relative, with forward slashes.
struct ListedFile {
  std::string path;
  bool tracked = false;  // by the version control system: then it is there on purpose
};

// Reads what `git ls-files -z -t` prints. A path may be a folder: that of a nested repository.
std::vector<ListedFile> parse_git_listing(std::string_view text);

// True for a name that is never copied and, as a folder, never entered: version control, virtual
// environments, caches, our own folder.
bool is_never_copied(std::string_view name);

// True when `path` is relative, not empty, and has no component that is empty, "." or "..".
bool is_plain_relative(std::string_view path);

// The paths of `files` that are sources, sorted, each once.
//
// Left out: what is_never_copied names; every folder below the root with a pyvenv.cfg; byte code;
// `leave_out`, files or folders; and paths that are not plain. Of untracked files also what a
// build left behind: native objects, folders with a CMakeCache.txt or with Meson's private folder,
// a `build` folder of setuptools, and *.egg-info where the root can make it again. An unpacked
// source distribution (PKG-INFO at its root) keeps everything but native objects and byte code.
std::vector<std::string> select_sources(const std::vector<ListedFile>& files,
                                        const std::vector<std::string>& leave_out);

// What the file system says about one file.
struct FileState {
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;
  std::uint32_t mode = 0;
  friend bool operator==(const FileState&, const FileState&) = default;
};

enum class EntryKind { file, link };

struct SyncEntry {
  EntryKind kind = EntryKind::file;
  std::string digest;  // of the content, or of the link's target; empty: the copy was not finished
  FileState source;
  FileState copy;
  friend bool operator==(const SyncEntry&, const SyncEntry&) = default;
};

struct SyncIndex {
  std::int64_t written_ns = 0;               // since the epoch
  std::map<std::string, SyncEntry> entries;  // by path
};

// 1: first.
inline constexpr int k_sync_index_schema = 1;

// Errors: another schema, a line that does not fit, a path that is not plain.
base::Result<SyncIndex, std::string> parse_sync_index(std::string_view text);
std::string render_sync_index(const SyncIndex& index);

// Digest over paths, modes and contents: equal exactly when the copies are.
std::string tree_digest(const SyncIndex& index);

// True when a file with this modification time may have changed again after the index was written
// without showing it: clocks of file systems are coarse.
bool is_racy(std::int64_t mtime_ns, std::int64_t written_ns);

}  // namespace extproof::parsers
