// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/run_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "harness/base/text.hpp"

namespace extproof::platform {

std::unique_ptr<RunLock> RunLock::take(const std::string& path, std::string& holder,
                                       std::string& error) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd < 0) {
    error = std::error_code(errno, std::generic_category()).message();
    return nullptr;
  }
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    std::array<char, 32> text = {};
    const ssize_t got = read(fd, text.data(), text.size());
    holder = got > 0 ? std::string(base::trim({text.data(), static_cast<std::size_t>(got)})) : "?";
    close(fd);
    return nullptr;
  }
  const std::string own = std::to_string(getpid()) + "\n";
  // The number is for people; the lock holds without it.
  if (ftruncate(fd, 0) != 0 || write(fd, own.data(), own.size()) < 0) {
    error.clear();
  }
  return std::unique_ptr<RunLock>(new RunLock(fd));
}

RunLock::~RunLock() {
  close(fd_);
}

}  // namespace extproof::platform
