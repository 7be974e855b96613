// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "harness/platform/run_lock.hpp"

namespace extproof::platform {
namespace {

namespace fs = std::filesystem;

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "files testXXXXXX").string();
    folder_ = fs::canonical(::mkdtemp(pattern.data())).string();
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  static std::string content(const std::string& path) {
    const auto text = read_text(path);
    return text ? std::string(text->view) : "(none)";
  }

  std::string folder_;
};

TEST_F(Files, a_text_is_written_with_the_folders_above_and_read_back) {
  const std::string bytes("a\0b\xff\n", 5);

  EXPECT_EQ(write_file(path("deep/er/file"), bytes), "");

  EXPECT_EQ(content(path("deep/er/file")), bytes);
  EXPECT_EQ(names_in(path("deep/er")), std::vector<std::string>{"file"});
}

TEST_F(Files, a_reader_sees_the_old_text_or_the_new_one) {
  const std::string a(100000, 'a');
  const std::string b(200000, 'b');
  ASSERT_EQ(write_file(path("file"), a), "");
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < 200; ++i) {
      write_file(path("file"), i % 2 == 0 ? b : a);
    }
    done = true;
  });
  while (!done) {
    const std::string seen = content(path("file"));
    ASSERT_TRUE(seen == a || seen == b) << seen.size();
  }
  writer.join();
}

TEST_F(Files, a_failed_write_leaves_the_old_text_and_nothing_beside_it) {
  fs::create_directories(path("file/inner"));

  EXPECT_NE(write_file(path("file"), "new"), "");
  EXPECT_EQ(names_in(folder_), std::vector<std::string>{"file"});
  EXPECT_EQ(write_file(path("plain"), "old"), "");
  EXPECT_NE(write_file(path("plain/below"), "new"), "");
  EXPECT_EQ(content(path("plain")), "old");
}

TEST_F(Files, a_link_that_waits_under_the_name_of_the_new_text_is_not_followed) {
  write_file(path("precious"), "content");
  fs::create_symlink(path("precious"), path("file.new-" + std::to_string(::getpid())));

  write_file(path("file"), "new");

  EXPECT_EQ(content(path("precious")), "content");
}

TEST_F(Files, a_large_file_is_read_whole_and_outlives_its_name) {
  const std::string large(3 << 20, 'x');
  ASSERT_EQ(write_file(path("large"), large), "");

  const auto text = read_text(path("large"));
  fs::remove(path("large"));

  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(text->view, large);
}

TEST_F(Files, an_empty_file_is_a_text_and_a_missing_one_is_none) {
  ASSERT_EQ(write_file(path("empty"), ""), "");

  EXPECT_EQ(content(path("empty")), "");
  EXPECT_EQ(content(path("missing")), "(none)");
  EXPECT_EQ(content(folder_), "(none)");
}

TEST_F(Files, a_file_of_proc_which_says_that_it_is_empty_is_read) {
  EXPECT_NE(content("/proc/self/stat").find(" R "), std::string::npos);
}

TEST_F(Files, a_pipe_is_not_waited_for) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);

  EXPECT_EQ(content(path("pipe")), "(none)");
}

TEST_F(Files, a_fresh_folder_is_empty_and_links_in_it_were_not_followed) {
  ASSERT_EQ(write_file(path("kept/file"), "kept"), "");
  ASSERT_EQ(write_file(path("fresh/old"), "old"), "");
  fs::create_directory_symlink(path("kept"), path("fresh/link"));

  EXPECT_EQ(make_fresh_folder(path("fresh")), "");

  EXPECT_TRUE(names_in(path("fresh")).empty());
  EXPECT_EQ(content(path("kept/file")), "kept");
}

TEST_F(Files, those_below_a_folder_are_listed_without_what_is_left_out_and_without_following) {
  for (const char* name : {"b", "a/c", "a/d/e", "out/f"}) {
    ASSERT_EQ(write_file(path(name), ""), "");
  }
  fs::create_directory_symlink("..", path("a/up"));
  const auto is_out = [](std::string_view name) { return name == "out"; };

  EXPECT_EQ(files_below(folder_, is_out, 9),
            (std::vector<std::string>{"a/c", "a/d/e", "a/up", "b"}));
  EXPECT_EQ(files_below(folder_, is_out, 2).size(), 2u);
}

TEST_F(Files, names_come_sorted_and_a_missing_folder_has_none) {
  for (const char* name : {"b", "a c", "B"}) {
    ASSERT_EQ(write_file(path(name), ""), "");
  }

  EXPECT_EQ(names_in(folder_), (std::vector<std::string>{"B", "a c", "b"}));
  EXPECT_TRUE(names_in(path("missing")).empty());
}

TEST_F(Files, an_identity_changes_when_the_file_does) {
  const std::string absent = identity_of(path("file"));
  write_file(path("file"), "one");
  const std::string one = identity_of(path("file"));
  write_file(path("file"), "three");

  EXPECT_NE(absent, one);
  EXPECT_EQ(identity_of(path("file")), identity_of(path("file")));
  EXPECT_NE(identity_of(path("file")), one);
}

TEST_F(Files, real_paths_have_no_links) {
  write_file(path("file"), "");
  fs::create_symlink("file", path("link"));

  EXPECT_EQ(real_path(path("link")), path("file"));
  EXPECT_EQ(real_path(path("missing")), "");
}

TEST_F(Files, one_run_at_a_time_holds_the_lock) {
  std::string holder;
  std::string error;
  {
    const auto first = RunLock::take(path("lock"), holder, error);
    ASSERT_NE(first, nullptr) << error;

    EXPECT_EQ(RunLock::take(path("lock"), holder, error), nullptr);
    EXPECT_EQ(holder, std::to_string(::getpid()));
    EXPECT_EQ(error, "");
  }
  EXPECT_NE(RunLock::take(path("lock"), holder, error), nullptr) << error;
}

TEST_F(Files, a_lock_whose_holder_is_gone_can_be_taken) {
  ASSERT_EQ(write_file(path("lock"), "99999999\n"), "");
  std::string holder;
  std::string error;

  EXPECT_NE(RunLock::take(path("lock"), holder, error), nullptr) << error;
  EXPECT_EQ(content(path("lock")), std::to_string(::getpid()) + "\n");
}

TEST_F(Files, a_lock_that_cannot_be_made_tells_why_and_names_no_holder) {
  std::string holder;
  std::string error;

  EXPECT_EQ(RunLock::take(path("no folder/lock"), holder, error), nullptr);
  EXPECT_EQ(holder, "");
  EXPECT_EQ(error, "No such file or directory");
}

TEST_F(Files, a_lock_is_no_link_to_another_file) {
  write_file(path("precious"), "content");
  fs::create_symlink(path("precious"), path("lock"));
  std::string holder;
  std::string error;

  EXPECT_EQ(RunLock::take(path("lock"), holder, error), nullptr);
  EXPECT_EQ(content(path("precious")), "content");
}

}  // namespace
}  // namespace extproof::platform
