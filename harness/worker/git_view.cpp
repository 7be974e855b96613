// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/git_view.hpp"

#include <errno.h>

#include <filesystem>

#include "harness/base/hash.hpp"
#include "harness/worker/whole_file.hpp"

namespace extproof::worker {
namespace {

namespace fs = std::filesystem;

bool bring(const std::string& path, const std::string& content) {
  return read_whole_file(path) == content || write_whole_file(path, content);
}

// Parts of an index that is split (core.splitIndex) lie beside it.
bool bring_shared_parts(const GitFolders& repository, const std::string& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(repository.own, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("sharedindex.") || fs::exists(folder + "/" + name, error)) {
      continue;
    }
    const auto content = read_whole_file(entry.path().string());
    if (!content || !write_whole_file(folder + "/" + name, *content)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool make_git_view(const GitFolders& repository, const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  const auto head = read_whole_file(repository.own + "/HEAD");
  if (!head || !bring(folder + "/commondir", repository.common + "\n") ||
      !bring(folder + "/HEAD", *head)) {
    return false;
  }
  const auto index = read_whole_file(repository.own + "/index");
  if (!index) {
    return errno == ENOENT;  // nothing was ever added
  }
  const std::string copied = folder + "/extproof-copied-index";
  const std::string digest = base::digest(*index) + "\n";
  if (read_whole_file(copied) == digest) {
    return true;
  }
  return bring_shared_parts(repository, folder) && write_whole_file(folder + "/index", *index) &&
         write_whole_file(copied, digest);
}

}  // namespace extproof::worker
