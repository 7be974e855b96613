// SPDX-License-Identifier: Apache-2.0
#include "harness/launcher/preload_link.hpp"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>

namespace extproof::launcher {
namespace {

// FNV-1a. Two paths that collide would replace each other's link; nobody gains by it.
std::string name_of_link(const std::string& path) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : path) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  }
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  std::string base = path.substr(path.rfind('/') + 1);
  for (char& c : base) {
    if (c == ' ' || c == ':' || c == '$') {
      c = '_';
    }
  }
  return std::string(digits) + "-" + base;
}

// A descriptor of the private folder `folder`, made if it is not there; -1 and errno.
int open_private_folder(const std::string& folder) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return -1;
  }
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) {
    return -1;
  }
  struct stat found;
  if (fstat(fd, &found) == 0 && found.st_uid == geteuid() && (found.st_mode & 077) == 0) {
    return fd;
  }
  close(fd);
  errno = EPERM;  // somebody else's, or open to others: nothing in it can be trusted
  return -1;
}

bool links_to(int folder, const char* name, const std::string& target) {
  char buffer[PATH_MAX];
  const ssize_t size = readlinkat(folder, name, buffer, sizeof buffer);
  return size >= 0 && target == std::string(buffer, static_cast<std::size_t>(size));
}

bool make_link(int folder, const std::string& name, const std::string& target) {
  if (links_to(folder, name.c_str(), target)) {
    return true;
  }
  const std::string own = name + "." + std::to_string(getpid());
  unlinkat(folder, own.c_str(), 0);
  return symlinkat(target.c_str(), folder, own.c_str()) == 0 &&
         renameat(folder, own.c_str(), folder, name.c_str()) == 0;
}

}  // namespace

bool can_be_preloaded(const std::string& path) {
  return path.find_first_of(" :$\t\n") == path.npos;
}

std::string make_preload_link(const std::string& path, const std::string& runtime_folder,
                              std::string& problem) {
  const std::string name = name_of_link(path);
  for (const std::string& parent : {runtime_folder, std::string("/tmp")}) {
    if (parent.empty() || parent[0] != '/' || !can_be_preloaded(parent)) {
      continue;
    }
    const std::string folder = parent + "/extproof-" + std::to_string(geteuid());
    const int fd = open_private_folder(folder);
    const bool made = fd >= 0 && make_link(fd, name, path);
    const int error = errno;
    if (fd >= 0) {
      close(fd);
    }
    if (made) {
      return folder + "/" + name;
    }
    problem = folder + ": " + std::strerror(error);
  }
  return "";
}

}  // namespace extproof::launcher
