// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/beneath.hpp"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

#include "harness/base/text.hpp"

namespace extproof::worker {
namespace {

constexpr const char* k_unfinished = ".extproof-unfinished";

const char* last_of(const std::string& path) {
  return path.c_str() + (path.rfind('/') + 1);  // npos + 1 is 0
}

Observed to_observed(const struct stat& found) {
  Observed observed;
  observed.kind = S_ISREG(found.st_mode)   ? Observed::Kind::file
                  : S_ISLNK(found.st_mode) ? Observed::Kind::link
                  : S_ISDIR(found.st_mode) ? Observed::Kind::folder
                                           : Observed::Kind::special;
  observed.state.size = found.st_size;
  observed.state.mtime_ns = found.st_mtim.tv_sec * 1'000'000'000LL + found.st_mtim.tv_nsec;
  observed.state.inode = found.st_ino;
  observed.state.mode = found.st_mode;
  return observed;
}

std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  const int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const dir = fd < 0 ? nullptr : fdopendir(fd);
  if (dir == nullptr) {
    if (fd >= 0) {
      close(fd);
    }
    return names;
  }
  while (const dirent* const entry = readdir(dir)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") {
      names.emplace_back(name);
    }
  }
  closedir(dir);
  return names;
}

bool remove_at(int folder, const char* name) {
  if (unlinkat(folder, name, 0) == 0) {
    return true;
  }
  if (errno != EISDIR && errno != EPERM) {
    return false;
  }
  const int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0) {
    fchmod(fd, 0700);  // a test may have taken the right to remove things from it
    for (const std::string& inner : names_in(fd)) {
      remove_at(fd, inner.c_str());
    }
    close(fd);
  }
  return unlinkat(folder, name, AT_REMOVEDIR) == 0;
}

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t wrote = ::write(fd, content.data(), content.size());
    if (wrote < 0) {
      if (errno == EINTR) {
        continue;
      }
      return false;
    }
    content.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

// Puts the unfinished file at its place, whatever is there.
bool put_in_place(int folder, const char* name) {
  if (renameat(folder, k_unfinished, folder, name) == 0) {
    return true;
  }
  return (errno == EISDIR || errno == ENOTEMPTY || errno == EEXIST) && remove_at(folder, name) &&
         renameat(folder, k_unfinished, folder, name) == 0;
}

}  // namespace

Beneath::Beneath(const std::string& root)
    : root_(open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

Beneath::~Beneath() {
  forget_from(0);
  if (root_ >= 0) {
    close(root_);
  }
}

void Beneath::forget_from(std::size_t depth) {
  for (; chain_.size() > depth; chain_.pop_back()) {
    close(chain_.back().second);
  }
}

int Beneath::parent_of(const std::string& path, bool make) {
  const std::vector<std::string_view> pieces = base::split(path, '/');
  const std::size_t depth = pieces.size() - 1;
  std::size_t same = 0;
  while (same < depth && same < chain_.size() && chain_[same].first == pieces[same]) {
    ++same;
  }
  forget_from(same);
  for (std::size_t at = same; at < depth; ++at) {
    const int above = at == 0 ? root_ : chain_[at - 1].second;
    const std::string name(pieces[at]);
    const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(above, name.c_str(), flags);
    if (fd < 0 && make) {
      if (errno != ENOENT) {
        remove_at(above, name.c_str());
      }
      mkdirat(above, name.c_str(), 0777);
      fd = openat(above, name.c_str(), flags);
    }
    if (fd < 0) {
      return -1;
    }
    chain_.emplace_back(name, fd);
  }
  return depth == 0 ? root_ : chain_.back().second;
}

Observed Beneath::observe(const std::string& path) {
  const int folder = parent_of(path, false);
  struct stat found;
  if (folder < 0 || fstatat(folder, last_of(path), &found, AT_SYMLINK_NOFOLLOW) != 0) {
    return {};
  }
  return to_observed(found);
}

Observed Beneath::observe_followed(const std::string& path) {
  const int folder = parent_of(path, false);
  struct stat found;
  if (folder < 0 || fstatat(folder, last_of(path), &found, 0) != 0) {
    return {};
  }
  return to_observed(found);
}

bool Beneath::read(const std::string& path, bool follow_last, std::string& content) {
  const int folder = parent_of(path, false);
  // O_NONBLOCK: a fifo that took the file's place in between must not stop us.
  const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (follow_last ? 0 : O_NOFOLLOW);
  const int fd = folder < 0 ? -1 : openat(folder, last_of(path), flags);
  if (fd < 0) {
    return false;
  }
  content.clear();
  struct stat found;
  if (fstat(fd, &found) == 0 && found.st_size > 0) {
    content.reserve(static_cast<std::size_t>(found.st_size) + 1);
  }
  char buffer[65536];
  ssize_t got = 0;
  while ((got = ::read(fd, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR)) {
    content.append(buffer, got < 0 ? 0 : static_cast<std::size_t>(got));
  }
  const int error = errno;
  close(fd);
  errno = error;
  return got == 0;
}

bool Beneath::read_link(const std::string& path, std::string& target) {
  const int folder = parent_of(path, false);
  char buffer[PATH_MAX];
  const ssize_t size = folder < 0 ? -1 : readlinkat(folder, last_of(path), buffer, sizeof buffer);
  if (size < 0) {
    return false;
  }
  target.assign(buffer, static_cast<std::size_t>(size));
  return true;
}

bool Beneath::write(const std::string& path, const std::string& content, unsigned mode) {
  const int folder = parent_of(path, true);
  if (folder < 0) {
    return false;
  }
  unlinkat(folder, k_unfinished, 0);
  // A new file, not the old one's bytes: a hard link that a test made must not be written through.
  const int fd = openat(folder, k_unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    return false;
  }
  const bool wrote = write_all(fd, content) && fchmod(fd, mode) == 0;
  const bool closed = close(fd) == 0;
  return wrote && closed && put_in_place(folder, last_of(path));
}

bool Beneath::write_link(const std::string& path, const std::string& target) {
  const int folder = parent_of(path, true);
  if (folder < 0) {
    return false;
  }
  unlinkat(folder, k_unfinished, 0);
  return symlinkat(target.c_str(), folder, k_unfinished) == 0 &&
         put_in_place(folder, last_of(path));
}

bool Beneath::set_mode(const std::string& path, unsigned mode) {
  const int folder = parent_of(path, false);
  const int fd = folder < 0 ? -1 : openat(folder, last_of(path), O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) {
    return false;
  }
  // Through the descriptor: fchmodat would follow a link that appeared in between.
  const bool done = chmod(("/proc/self/fd/" + std::to_string(fd)).c_str(), mode) == 0;
  close(fd);
  return done;
}

bool Beneath::remove(const std::string& path) {
  const int folder = parent_of(path, false);
  if (folder < 0 || !remove_at(folder, last_of(path))) {
    return false;
  }
  std::string above = path;
  while (above.find('/') != above.npos) {
    above.resize(above.rfind('/'));
    const int holder = parent_of(above, false);
    if (holder < 0 || unlinkat(holder, last_of(above), AT_REMOVEDIR) != 0) {
      break;
    }
  }
  forget_from(0);
  return true;
}

std::vector<std::string> Beneath::names(const std::string& folder) {
  const int fd = parent_of(folder.empty() ? "x" : folder + "/x", false);
  return fd < 0 ? std::vector<std::string>() : names_in(fd);
}

}  // namespace extproof::worker
