// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/files.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

namespace extproof::platform {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_map_from = std::size_t{1} << 20U;

std::string error_text() {
  return std::error_code(errno, std::generic_category()).message();
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      return false;
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::optional<facts::Text> read_text(const std::string& path) {
  // Without waiting: a pipe in the place of a file has no writer.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status = {};
  if (file.get() < 0 || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size >= k_map_from) {
    void* mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (mapped != MAP_FAILED) {
      std::shared_ptr<const void> keep(
          mapped, [size](const void* p) { munmap(const_cast<void*>(p), size); });
      return facts::Text{std::move(keep), {static_cast<const char*>(mapped), size}};
    }
  }
  // Files of /proc say that they are empty, so the end is where nothing more comes.
  std::string content;
  std::array<char, 16384> buffer = {};
  while (true) {
    const ssize_t got = read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      break;
    }
    content.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return facts::make_text(std::move(content));
}

std::string write_file(const std::string& path, std::string_view content) {
  if (std::string error = make_folder(fs::path(path).parent_path().string()); !error.empty()) {
    return error;
  }
  const std::string beside = path + ".new-" + std::to_string(getpid());
  {
    const Descriptor file(
        open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (file.get() < 0 || !write_all(file.get(), content)) {
      std::string error = error_text();
      unlink(beside.c_str());
      return error;
    }
  }
  if (rename(beside.c_str(), path.c_str()) != 0) {
    std::string error = error_text();
    unlink(beside.c_str());
    return error;
  }
  return {};
}

std::string make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  return error ? error.message() : std::string();
}

std::string make_fresh_folder(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) {
    return error.message();
  }
  return make_folder(path);
}

std::string remove_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  return error ? error.message() : "";
}

std::string rename_folder(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  return error ? error.message() : "";
}

std::uint64_t size_on_disk(const std::string& folder) {
  constexpr std::uint64_t k_block = 512;  // the unit of st_blocks, whatever the disk's own
  std::uint64_t bytes = 0;
  std::error_code error;
  std::filesystem::recursive_directory_iterator at(folder, error);
  while (!error && at != std::filesystem::recursive_directory_iterator()) {
    struct stat status = {};
    if (lstat(at->path().c_str(), &status) == 0) {
      bytes += static_cast<std::uint64_t>(status.st_blocks) * k_block;
    }
    at.increment(error);
  }
  return bytes;
}

bool exists(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0;
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> files_below(const std::string& folder,
                                     bool (*is_left_out)(std::string_view name), std::size_t most) {
  std::vector<std::string> files;
  std::vector<std::string> folders = {""};
  while (!folders.empty() && files.size() < most) {
    const std::string inner = folders.back();
    folders.pop_back();
    for (const std::string& name : names_in(folder + "/" + inner)) {
      struct stat status = {};
      const std::string path = inner + name;
      if (is_left_out(name) || lstat((folder + "/" + path).c_str(), &status) != 0) {
        continue;
      }
      if (S_ISDIR(status.st_mode)) {
        folders.push_back(path + "/");
      } else if (files.size() < most) {
        files.push_back(path);
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string real_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> resolved(realpath(path.c_str(), nullptr), free);
  return resolved ? std::string(resolved.get()) : std::string();
}

std::string identity_of(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) {
    return path + " absent";
  }
  return path + " " + std::to_string(status.st_size) + " " + std::to_string(status.st_mtim.tv_sec) +
         "." + std::to_string(status.st_mtim.tv_nsec);
}

std::string own_path() {
  return real_path("/proc/self/exe");
}

}  // namespace extproof::platform
