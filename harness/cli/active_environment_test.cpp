// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/active_environment.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "harness/platform/files.hpp"

namespace extproof::cli {
namespace {

namespace fs = std::filesystem;

class ActiveEnvironment : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "active envXXXXXX").string();
    folder_ = fs::canonical(::mkdtemp(pattern.data())).string();
    for (const char* name : {"/python3.12", "/python3.13"}) {
      ASSERT_EQ(platform::write_file(folder_ + name, ""), "");
    }
    ASSERT_EQ(
        platform::write_file(folder_ + "/venv/pyvenv.cfg", "home = /usr\nversion_info = 3.12.1\n"),
        "");
    fs::create_directory(folder_ + "/venv/bin");
    fs::create_symlink(folder_ + "/python3.12", folder_ + "/venv/bin/python");
    environment_["VIRTUAL_ENV"] = folder_ + "/venv";
    chosen_ = {{.path = folder_ + "/python3.13", .version = "3.13.0"}};
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string note() const { return note_on_active_environment(environment_, config_, chosen_); }

  std::string folder_;
  platform::Environment environment_;
  facts::Config config_;
  std::vector<facts::Interpreter> chosen_;
};

TEST_F(ActiveEnvironment, with_another_python_is_told_in_one_line) {
  EXPECT_EQ(note(),
            "note: the lanes run with Python 3.13.0, the newest release here that requires-python "
            "allows, and not with Python 3.12.1 of the active environment; for that: python = \"" +
                folder_ + "/venv/bin/python\"\n");
}

TEST_F(ActiveEnvironment, with_the_chosen_python_or_with_none_is_not_told) {
  chosen_.push_back({.path = folder_ + "/venv/bin/python", .version = "3.12.1"});
  EXPECT_EQ(note(), "");
  chosen_.pop_back();
  EXPECT_NE(note(), "");

  environment_["VIRTUAL_ENV"] = folder_ + "/gone";
  EXPECT_EQ(note(), "");
  environment_.clear();
  EXPECT_EQ(note(), "");
}

TEST_F(ActiveEnvironment, is_not_told_where_the_configuration_names_an_interpreter) {
  config_.python = "3.13";
  EXPECT_EQ(note(), "");
  config_.python.reset();
  config_.lane["asan"].interpreter = "3.13";
  EXPECT_EQ(note(), "");
}

}  // namespace
}  // namespace extproof::cli
