// SPDX-License-Identifier: Apache-2.0
#include "harness/reaper/descriptors.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>

namespace extproof::reaper {
namespace {

// Of <linux/close_range.h>, which may be older than the kernel that we run on.
constexpr unsigned k_close_on_exec = 4;
#ifdef SYS_close_range
constexpr long k_close_range = SYS_close_range;
#else
constexpr long k_close_range = 436;  // on all architectures
#endif

}  // namespace

bool keep_listed_descriptors_from_children() {
  DIR* const listing = opendir("/proc/self/fd");
  if (listing == nullptr) {
    return false;
  }
  while (const dirent* const entry = readdir(listing)) {
    const int fd = std::atoi(entry->d_name);  // "." and ".." are 0
    const int flags = fd > STDERR_FILENO ? fcntl(fd, F_GETFD) : -1;
    if (flags >= 0) {
      fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    }
  }
  closedir(listing);
  return true;
}

bool keep_descriptors_from_children() {
  return syscall(k_close_range, unsigned{STDERR_FILENO + 1}, UINT_MAX, k_close_on_exec) == 0 ||
         keep_listed_descriptors_from_children();
}

}  // namespace extproof::reaper
