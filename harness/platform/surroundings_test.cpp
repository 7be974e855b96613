// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/surroundings.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace extproof::platform {
namespace {

namespace fs = std::filesystem;

// stdout goes to `path` while it lives.
class Redirected {
 public:
  explicit Redirected(const std::string& path) : saved_(dup(STDOUT_FILENO)) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT, 0600);
    dup2(file, STDOUT_FILENO);
    close(file);
  }
  ~Redirected() {
    dup2(saved_, STDOUT_FILENO);
    close(saved_);
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

 private:
  int saved_;
};

TEST(FileOf, a_stream_is_the_real_path_of_an_ordinary_file_that_is_still_there) {
  std::string pattern = (fs::temp_directory_path() / "file ofXXXXXX").string();
  const std::string folder = fs::canonical(::mkdtemp(pattern.data())).string();
  fs::create_directory_symlink(folder, folder + "/link");
  std::string found;
  std::string removed = "?";
  {
    const Redirected redirected(folder + "/link/o.json");
    found = file_of(Stream::output);
    fs::remove(folder + "/o.json");
    removed = file_of(Stream::output);
  }
  std::string device = "?";
  {
    const Redirected redirected("/dev/null");
    device = file_of(Stream::output);
  }
  fs::remove_all(folder);

  EXPECT_EQ(found, folder + "/o.json");
  EXPECT_EQ(removed, "");
  EXPECT_EQ(device, "");
}

}  // namespace
}  // namespace extproof::platform
