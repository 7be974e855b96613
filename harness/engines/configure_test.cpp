// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/configure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/engines/interpreter_choice.hpp"
#include "harness/testing/sample_machine.hpp"

namespace extproof::engines {
namespace {

using facts::Interpreter;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::sample_clang;
using testing::sample_gcc;
using testing::sample_python;

std::string lacks_asan(const facts::Compiler& compiler) {
  return compiler.runtimes.asan.empty() ? "it has no runtime" : "";
}
std::string lacks_nothing(const facts::Compiler&) {
  return "";
}

const std::vector<Lane> k_lanes = {{.name = "release", .lacks = lacks_nothing},
                                   {.name = "asan", .lacks = lacks_asan},
                                   {.name = "ubsan", .lacks = lacks_nothing}};

class Configure : public ::testing::Test {
 protected:
  Configured configured(std::vector<std::string> lanes) const {
    return configure({.lanes = std::move(lanes), .only_what_can_judge = all_}, k_lanes, project_,
                     config_, machine_, 7);
  }
  // "NAME: COMPILER, VERSION", for each configuration.
  std::vector<std::string> lines(std::vector<std::string> lanes) const {
    std::vector<std::string> all;
    for (const facts::Configuration& c : configured(std::move(lanes)).configurations) {
      all.push_back(c.name + ": " + c.compiler.name + ", " + c.interpreter.version);
    }
    return all;
  }
  std::string chosen(const std::optional<std::string>& wanted) const {
    const Interpreter* one = choose_interpreter({.of_project = wanted}, project_, machine_);
    return one == nullptr ? "none" : one->path;
  }

  facts::Toolchain machine_ = testing::sample_machine();
  facts::Project project_ = testing::sample_project();
  facts::Config config_;
  bool all_ = false;
};

TEST_F(Configure, by_default_the_newest_clang_and_the_newest_python_are_taken) {
  EXPECT_THAT(lines({"asan"}), ElementsAre("release: clang-19, 3.13.0", "asan: clang-19, 3.13.0"));
}

TEST_F(Configure, a_clang_without_the_runtime_is_passed_over) {
  machine_.compilers[0].runtimes.asan.clear();
  EXPECT_EQ(lines({"asan"})[1], "asan: clang-14, 3.13.0");

  machine_.compilers[1].runtimes.asan.clear();
  EXPECT_EQ(lines({"asan"})[1], "asan: gcc-12, 3.13.0");
}

TEST_F(Configure, a_lane_has_its_own_compiler_and_interpreter) {
  config_.compiler = "gcc";
  config_.lane["asan"].compiler = "clang-14";
  config_.lane["asan"].interpreter = "3.10";

  EXPECT_THAT(lines({"asan", "ubsan"}),
              ElementsAre("release/cp310: gcc-12, 3.10.11", "release/cp313: gcc-12, 3.13.0",
                          "asan: clang-14, 3.10.11", "ubsan: gcc-12, 3.13.0"));
}

TEST_F(Configure, a_compiler_can_be_named_in_every_way_in_which_it_was_found) {
  facts::Compiler plain = sample_clang(19);
  plain.name = "clang";
  plain.cc = "/usr/bin/clang";
  plain.paths = {"/opt/llvm/bin/clang-19", "/usr/bin/clang"};
  machine_.compilers = {plain, sample_gcc()};
  for (const char* name : {"clang", "clang-19", "/usr/bin/clang", "/opt/llvm/bin/clang-19"}) {
    config_.compiler = name;
    EXPECT_EQ(lines({"asan"})[1], "asan: clang, 3.13.0") << name;
  }
  for (const char* name : {"gcc", "gcc-12", "/usr/bin/gcc-12"}) {
    config_.compiler = name;
    EXPECT_EQ(lines({"asan"})[1], "asan: gcc-12, 3.13.0") << name;
  }
}

TEST_F(Configure, a_compiler_that_was_named_is_not_replaced_by_another) {
  config_.compiler = "clang-18";

  const Configured result = configured({"asan"});

  EXPECT_THAT(result.configurations, IsEmpty());
  ASSERT_EQ(result.left_out.size(), 1u);
  EXPECT_EQ(render_refusal(result.left_out[0].refusal),
            "error[XP1201]: lane \"asan\" has no compiler with its runtime\n"
            "  found: clang-19, clang-14, gcc-12\n"
            "  lacks: \"clang-18\" was not found\n"
            "  so:    the lane was not run\n"
            "  try:   extproof doctor\n"
            "  more:  extproof explain XP1201\n");
  EXPECT_TRUE(result.left_out[0].requested);
}

TEST_F(Configure, each_compiler_that_lacks_something_is_listed_with_it) {
  for (facts::Compiler& compiler : machine_.compilers) {
    compiler.runtimes.asan.clear();
  }

  const Configured result = configured({"asan"});

  ASSERT_EQ(result.left_out.size(), 1u);
  EXPECT_EQ(render_refusal(result.left_out[0].refusal),
            "error[XP1201]: lane \"asan\" has no compiler with its runtime\n"
            "  found: clang-19, clang-14, gcc-12\n"
            "  lacks: clang-19: it has no runtime\n"
            "         clang-14: it has no runtime\n"
            "         gcc-12: it has no runtime\n"
            "  so:    the lane was not run\n"
            "  try:   extproof doctor\n"
            "  more:  extproof explain XP1201\n");
}

TEST_F(Configure, a_machine_without_compiler_or_python_refuses_each_lane) {
  machine_.compilers.clear();
  ASSERT_EQ(configured({"asan"}).left_out.size(), 1u);
  EXPECT_EQ(configured({"asan"}).left_out[0].refusal.notes[0].text, "no compiler");
  EXPECT_EQ(configured({"asan"}).left_out[0].refusal.notes[1].text, "no C compiler was found");

  machine_.interpreters.clear();
  const Configured result = configured({"asan", "ubsan"});
  ASSERT_EQ(result.left_out.size(), 2u);
  EXPECT_EQ(result.left_out[0].refusal.code, "XP1202");
  EXPECT_EQ(result.left_out[1].name, "ubsan");
}

TEST_F(Configure, a_python_that_is_not_there_is_refused_with_those_that_are) {
  config_.python = "3.12";
  Interpreter threads = sample_python("3.14.0");
  threads.free_threaded = true;
  machine_.interpreters.insert(machine_.interpreters.begin(), threads);

  const Configured result = configured({"asan"});

  ASSERT_EQ(result.left_out.size(), 1u);
  EXPECT_EQ(render_refusal(result.left_out[0].refusal),
            "error[XP1202]: \"3.12\" is no Python of this machine\n"
            "  found: 3.14.0t, 3.13.0, 3.10.11\n"
            "  needs: Python 3.12\n"
            "  so:    the lane was not run\n"
            "  try:   uv python install 3.12\n"
            "  more:  extproof explain XP1202\n");

  const auto needs = [&](const std::optional<std::string>& wanted) {
    config_.python = wanted;
    return configured({"asan"}).left_out.at(0).refusal.notes[1].text;
  };
  EXPECT_EQ(needs("3.15t"), "Python 3.15, free-threaded");
  EXPECT_EQ(needs("/opt/python"), "an interpreter at /opt/python");
  project_.requires_python = ">=3.20";
  EXPECT_EQ(needs(std::nullopt), "a release of Python >=3.20 with its headers");
}

TEST_F(Configure, with_all_a_lane_that_cannot_run_is_merely_listed) {
  all_ = true;
  for (facts::Compiler& compiler : machine_.compilers) {
    compiler.runtimes.asan.clear();
  }

  const Configured result = configured({"release", "asan", "ubsan"});

  ASSERT_EQ(result.left_out.size(), 1u);
  EXPECT_FALSE(result.left_out[0].requested);
  EXPECT_THAT(lines({"release", "asan", "ubsan"}),
              ElementsAre("release: clang-19, 3.13.0", "ubsan: clang-19, 3.13.0"));
}

TEST_F(Configure, the_baseline_comes_first_and_is_requested_only_by_name) {
  EXPECT_FALSE(configured({"asan"}).configurations[0].requested);
  EXPECT_TRUE(configured({"asan"}).configurations[1].requested);
  EXPECT_TRUE(configured({"asan", "release"}).configurations[0].requested);
  EXPECT_THAT(lines({"release"}), ElementsAre("release: clang-19, 3.13.0"));
  EXPECT_TRUE(configured({"release"}).configurations[0].requested);
}

TEST_F(Configure, each_interpreter_in_use_has_one_baseline) {
  EXPECT_THAT(lines({"asan", "ubsan"}),
              ElementsAre("release: clang-19, 3.13.0", "asan: clang-19, 3.13.0",
                          "ubsan: clang-19, 3.13.0"));
}

TEST_F(Configure, baselines_of_one_version_in_two_builds_have_two_names) {
  Interpreter other = sample_python("3.13.0");
  other.path = "/usr/bin/python3.13";
  other.identity = "another build";
  machine_.interpreters.push_back(other);
  config_.lane["asan"].interpreter = other.path;

  const auto result = configured({"asan", "ubsan"});

  ASSERT_EQ(result.configurations.size(), 4u);
  EXPECT_EQ(result.configurations[0].name, "release/cp313");
  EXPECT_EQ(result.configurations[1].name, "release/cp313-2");
  EXPECT_NE(result.configurations[0].key, result.configurations[1].key);
}

TEST_F(Configure, without_a_wish_no_unusual_interpreter_is_taken) {
  const auto put_first = [&](auto change) {
    Interpreter unusual = sample_python("3.14.0");
    change(unusual);
    machine_.interpreters.insert(machine_.interpreters.begin(), unusual);
    return chosen(std::nullopt);
  };
  const std::string newest = sample_python("3.13.0").path;

  EXPECT_EQ(put_first([](Interpreter& i) { i.prerelease = true; }), newest);
  EXPECT_EQ(put_first([](Interpreter& i) { i.free_threaded = true; }), newest);
  EXPECT_EQ(put_first([](Interpreter& i) { i.debug = true; }), newest);
  EXPECT_EQ(put_first([](Interpreter& i) { i.instrumented = "asan"; }), newest);
  EXPECT_EQ(put_first([](Interpreter& i) { i.headers = false; }), newest);
  EXPECT_EQ(put_first([](Interpreter&) {}), sample_python("3.14.0").path);
}

TEST_F(Configure, the_newest_python_that_the_project_allows_is_taken) {
  project_.requires_python = "<3.13";
  EXPECT_EQ(chosen(std::nullopt), sample_python("3.10.11").path);
  project_.requires_python = ">=3.14";
  EXPECT_EQ(chosen(std::nullopt), "none");
}

TEST_F(Configure, a_version_names_a_release_before_a_pre_release_and_never_a_debug_build) {
  Interpreter debug = sample_python("3.13.1");
  debug.debug = true;
  Interpreter candidate = sample_python("3.13.1");
  candidate.path = "/rc";
  candidate.prerelease = true;
  Interpreter future = sample_python("3.15.0");
  future.path = "/future";
  future.prerelease = true;
  machine_.interpreters.insert(machine_.interpreters.begin(), {future, debug, candidate});

  EXPECT_EQ(chosen("3.13"), sample_python("3.13.0").path);
  EXPECT_EQ(chosen("3.15"), "/future");
  EXPECT_EQ(chosen(debug.path), debug.path);
  EXPECT_EQ(chosen("3.1"), "none");
  EXPECT_EQ(chosen("3"), "none");
}

TEST_F(Configure, free_threading_is_named_with_a_t) {
  Interpreter threads = sample_python("3.13.0");
  threads.free_threaded = true;
  threads.path = "/threads";
  threads.paths = {"/threads"};
  machine_.interpreters.insert(machine_.interpreters.begin(), threads);

  EXPECT_EQ(chosen("3.13t"), "/threads");
  EXPECT_EQ(chosen("3.13.0t"), "/threads");
  EXPECT_EQ(chosen("3.13"), sample_python("3.13.0").path);
}

TEST_F(Configure, an_interpreter_can_be_named_by_any_path_that_leads_to_it) {
  machine_.interpreters[1].paths.push_back("/home/user/.pyenv/versions/3.10.11/bin/python");

  EXPECT_EQ(chosen("/home/user/.pyenv/versions/3.10.11/bin/python"), sample_python("3.10.11").path);
  EXPECT_EQ(chosen("/no/such/python"), "none");
}

TEST_F(Configure, what_is_of_the_lane_goes_before_what_is_of_all) {
  config_.modules = {"demo._a"};
  config_.tests = {"tests"};
  config_.pytest_arguments = {"-m", "not slow"};
  config_.timeout = 60;
  facts::LaneConfig& lane = config_.lane["asan"];
  lane.modules = {"demo._b"};
  lane.tests = std::vector<std::string>{};
  lane.pytest_arguments = std::vector<std::string>{};
  lane.timeout = 5;
  lane.flags = {"-DX"};
  lane.leaks = false;

  const auto result = configured({"asan"});

  const facts::Configuration& baseline = result.configurations[0];
  const facts::Configuration& asan = result.configurations[1];
  EXPECT_THAT(baseline.modules, ElementsAre("demo._a"));
  EXPECT_THAT(baseline.tests, ElementsAre("tests"));
  EXPECT_THAT(baseline.standing_arguments, ElementsAre("-m", "not slow"));
  EXPECT_EQ(baseline.timeout, 60);
  EXPECT_THAT(asan.modules, ElementsAre("demo._b"));
  EXPECT_THAT(asan.tests, IsEmpty());
  EXPECT_THAT(asan.standing_arguments, IsEmpty());
  EXPECT_EQ(asan.timeout, 5);
  EXPECT_THAT(asan.flags, ElementsAre("-DX"));
  EXPECT_FALSE(asan.leaks);
  EXPECT_EQ(asan.run, 7);
}

TEST_F(Configure, whatever_makes_objects_unusable_gives_another_build_folder) {
  const auto key = [&] { return configured({"asan"}).configurations.back().key; };
  std::vector<std::string> keys = {key()};
  EXPECT_EQ(key(), keys[0]);
  EXPECT_TRUE(keys[0].starts_with("asan-clang-19-cp313-")) << keys[0];

  config_.lane["asan"].flags = {"-DX"};
  keys.push_back(key());
  config_.lane["asan"].checks = {"bounds"};
  keys.push_back(key());
  config_.build_environment["A"] = "1";
  keys.push_back(key());
  config_.build_config_settings["b"] = {"1"};
  keys.push_back(key());
  machine_.compilers[0].identity = "another clang";
  keys.push_back(key());
  machine_.interpreters[0].identity = "another python";
  keys.push_back(key());

  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(std::unique(keys.begin(), keys.end()), keys.end());
}

}  // namespace
}  // namespace extproof::engines
