// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/placement.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "harness/platform/files.hpp"

namespace extproof::platform {
namespace {

namespace fs = std::filesystem;
using Kind = SeenPlace::Kind;

class Placing : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "placement testXXXXXX").string();
    outer_ = fs::canonical(::mkdtemp(pattern.data())).string();
    root_ = outer_ + "/project";
    ASSERT_EQ(make_folder(root_), "");
  }
  void TearDown() override { fs::remove_all(outer_); }

  std::string at(const std::string& name) const { return root_ + "/" + name; }
  std::string text(const std::string& name) const {
    const auto read = read_text(at(name));
    return read ? std::string(read->view) : "absent";
  }
  void put(const std::string& name, const std::string& content) const {
    ASSERT_EQ(write_file(at(name), content), "");
  }
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::distance(fs::recursive_directory_iterator(root_), fs::recursive_directory_iterator()));
  }

  std::string outer_;
  std::string root_;
};

TEST_F(Placing, new_files_and_changed_ones_get_their_place_and_keep_their_mode) {
  put("old.py", "a\n");
  ASSERT_EQ(chmod(at("old.py").c_str(), 0755), 0);

  const auto fault = place_all({{at("old.py"), "a\nb\n", "a\n"}, {at("x/y/new.yml"), "c\n", {}}});

  EXPECT_FALSE(fault);
  EXPECT_EQ(text("old.py"), "a\nb\n");
  EXPECT_EQ(text("x/y/new.yml"), "c\n");
  struct stat status = {};
  ASSERT_EQ(stat(at("old.py").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0755U);
  EXPECT_EQ(count(), 4u);
}

TEST_F(Placing, what_is_there_is_never_replaced_and_the_rest_is_taken_back) {
  put("old.py", "a\n");
  put("there", "kept\n");

  const auto fault = place_all(
      {{at("x/new"), "c", {}}, {at("there"), "lost", {}}, {at("old.py"), "a\nb\n", "a\n"}});

  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->path, at("there"));
  EXPECT_EQ(fault->said, "File exists");
  EXPECT_EQ(text("there"), "kept\n");
  EXPECT_EQ(text("old.py"), "a\n");
  EXPECT_EQ(count(), 2u);
}

TEST_F(Placing, a_file_that_changed_meanwhile_is_left_and_the_rest_is_taken_back) {
  put("a", "1");
  put("b", "2, by somebody else");

  const auto fault = place_all({{at("new"), "n", {}}, {at("a"), "1+", "1"}, {at("b"), "2+", "2"}});

  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->path, at("b"));
  EXPECT_EQ(text("a"), "1");
  EXPECT_EQ(text("b"), "2, by somebody else");
  EXPECT_EQ(count(), 2u);
}

TEST_F(Placing, a_file_in_the_place_of_a_folder_leaves_nothing_behind) {
  put("folder", "a file");

  const auto fault = place_all({{at("first"), "1", {}}, {at("folder/x"), "2", {}}});

  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->said, "Not a directory");
  EXPECT_EQ(count(), 1u);
}

TEST_F(Placing, a_place_is_absent_a_file_or_foreign) {
  put("plain", "text");
  put("inner/real", "inside");
  ASSERT_EQ(make_folder(at("folder")), "");
  ASSERT_EQ(write_file(outer_ + "/secret", "s"), "");
  fs::create_symlink("inner/real", at("good"));
  fs::create_symlink("../secret", at("out"));
  fs::create_symlink("nothing", at("dangling"));
  fs::create_directory_symlink(outer_, at("up"));

  EXPECT_EQ(look_at_place(root_, "nope").kind, Kind::absent);
  EXPECT_EQ(look_at_place(root_, "a/b/c").kind, Kind::absent);
  EXPECT_EQ(look_at_place(root_, "plain").text, "text");
  EXPECT_EQ(look_at_place(root_, "good").kind, Kind::file);
  EXPECT_EQ(look_at_place(root_, "good").path, at("inner/real"));
  EXPECT_EQ(look_at_place(root_, "folder").reason, "no plain file");
  EXPECT_EQ(look_at_place(root_, "out").reason, "a link that leads out of the project");
  EXPECT_EQ(look_at_place(root_, "dangling").reason, "a link to nothing");
  EXPECT_EQ(look_at_place(root_, "up/new").reason, "below a link that leads out of the project");
}

}  // namespace
}  // namespace extproof::platform
