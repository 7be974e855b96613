// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/output_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "harness/platform/files.hpp"

namespace extproof::platform {
namespace {

namespace fs = std::filesystem;

class OutputFile : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              ("extproof-output-" + std::string(test->name()) + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string text(const std::string& name) const {
    const auto read = read_text(path(name));
    return read ? std::string(read->view) : "(none)";
  }

 private:
  fs::path folder_;
};

TEST_F(OutputFile, replaces_a_file_and_makes_the_folders_above) {
  EXPECT_EQ(write_output(path("deep/er/file"), "old"), "");
  EXPECT_EQ(write_output(path("deep/er/file"), "new"), "");
  EXPECT_EQ(text("deep/er/file"), "new");
}

TEST_F(OutputFile, a_name_without_a_folder_is_in_the_current_one) {
  const fs::path before = fs::current_path();
  fs::current_path(path(""));
  EXPECT_EQ(write_output("plain", "text"), "");
  fs::current_path(before);
  EXPECT_EQ(text("plain"), "text");
}

TEST_F(OutputFile, a_link_leads_to_its_file_and_stays) {
  ASSERT_EQ(write_output(path("target"), "old"), "");
  fs::create_symlink("target", path("link"));
  EXPECT_EQ(write_output(path("link"), "new"), "");
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(text("target"), "new");
}

TEST_F(OutputFile, a_pipe_is_written_into_and_stays) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] {
    std::FILE* file = std::fopen(path("pipe").c_str(), "r");
    char buffer[64] = {};
    got.assign(buffer, std::fread(buffer, 1, sizeof buffer, file));
    std::fclose(file);
  });
  EXPECT_EQ(write_output(path("pipe"), "text"), "");
  reader.join();
  EXPECT_EQ(got, "text");
  EXPECT_TRUE(fs::is_fifo(path("pipe")));
}

TEST_F(OutputFile, appends_behind_what_is_there) {
  EXPECT_EQ(append_output(path("summary"), "one\n"), "");
  EXPECT_EQ(append_output(path("summary"), "two\n"), "");
  EXPECT_EQ(text("summary"), "one\ntwo\n");
  EXPECT_EQ(size_of(path("summary")), 8U);
  EXPECT_EQ(size_of(path("nothing")), 0U);
}

TEST_F(OutputFile, tells_why_it_could_not_write) {
  EXPECT_NE(write_output(path(""), "text"), "");
  EXPECT_NE(append_output(path("no/folder"), "text"), "");
  EXPECT_NE(write_output("/dev/full", "text"), "");
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(OutputFile, knows_a_folder) {
  EXPECT_TRUE(is_folder(path("")));
  EXPECT_FALSE(is_folder("/dev/null"));
  EXPECT_FALSE(is_folder(path("nothing")));
}

}  // namespace
}  // namespace extproof::platform
