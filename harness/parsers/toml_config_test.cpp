// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/toml_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "harness/facts/config_keys.hpp"
#include "harness/testing/golden.hpp"

namespace extproof::parsers {
namespace {

using facts::Config;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string> k_lanes = {"release", "asan", "ubsan"};

std::string rendered(const facts::Refusals& refusals) {
  std::string text;
  for (const facts::Refusal& refusal : refusals) {
    text += render_refusal(refusal);
  }
  return text;
}

std::string rendered(const facts::Judged<Config>& judged) {
  return judged.ok() ? "" : rendered(judged.error());
}

facts::Judged<Config> parsed(std::string_view text) {
  return parse_config(text, "pyproject.toml", Dialect::pyproject, k_lanes);
}

// Each file of testdata/config_errors with the messages that it gives.
std::vector<std::string> error_samples() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(
           EXTPROOF_SOURCE_DIR "/harness/parsers/testdata/config_errors")) {
    if (entry.path().extension() == ".toml") {
      names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class ConfigErrors : public ::testing::TestWithParam<std::string> {};

TEST_P(ConfigErrors, are_shown_all_at_once_as_in_the_golden_file) {
  const std::string stem =
      EXTPROOF_SOURCE_DIR "/harness/parsers/testdata/config_errors/" + GetParam();
  std::ifstream file(stem + ".toml", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  ASSERT_FALSE(text.empty());
  const bool own = GetParam().find("extproof") != std::string::npos;

  const auto config = parse_config(text, own ? "extproof.toml" : "pyproject.toml",
                                   own ? Dialect::own_file : Dialect::pyproject, k_lanes);

  ASSERT_FALSE(config.ok());
  EXPECT_EQ(testing::golden_difference(stem + ".txt", rendered(config)), "");
}

INSTANTIATE_TEST_SUITE_P(files, ConfigErrors, ::testing::ValuesIn(error_samples()),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

constexpr std::string_view k_every_key = R"(
modules = ["pkg._core"]
tests = ["tests", "more/test_a.py::test_x"]
lanes = ["ubsan", "asan", "ubsan"]
python = "3.13"
compiler = "clang-19"
test-requires = ["pytest", "numpy"]
pytest-arguments = ["-m", "not slow"]
timeout = 90.5
build.config-settings = { "cmake.verbose" = "true", "cmake.args" = ["-DA=1", "-DB=2"] }
build.environment = { USE_BUNDLED = "1" }
build.backend = "cmake"
build.requires = ["pybind11>=2.12"]
build.cmake-source = "cpp"
build.cmake-options = ["-DBUILD_PYTHON=ON", "-GNinja"]
build.cmake-targets = ["_core"]
build.install-components = []
build.python-path = ["{build}", "{install}/lib/python", "python"]
[lane.asan]
interpreter = "3.14t"
compiler = "gcc-12"
flags = ["-O1"]
modules = ["pkg._other"]
tests = ["tests/fast"]
pytest-arguments = []
suppressions = ["ci/lsan.supp"]
timeout = 600
leaks = false
checks = ["bounds"]
)";

Config every_key(std::string origin) {
  Config config;
  config.modules = {"pkg._core"};
  config.tests = {"tests", "more/test_a.py::test_x"};
  config.lanes = {"ubsan", "asan"};
  config.python = "3.13";
  config.compiler = "clang-19";
  config.test_requires = {"pytest", "numpy"};
  config.pytest_arguments = {"-m", "not slow"};
  config.timeout = 90.5;
  config.build_config_settings = {{"cmake.verbose", {"true"}}, {"cmake.args", {"-DA=1", "-DB=2"}}};
  config.build_environment = {{"USE_BUNDLED", "1"}};
  config.build_backend = "cmake";
  config.cmake = {.source = "cpp",
                  .options = {"-DBUILD_PYTHON=ON", "-GNinja"},
                  .targets = {"_core"},
                  .requires_packages = {"pybind11>=2.12"},
                  .components = std::vector<std::string>{},
                  .python_path = {"{build}", "{install}/lib/python", "python"}};
  config.lane["asan"] = {.interpreter = "3.14t",
                         .compiler = "gcc-12",
                         .flags = {"-O1"},
                         .modules = {{"pkg._other"}},
                         .tests = {{"tests/fast"}},
                         .pytest_arguments = std::vector<std::string>{},
                         .suppressions = {"ci/lsan.supp"},
                         .timeout = 600,
                         .leaks = false,
                         .checks = {"bounds"}};
  config.origin = std::move(origin);
  return config;
}

TEST(Config, every_key_of_the_own_file_is_read) {
  const auto config = parse_config(k_every_key, "extproof.toml", Dialect::own_file, k_lanes);

  ASSERT_TRUE(config.ok()) << rendered(config);
  EXPECT_EQ(config.value(), every_key("extproof.toml"));
}

TEST(Config, every_key_of_pyproject_is_read) {
  std::string text = "[project]\nname = 'x'\n[tool.extproof]\n" + std::string(k_every_key);
  text.replace(text.find("[lane.asan]"), 11, "[tool.extproof.lane.asan]");

  const auto config = parsed(text);

  ASSERT_TRUE(config.ok()) << rendered(config);
  EXPECT_EQ(config.value(), every_key("pyproject.toml"));
}

TEST(Config, the_example_of_every_key_in_the_table_is_accepted) {
  for (const facts::ConfigKey& key : facts::config_keys()) {
    std::string section = key.section.empty() ? "" : "." + std::string(key.section);
    section += key.section == "lane" ? ".asan" : "";
    const std::string text = "[tool.extproof" + section + "]\n" + std::string(key.name) + " = " +
                             std::string(key.example) + "\n";

    const auto config = parsed(text);

    EXPECT_TRUE(config.ok()) << text << rendered(config);
  }
}

TEST(Config, the_key_of_every_row_of_the_table_is_kept) {
  // With this, a row without a line in the reader shows: the configuration would be the default.
  for (const facts::ConfigKey& key : facts::config_keys()) {
    if (key.name == "lanes" || key.name == "timeout") {
      continue;  // their examples are the defaults; every_key() has others
    }
    std::string section = key.section.empty() ? "" : "." + std::string(key.section);
    section += key.section == "lane" ? ".asan" : "";
    const std::string header = "[tool.extproof" + section + "]\n";

    const auto empty = parsed(header);
    const auto config = parsed(header + std::string(key.name) + " = " + std::string(key.example));

    ASSERT_TRUE(empty.ok() && config.ok());
    EXPECT_FALSE(config.value() == empty.value()) << key.section << " " << key.name;
  }
}

TEST(Config, of_a_project_that_says_nothing_has_the_defaults_and_no_origin) {
  const auto config = parsed("[project]\nname = 'x'\n[tool.black]\nline-length = 3\n");

  ASSERT_TRUE(config.ok()) << rendered(config);
  EXPECT_EQ(config.value(), Config{});
}

TEST(Config, an_empty_reserved_section_is_no_error) {
  EXPECT_TRUE(parsed("[tool.extproof.fuzz]\n[tool.extproof.coverage]\n").ok());
}

TEST(Config, crlf_and_a_byte_order_mark_are_read) {
  const auto config = parsed("\xEF\xBB\xBF[tool.extproof]\r\ntimeout = 7\r\n");

  ASSERT_TRUE(config.ok()) << rendered(config);
  EXPECT_EQ(config.value().timeout, 7);
}

TEST(Config, errors_come_in_the_order_of_the_file) {
  const auto config = parsed("[tool.extproof]\nzz = 1\ntimeout = 0\naa = 2\n");

  ASSERT_FALSE(config.ok());
  std::vector<std::string> places;
  for (const facts::Refusal& refusal : config.error()) {
    places.push_back(refusal.place);
  }
  EXPECT_THAT(places,
              ElementsAre("pyproject.toml:2:1", "pyproject.toml:3:11", "pyproject.toml:4:1"));
}

TEST(ConfigEnvironment, comes_over_the_file) {
  Config config;
  config.tests = {"tests"};

  const facts::Refusals refusals = merge_environment(config,
                                                     {{"EXTPROOF_LANES", "release, asan,asan"},
                                                      {"EXTPROOF_PYTHON", "3.14t"},
                                                      {"EXTPROOF_COMPILER", "gcc"},
                                                      {"EXTPROOF_TIMEOUT", "1.5"},
                                                      {"EXTPROOF_TESTS", "a:b/c"},
                                                      {"EXTPROOF_OTHER", "x"}},
                                                     k_lanes);

  EXPECT_EQ(rendered(refusals), "");
  EXPECT_THAT(config.lanes, ElementsAre("release", "asan"));
  EXPECT_EQ(config.python, "3.14t");
  EXPECT_EQ(config.compiler, "gcc");
  EXPECT_EQ(config.timeout, 1.5);
  EXPECT_THAT(config.tests, ElementsAre("a", "b/c"));
}

TEST(ConfigEnvironment, an_empty_variable_counts_as_absent) {
  Config config;
  config.python = "3.13";

  EXPECT_THAT(merge_environment(config,
                                {{"EXTPROOF_LANES", ""},
                                 {"EXTPROOF_PYTHON", ""},
                                 {"EXTPROOF_TIMEOUT", ""},
                                 {"EXTPROOF_TESTS", ""}},
                                k_lanes),
              IsEmpty());
  Config expected;
  expected.python = "3.13";
  EXPECT_EQ(config, expected);
}

TEST(ConfigEnvironment, errors_of_all_variables_are_shown_at_once_and_set_nothing) {
  Config config;

  const facts::Refusals refusals = merge_environment(config,
                                                     {{"EXTPROOF_LANES", "asn"},
                                                      {"EXTPROOF_PYTHON", "python3"},
                                                      {"EXTPROOF_COMPILER", "tcc"},
                                                      {"EXTPROOF_TIMEOUT", "2m"},
                                                      {"EXTPROOF_TESTS", "ok:/etc"}},
                                                     k_lanes);

  EXPECT_EQ(config, Config{});
  EXPECT_EQ(rendered(refusals),
            "error[XP1302]: \"asn\" is not a lane\n"
            "  environment variable EXTPROOF_LANES\n"
            "  known: asan, release, ubsan\n"
            "  so:    nothing was run\n"
            "  try:   asan\n"
            "  more:  extproof explain XP1302\n"
            "error[XP1303]: \"python3\" is neither a version of Python nor a path\n"
            "  environment variable EXTPROOF_PYTHON\n"
            "  expected: a version, such as 3.13 or 3.14t, a path, stock, or a kind such as asan\n"
            "  so:       nothing was run\n"
            "  more:     extproof explain XP1303\n"
            "error[XP1303]: \"tcc\" names no compiler that extproof knows\n"
            "  environment variable EXTPROOF_COMPILER\n"
            "  expected: clang or gcc, with a version if you like, such as clang-19, or a path\n"
            "  so:       nothing was run\n"
            "  more:     extproof explain XP1303\n"
            "error[XP1303]: \"2m\" is not a number\n"
            "  environment variable EXTPROOF_TIMEOUT\n"
            "  expected: seconds, more than 0 and at most 604800\n"
            "  so:       nothing was run\n"
            "  more:     extproof explain XP1303\n"
            "error[XP1303]: \"/etc\" is an absolute path\n"
            "  environment variable EXTPROOF_TESTS\n"
            "  expected: a path inside the project, such as tests/unit\n"
            "  so:       nothing was run\n"
            "  more:     extproof explain XP1303\n");
}

TEST(ConfigLanes, named_elsewhere_come_over_those_of_the_file) {
  Config config;

  EXPECT_THAT(merge_lanes(config, {"release"}, "the command line", k_lanes), IsEmpty());
  EXPECT_THAT(config.lanes, ElementsAre("release"));
  EXPECT_THAT(merge_lanes(config, {}, "the command line", k_lanes), IsEmpty());
  EXPECT_THAT(config.lanes, ElementsAre("release"));
  EXPECT_EQ(merge_lanes(config, {"asan", "x"}, "the command line", k_lanes).size(), 1U);
  EXPECT_THAT(config.lanes, ElementsAre("release"));
}

}  // namespace
}  // namespace extproof::parsers
