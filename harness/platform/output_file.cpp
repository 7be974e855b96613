// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "harness/platform/files.hpp"

namespace extproof::platform {
namespace {

std::string error_text() {
  return std::error_code(errno, std::generic_category()).message();
}

std::string write_into(const std::string& path, int how, std::string_view content) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC | how, 0644);
  if (fd < 0) {
    return error_text();
  }
  std::string error;
  while (!content.empty() && error.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written >= 0) {
      content.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error = error_text();
    }
  }
  // A full disk may show no earlier than here.
  if (close(fd) != 0 && error.empty()) {
    error = error_text();
  }
  return error;
}

}  // namespace

bool is_folder(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::string write_output(const std::string& path, std::string_view content) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) {
    // With a folder in front, so that there is one to be made.
    return write_file(path.find('/') == std::string::npos ? "./" + path : path, content);
  }
  return S_ISREG(status.st_mode) ? write_file(real_path(path), content)
                                 : write_into(path, 0, content);
}

std::string append_output(const std::string& path, std::string_view content) {
  return write_into(path, O_APPEND | O_CREAT, content);
}

std::size_t size_of(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)
             ? static_cast<std::size_t>(status.st_size)
             : 0;
}

}  // namespace extproof::platform
