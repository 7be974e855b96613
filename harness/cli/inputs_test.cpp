// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/inputs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/platform/files.hpp"

namespace extproof::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ReadInputs : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "inputs testXXXXXX").string();
    folder_ = fs::canonical(::mkdtemp(pattern.data())).string();
    request_.project = folder_;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void put(const std::string& name, const std::string& content) const {
    ASSERT_EQ(platform::write_file(folder_ + "/" + name, content), "");
  }
  void put_project(const std::string& table = "") const {
    put("pyproject.toml",
        "[build-system]\nrequires = [\"setuptools\"]\n[project]\nname = \"demo\"\n" + table);
  }
  std::vector<std::string> codes() const {
    const auto inputs = read_inputs(request_, environment_);
    std::vector<std::string> all;
    if (!inputs) {
      for (const facts::Refusal& refusal : inputs.error()) {
        all.push_back(refusal.code);
      }
    }
    return all;
  }
  Inputs read() const {
    auto inputs = read_inputs(request_, environment_);
    EXPECT_TRUE(inputs.ok()) << (inputs.ok() ? "" : render_refusal(inputs.error()[0]));
    return inputs.ok() ? std::move(inputs).value() : Inputs{};
  }

  std::string folder_;
  Request request_;
  platform::Environment environment_;
};

TEST_F(ReadInputs, an_empty_folder_is_no_project) {
  EXPECT_THAT(codes(), ElementsAre("XP1101"));
}

TEST_F(ReadInputs, a_project_without_configuration_has_the_defaults) {
  put_project();

  const Inputs inputs = read();

  EXPECT_EQ(inputs.project.name, "demo");
  EXPECT_EQ(inputs.project.root, folder_);
  EXPECT_EQ(inputs.project.commit, "");
  EXPECT_THAT(inputs.asked.lanes, ElementsAre("asan", "ubsan"));
  EXPECT_FALSE(inputs.asked.only_what_can_judge);
}

TEST_F(ReadInputs, an_own_file_wins_over_pyproject) {
  put_project("[tool.extproof]\ntimeout = 5\n");
  EXPECT_EQ(read().config.timeout, 5);

  put("extproof.toml", "lanes = [\"ubsan\"]\n");
  EXPECT_EQ(read().config.timeout, 120);
  EXPECT_THAT(read().asked.lanes, ElementsAre("ubsan"));
}

TEST_F(ReadInputs, a_named_file_wins_over_both) {
  put_project();
  put("extproof.toml", "timeout = 5\n");
  put("other.toml", "timeout = 6\n");
  put("sub/pyproject.toml", "[tool.extproof]\ntimeout = 7\n");

  request_.config_file = folder_ + "/other.toml";
  EXPECT_EQ(read().config.timeout, 6);
  request_.config_file = folder_ + "/sub/pyproject.toml";
  EXPECT_EQ(read().config.timeout, 7);
  request_.config_file = folder_ + "/missing.toml";
  EXPECT_THAT(codes(), ElementsAre("XP1305"));
}

TEST_F(ReadInputs, the_environment_wins_over_the_file) {
  put_project("[tool.extproof]\ntimeout = 5\n");
  environment_["EXTPROOF_TIMEOUT"] = "8";

  EXPECT_EQ(read().config.timeout, 8);
}

TEST_F(ReadInputs, all_errors_of_a_file_are_told_at_once) {
  put_project("[tool.extproof]\ntimeuot = 5\nlanes = 3\n");

  EXPECT_THAT(codes(), ElementsAre("XP1301", "XP1303"));
}

TEST_F(ReadInputs, lanes_named_on_the_command_line_replace_those_of_the_file) {
  put_project();
  request_.lanes = {"ubsan"};
  EXPECT_THAT(read().asked.lanes, ElementsAre("ubsan"));

  request_.all = true;
  EXPECT_THAT(read().asked.lanes, ElementsAre("release", "asan", "ubsan"));
  EXPECT_TRUE(read().asked.only_what_can_judge);
}

TEST_F(ReadInputs, every_lane_that_is_not_known_is_told_with_its_closest_name) {
  put_project();
  request_.lanes = {"asn", "asan", "zzz"};

  const auto inputs = read_inputs(request_, environment_);

  ASSERT_FALSE(inputs.ok());
  ASSERT_EQ(inputs.error().size(), 2u);
  EXPECT_EQ(render_refusal(inputs.error()[0]),
            "error[XP1302]: \"asn\" is not a lane\n"
            "  command line\n"
            "  known: asan, release, ubsan\n"
            "  so:    nothing was run\n"
            "  try:   asan\n"
            "  more:  extproof explain XP1302\n");
  EXPECT_EQ(inputs.error()[1].notes[0].label, "known");
}

TEST_F(ReadInputs, a_path_in_place_of_a_lane_is_refused_with_the_command_that_was_meant) {
  put_project();
  put("checks/test_a.py", "");
  request_.argv = {"extproof", "run", "asan", "checks", "no/such.py::test"};
  request_.lanes = {"asan", "checks", "no/such.py::test"};

  const auto inputs = read_inputs(request_, environment_);

  ASSERT_FALSE(inputs.ok());
  ASSERT_EQ(inputs.error().size(), 1u);
  EXPECT_EQ(render_refusal(inputs.error()[0]),
            "error[XP1001]: \"checks\" is a path and no lane\n"
            "  command line\n"
            "  expected: options and paths for pytest after \"--\"\n"
            "  so:       nothing was run\n"
            "  try:      extproof run asan -- checks no/such.py::test\n"
            "  more:     extproof explain XP1001\n");

  request_.lanes = {"asn", "checks"};
  EXPECT_THAT(codes(), ElementsAre("XP1001", "XP1302"));
  request_.command = Command::plan;
  request_.lanes = {"checks"};
  EXPECT_THAT(codes(), ElementsAre("XP1001"));
}

TEST_F(ReadInputs, words_for_pytest_with_which_no_lane_could_judge_are_refused) {
  put_project();
  request_.pytest_arguments = {"-x", "--collect-only"};

  const auto inputs = read_inputs(request_, environment_);

  ASSERT_FALSE(inputs.ok());
  EXPECT_EQ(render_refusal(inputs.error()[0]),
            "error[XP1001]: \"--collect-only\" after \"--\": it runs no test\n"
            "  command line\n"
            "  expected: words with which pytest runs the tests by itself\n"
            "  so:       nothing was run\n"
            "  more:     extproof explain XP1001\n");
  request_.pytest_arguments = {"-k", "--collect-only", "-m", "not slow", "-n4"};
  EXPECT_TRUE(read_inputs(request_, environment_).ok());
}

TEST_F(ReadInputs, a_report_that_is_written_into_the_project_is_no_source_of_it) {
  put_project();
  request_.formats = {{facts::ReportFormat::json, folder_ + "/run.json"}};
  EXPECT_THAT(read().project.own_output, ::testing::IsEmpty()) << "it is not there yet";

  put("run.json", "{}");
  EXPECT_THAT(read().project.own_output, ElementsAre("run.json"));
  request_.formats = {{facts::ReportFormat::json, "/elsewhere/run.json"}};
  EXPECT_THAT(read().project.own_output, ::testing::IsEmpty());
}

TEST_F(ReadInputs, a_lane_stays_one_where_a_folder_has_its_name) {
  put_project();
  put("asan/test_a.py", "");
  request_.lanes = {"asan"};

  EXPECT_THAT(read().asked.lanes, ElementsAre("asan"));
}

TEST_F(ReadInputs, a_project_is_found_through_a_link_by_its_own_path) {
  put_project();
  fs::create_directory_symlink(folder_, folder_ + "/link");
  request_.project = folder_ + "/link";

  EXPECT_EQ(project_root_of(request_), folder_);
  EXPECT_EQ(read().project.root, folder_);
}

TEST(ProgramsNamed, are_the_absolute_paths_of_all_lanes) {
  facts::Config config;
  config.compiler = "clang-19";
  config.python = "/opt/python";
  config.lane["asan"].compiler = "/opt/clang";
  config.lane["ubsan"].interpreter = "3.13";

  const platform::NamedPrograms named = programs_named(config);

  EXPECT_THAT(named.compilers, ElementsAre("/opt/clang"));
  EXPECT_THAT(named.interpreters, ElementsAre("/opt/python"));
}

}  // namespace
}  // namespace extproof::cli
