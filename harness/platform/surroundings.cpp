// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/surroundings.hpp"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <filesystem>

#include "harness/base/text.hpp"
#include "harness/platform/files.hpp"

namespace extproof::platform {
namespace {

int descriptor_of(Stream stream) {
  switch (stream) {
    case Stream::input:
      return STDIN_FILENO;
    case Stream::output:
      return STDOUT_FILENO;
    case Stream::errors:
      return STDERR_FILENO;
  }
  return -1;
}

}  // namespace

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc = {};
  gmtime_r(&now, &utc);
  std::array<char, 32> text = {};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text.data(), size};
}

double monotonic_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool is_terminal(Stream stream) {
  return isatty(descriptor_of(stream)) == 1;
}

std::string file_of(Stream stream) {
  struct stat state = {};
  if (fstat(descriptor_of(stream), &state) != 0 || !S_ISREG(state.st_mode)) {
    return "";
  }
  std::error_code error;
  const std::string path =
      std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor_of(stream)), error)
          .string();
  struct stat named = {};
  const bool is_there = !error && stat(path.c_str(), &named) == 0 && named.st_ino == state.st_ino &&
                        named.st_dev == state.st_dev;
  return is_there ? path : "";
}

int columns_of(Stream stream) {
  winsize size = {};
  const bool known = ioctl(descriptor_of(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

bool write_to(Stream stream, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor_of(stream), text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

long long own_process_id() {
  return getpid();
}

std::string own_process_identity() {
  const auto boot = read_text("/proc/sys/kernel/random/boot_id");
  const auto stat = read_text("/proc/self/stat");
  std::string identity = boot ? std::string(base::trim(boot->view)) : std::string("?");
  if (stat) {
    // Field 22, counted from behind the name, which may hold spaces and parentheses.
    const std::size_t close = stat->view.rfind(')');
    const auto fields =
        base::split(stat->view.substr(close == std::string_view::npos ? 0 : close), ' ');
    if (fields.size() > 20) {
      identity += " " + std::string(fields[20]);
    }
  }
  return identity;
}

std::string working_folder() {
  std::error_code error;
  return std::filesystem::current_path(error).string();
}

}  // namespace extproof::platform
