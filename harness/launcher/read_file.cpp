// SPDX-License-Identifier: Apache-2.0
#include "harness/launcher/read_file.hpp"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

namespace extproof::launcher {

bool read_file(const std::string& path, std::string& text) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return false;
  }
  char buffer[4096];
  ssize_t got = 0;
  while ((got = read(fd, buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  const int error = errno;
  close(fd);
  errno = error;
  return got == 0;
}

}  // namespace extproof::launcher
