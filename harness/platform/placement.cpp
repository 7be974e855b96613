// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/placement.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "harness/platform/files.hpp"

namespace extproof::platform {
namespace {

namespace fs = std::filesystem;

std::string error_text(int number) {
  return std::error_code(number, std::generic_category()).message();
}

bool is_in(const std::string& path, const std::string& root) {
  return path.starts_with(root == "/" ? root : root + "/");
}

SeenPlace foreign(std::string path, std::string reason) {
  return {.kind = SeenPlace::Kind::foreign,
          .path = std::move(path),
          .text = {},
          .reason = std::move(reason)};
}

// Where a link leads, or why it leads nowhere that is ours.
std::string follow(const std::string& link, const std::string& root, std::string& reason) {
  const std::string target = real_path(link);
  if (target.empty()) {
    reason = "a link to nothing";
  } else if (!is_in(target, root)) {
    reason = "a link that leads out of the project";
  }
  return target;
}

class PlacingAll {
 public:
  explicit PlacingAll(const std::vector<Placement>& placements) : placements_(placements) {}

  std::optional<PlacementFault> run() {
    for (const Placement& one : placements_) {
      if (const int error = prepare(one); error != 0) {
        return undone(one, error_text(error));
      }
    }
    // What replaces something comes last: a new file is the easier one to take back.
    for (const bool replaces : {false, true}) {
      for (const Placement& one : placements_) {
        if (one.instead_of.has_value() != replaces) {
          continue;
        }
        if (std::string said = put(one); !said.empty()) {
          return undone(one, std::move(said));
        }
        placed_.push_back(&one);
      }
    }
    return std::nullopt;
  }

 private:
  static std::string beside(const Placement& one) {
    return one.path + ".new-" + std::to_string(getpid());
  }

  int make_folders(const fs::path& folder) {
    if (folder.empty() || ::access(folder.c_str(), F_OK) == 0) {
      return 0;
    }
    if (const int error = make_folders(folder.parent_path()); error != 0) {
      return error;
    }
    if (mkdir(folder.c_str(), 0777) != 0) {
      return errno;
    }
    made_.push_back(folder.string());
    return 0;
  }

  // The whole content, on the disk that it will stay on.
  int prepare(const Placement& one) {
    if (const int error = make_folders(fs::path(one.path).parent_path()); error != 0) {
      return error;
    }
    struct stat status = {};
    if (one.instead_of &&
        (::access(one.path.c_str(), W_OK) != 0 || stat(one.path.c_str(), &status) != 0)) {
      return errno;
    }
    const std::string path = beside(one);
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0) {
      return errno;
    }
    prepared_.push_back(path);
    int error = 0;
    if (one.instead_of && fchmod(fd, status.st_mode & 07777U) != 0) {
      error = errno;
    }
    std::string_view rest = one.content;
    while (!rest.empty() && error == 0) {
      const ssize_t written = write(fd, rest.data(), rest.size());
      if (written >= 0) {
        rest.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        error = errno;
      }
    }
    // A full disk may show no earlier than here.
    if (close(fd) != 0 && error == 0) {
      error = errno;
    }
    return error;
  }

  static std::string put(const Placement& one) {
    const std::string from = beside(one);
    if (one.instead_of) {
      const auto now = read_text(one.path);
      if (!now || now->view != *one.instead_of) {
        return "it was changed at the same time";
      }
      return rename(from.c_str(), one.path.c_str()) == 0 ? "" : error_text(errno);
    }
    if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, one.path.c_str(), RENAME_NOREPLACE) == 0) {
      return "";
    }
    // Not every file system knows that; a second name is as careful.
    if ((errno == EINVAL || errno == ENOSYS) && link(from.c_str(), one.path.c_str()) == 0) {
      unlink(from.c_str());
      return "";
    }
    return error_text(errno);
  }

  PlacementFault undone(const Placement& one, std::string said) {
    for (const Placement* earlier : placed_) {
      if (earlier->instead_of) {
        static_cast<void>(write_file(earlier->path, *earlier->instead_of));
      } else {
        unlink(earlier->path.c_str());
      }
    }
    for (const std::string& path : prepared_) {
      unlink(path.c_str());
    }
    std::for_each(made_.rbegin(), made_.rend(), [](const std::string& f) { rmdir(f.c_str()); });
    return {one.path, std::move(said)};
  }

  const std::vector<Placement>& placements_;
  std::vector<const Placement*> placed_;
  std::vector<std::string> prepared_;
  std::vector<std::string> made_;
};

}  // namespace

SeenPlace look_at_place(const std::string& root, const std::string& relative) {
  const std::string path = (root == "/" ? "" : root) + "/" + relative;
  struct stat status = {};
  std::string reason;
  for (std::size_t slash = path.find('/', root.size() + 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const std::string folder = path.substr(0, slash);
    if (lstat(folder.c_str(), &status) != 0) {
      return {.kind = SeenPlace::Kind::absent, .path = path, .text = {}, .reason = {}};
    }
    if (S_ISLNK(status.st_mode)) {
      follow(folder, root, reason);
      if (!reason.empty()) {
        return foreign(path, "below " + reason);
      }
    }
  }
  if (lstat(path.c_str(), &status) != 0) {
    return {.kind = SeenPlace::Kind::absent, .path = path, .text = {}, .reason = {}};
  }
  const std::string target = S_ISLNK(status.st_mode) ? follow(path, root, reason) : path;
  if (!reason.empty()) {
    return foreign(path, reason);
  }
  if (stat(target.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return foreign(path, "no plain file");
  }
  const auto text = read_text(target);
  return text ? SeenPlace{.kind = SeenPlace::Kind::file,
                          .path = target,
                          .text = std::string(text->view),
                          .reason = {}}
              : foreign(path, "a file that cannot be read");
}

std::optional<PlacementFault> place_all(const std::vector<Placement>& placements) {
  return PlacingAll(placements).run();
}

}  // namespace extproof::platform
