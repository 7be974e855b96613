// SPDX-License-Identifier: Apache-2.0
#include "harness/reaper/small_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstring>

namespace extproof::reaper {

bool read_small_file(const std::string& path, std::string& text) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return false;
  }
  text.clear();
  char buffer[4096];
  ssize_t got = 0;
  while ((got = read(fd, buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  close(fd);
  return got == 0;
}

std::vector<pid_t> numbers_in(const std::string& folder) {
  std::vector<pid_t> found;
  DIR* const dir = opendir(folder.c_str());
  if (dir == nullptr) {
    return found;
  }
  while (const dirent* const entry = readdir(dir)) {
    const char* const end = entry->d_name + std::strlen(entry->d_name);
    pid_t number = 0;
    const auto [at, error] = std::from_chars(entry->d_name, end, number);
    if (error == std::errc() && at == end) {
      found.push_back(number);
    }
  }
  closedir(dir);
  return found;
}

}  // namespace extproof::reaper
