// SPDX-License-Identifier: Apache-2.0
#include "harness/testing/golden.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace extproof::testing {
namespace {

class Golden : public ::testing::Test {
 protected:
  void SetUp() override {
    unsetenv("EXTPROOF_ACCEPT_GOLDEN");
    std::string name = ::testing::TempDir() + "golden-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override {
    unsetenv("EXTPROOF_ACCEPT_GOLDEN");
    std::filesystem::remove_all(folder_);
  }

  std::string written(std::string_view text) const {
    std::ofstream(file(), std::ios::binary) << text;
    return file();
  }
  std::string file() const { return folder_ + "/a.txt"; }

  std::string folder_;
};

TEST_F(Golden, says_nothing_about_an_equal_text) {
  EXPECT_EQ(golden_difference(written("a\nb\n"), "a\nb\n"), "");
}

TEST_F(Golden, shows_the_changed_lines_and_the_command_that_accepts_them) {
  const std::string difference =
      golden_difference(written("1\n2\n3\nold\n4\n5\n6\n"), "1\n2\n3\nnew\n4\n5\n6\n");

  EXPECT_NE(difference.find("@ line 4\n  2\n  3\n- old\n+ new\n  4\n  5\n"), std::string::npos)
      << difference;
  EXPECT_NE(difference.find("EXTPROOF_ACCEPT_GOLDEN=1 "), std::string::npos);
}

TEST_F(Golden, writes_the_file_only_when_asked_to) {
  const std::string path = written("old\n");

  EXPECT_NE(golden_difference(path, "new\n"), "");
  EXPECT_NE(golden_difference(path, "new\n"), "") << "a comparison changed the file";
  setenv("EXTPROOF_ACCEPT_GOLDEN", "1", 1);
  EXPECT_EQ(golden_difference(path, "new\n"), "");
  unsetenv("EXTPROOF_ACCEPT_GOLDEN");
  EXPECT_EQ(golden_difference(path, "new\n"), "");
}

TEST_F(Golden, names_a_file_that_is_not_there) {
  EXPECT_NE(golden_difference(file(), "").find("there is no " + file()), std::string::npos);
}

TEST_F(Golden, tells_a_file_that_cannot_be_written) {
  setenv("EXTPROOF_ACCEPT_GOLDEN", "1", 1);
  EXPECT_NE(golden_difference(folder_ + "/no/such/folder.txt", "x"), "");
}

TEST(LineDiff, is_empty_for_equal_texts_only) {
  EXPECT_EQ(render_line_diff("", ""), "");
  EXPECT_EQ(render_line_diff("a\n", "a\n"), "");
  EXPECT_NE(render_line_diff("a\n", "a"), "") << "a final newline counts";
  EXPECT_NE(render_line_diff("a\r\n", "a\n"), "") << "a carriage return counts";
  EXPECT_NE(render_line_diff("a\na\n", "a\n"), "");
}

TEST(LineDiff, escapes_what_a_terminal_would_obey) {
  EXPECT_EQ(render_line_diff("", "\x1b[2J\n"), "@ line 1\n+ \\x1b[2J\n");
}

}  // namespace
}  // namespace extproof::testing
