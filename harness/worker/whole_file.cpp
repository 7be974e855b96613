// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/whole_file.hpp"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

namespace extproof::worker {

std::optional<std::string> read_whole_file(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    return std::nullopt;
  }
  struct stat found;
  if (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) {
    close(fd);
    errno = EINVAL;
    return std::nullopt;
  }
  std::string text;
  text.reserve(static_cast<std::size_t>(found.st_size));
  char buffer[65536];
  ssize_t got = 0;
  while ((got = read(fd, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR)) {
    text.append(buffer, got < 0 ? 0 : static_cast<std::size_t>(got));
  }
  const int error = errno;
  close(fd);
  errno = error;
  return got == 0 ? std::optional(std::move(text)) : std::nullopt;
}

bool write_whole_file(const std::string& path, const std::string& content) {
  const std::string unfinished = path + "." + std::to_string(getpid());
  std::FILE* const file = std::fopen(unfinished.c_str(), "we");
  if (file == nullptr) {
    return false;
  }
  const bool wrote = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  const bool closed = std::fclose(file) == 0;
  if (wrote && closed && std::rename(unfinished.c_str(), path.c_str()) == 0) {
    return true;
  }
  const int error = errno;
  std::remove(unfinished.c_str());
  errno = error;
  return false;
}

}  // namespace extproof::worker
