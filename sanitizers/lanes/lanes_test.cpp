// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/lanes/lanes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/compiler/profile.hpp"
#include "harness/launcher/launch_file.hpp"
#include "harness/testing/golden.hpp"
#include "harness/testing/sample_machine.hpp"

namespace extproof::sanitizers {
namespace {

using engines::Lane;
using facts::Step;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<Lane> lanes() {
  return {release_lane(), asan_lane(), ubsan_lane()};
}

engines::LaneInput input(const Lane& lane, const facts::Compiler& compiler) {
  engines::LaneInput made;
  made.configuration = testing::sample_configuration();
  made.configuration.name = std::string(lane.name);
  made.configuration.lane = std::string(lane.name);
  made.configuration.compiler = compiler;
  made.project = testing::sample_project();
  made.toolchain = testing::sample_machine();
  return made;
}

// The content of the file with that end of its name that a step of the first wave writes.
std::string file_of(const Lane& lane, const engines::LaneInput& in, const std::string& name) {
  for (const Step& step : lane.plan(in)) {
    for (const auto& [path, content] : step.files) {
      if (path.ends_with(name)) {
        return content;
      }
    }
  }
  return {};
}

compiler::Profile profile_of(const Lane& lane, const engines::LaneInput& in) {
  const auto parsed = compiler::parse_profile(file_of(lane, in, "/wrapper.profile"));
  EXPECT_TRUE(std::holds_alternative<compiler::Profile>(parsed))
      << std::get<compiler::ProfileError>(parsed).what;
  return std::get<compiler::Profile>(parsed);
}

launcher::LaunchFile launch_of(const Lane& lane, const engines::LaneInput& in) {
  launcher::LaunchFile file;
  std::string problem;
  EXPECT_TRUE(launcher::parse_launch_file(file_of(lane, in, "/python.launch"), file, problem))
      << problem;
  return file;
}

std::string option_of(const launcher::LaunchFile& file, const std::string& name) {
  for (const launcher::Change& change : file.changes) {
    if (change.kind == launcher::ChangeKind::option && change.name == name) {
      return change.value;
    }
  }
  return {};
}

TEST(Lanes, their_profiles_and_launch_files_are_as_accepted) {
  for (const Lane& lane : lanes()) {
    for (const facts::Compiler& compiler : {testing::sample_clang(), testing::sample_gcc()}) {
      const engines::LaneInput in = input(lane, compiler);
      const std::string name = std::string(lane.name) + "-" + compiler.name + ".txt";
      EXPECT_EQ(
          testing::golden_difference(
              std::string(EXTPROOF_SOURCE_DIR "/sanitizers/lanes/testdata/") + name,
              file_of(lane, in, "/wrapper.profile") + "\n" + file_of(lane, in, "/python.launch")),
          "");
    }
  }
}

TEST(Lanes, the_wrapper_and_the_launcher_read_what_each_lane_writes) {
  for (const Lane& lane : lanes()) {
    for (const facts::Compiler& compiler : {testing::sample_clang(), testing::sample_gcc()}) {
      const engines::LaneInput in = input(lane, compiler);
      const compiler::Profile profile = profile_of(lane, in);
      EXPECT_EQ(profile.cc, compiler.cc);
      EXPECT_EQ(profile.cxx, compiler.cxx);
      EXPECT_EQ(profile.ccache, "/usr/bin/ccache");
      ASSERT_EQ(profile.maps.size(), 1u);
      EXPECT_EQ(profile.maps[0].to, "/project");
      EXPECT_EQ(launch_of(lane, in).program, in.configuration.interpreter.path);
    }
  }
}

TEST(Lanes, a_compiler_without_a_cxx_driver_gives_a_profile_that_says_so) {
  facts::Compiler only_c = testing::sample_gcc();
  only_c.cxx.clear();

  EXPECT_THAT(file_of(asan_lane(), input(asan_lane(), only_c), "/wrapper.profile"),
              Not(HasSubstr("cxx ")));
}

TEST(Lanes, flags_of_the_user_come_last_on_compiles_and_links) {
  for (const Lane& lane : lanes()) {
    engines::LaneInput in = input(lane, testing::sample_clang());
    in.configuration.flags = {"-O2", "-DNAME=a b"};
    const compiler::Profile profile = profile_of(lane, in);
    for (const auto& flags : {profile.compile, profile.link}) {
      ASSERT_GE(flags.size(), 2u);
      EXPECT_EQ(flags[flags.size() - 2], "-O2") << lane.name;
      EXPECT_EQ(flags.back(), "-DNAME=a b") << lane.name;
    }
  }
}

TEST(Lanes, the_baseline_adds_debug_lines_to_compiles_and_changes_no_code) {
  const compiler::Profile profile =
      profile_of(release_lane(), input(release_lane(), testing::sample_clang()));

  EXPECT_THAT(profile.compile, ::testing::ElementsAre("-g"));
  EXPECT_EQ(profile.drop.count(), 1u);
  const launcher::LaunchFile launch =
      launch_of(release_lane(), input(release_lane(), testing::sample_clang()));
  EXPECT_TRUE(launch.preload.empty());
  EXPECT_TRUE(launch.changes.empty());
}

TEST(Lanes, a_lane_lacks_what_its_runtime_lacks) {
  for (const Lane& lane : {asan_lane(), ubsan_lane()}) {
    EXPECT_EQ(lane.lacks(testing::sample_clang()), "") << lane.name;
    EXPECT_EQ(lane.lacks(testing::sample_gcc()), "") << lane.name;
    facts::Compiler bare = testing::sample_clang();
    bare.runtimes.asan.clear();
    bare.runtimes.ubsan.clear();
    EXPECT_THAT(lane.lacks(bare), HasSubstr("no shared ")) << lane.name;
    facts::Compiler blind = testing::sample_clang();
    blind.runtimes.symbolizer.clear();
    EXPECT_THAT(lane.lacks(blind), HasSubstr("llvm-symbolizer")) << lane.name;
  }
  EXPECT_EQ(release_lane().lacks({}), "");
}

TEST(Lanes, the_probe_is_preloaded_ahead_of_the_runtime) {
  const facts::Compiler clang = testing::sample_clang();
  EXPECT_EQ(launch_of(asan_lane(), input(asan_lane(), clang)).preload,
            (std::vector<std::string>{"/parts/libextproof_probe.so", clang.runtimes.asan,
                                      clang.runtimes.libstdcxx}));
  EXPECT_EQ(launch_of(ubsan_lane(), input(ubsan_lane(), clang)).preload,
            (std::vector<std::string>{"/parts/libextproof_probe.so", clang.runtimes.ubsan}));
}

TEST(Lanes, whatever_a_launch_file_sets_is_scrubbed_once_python_runs) {
  for (const Lane& lane : {asan_lane(), ubsan_lane()}) {
    const launcher::LaunchFile file = launch_of(lane, input(lane, testing::sample_clang()));
    EXPECT_THAT(file.scrub, Contains("LD_PRELOAD"));
    for (const launcher::Change& change : file.changes) {
      EXPECT_THAT(file.scrub, Contains(change.name)) << lane.name;
    }
  }
}

TEST(Lanes, leaks_can_be_switched_off) {
  engines::LaneInput in = input(asan_lane(), testing::sample_clang());
  EXPECT_THAT(option_of(launch_of(asan_lane(), in), "ASAN_OPTIONS"), HasSubstr(":detect_leaks=1:"));

  in.configuration.leaks = false;

  EXPECT_THAT(option_of(launch_of(asan_lane(), in), "ASAN_OPTIONS"), HasSubstr(":detect_leaks=0:"));
  const auto blind = asan_lane().interpret(in.configuration, {}).report.blind_spots;
  EXPECT_THAT(blind, Contains(HasSubstr("switched off")));
}

TEST(Lanes, suppressions_of_the_project_are_named_by_absolute_paths) {
  engines::LaneInput asan = input(asan_lane(), testing::sample_clang());
  asan.configuration.suppressions = {"supp/leaks.txt", "/etc/x y"};
  engines::LaneInput ubsan = input(ubsan_lane(), testing::sample_clang());
  ubsan.configuration.suppressions = {"ub.txt"};

  EXPECT_THAT(option_of(launch_of(asan_lane(), asan), "LSAN_OPTIONS"),
              HasSubstr("suppressions=\"/project/supp/leaks.txt\":suppressions=\"/etc/x y\""));
  EXPECT_THAT(option_of(launch_of(ubsan_lane(), ubsan), "UBSAN_OPTIONS"),
              HasSubstr("suppressions=\"/project/ub.txt\""));
}

TEST(Lanes, checks_of_ubsan_are_flags_of_each_compiler) {
  engines::LaneInput in = input(ubsan_lane(), testing::sample_clang());
  in.configuration.checks = {"implicit-conversion", "bounds"};
  EXPECT_THAT(profile_of(ubsan_lane(), in).compile, Contains("-fsanitize=implicit-conversion"));
  EXPECT_THAT(profile_of(ubsan_lane(), in).compile, Contains("-fsanitize=bounds"));

  in.configuration.compiler = testing::sample_gcc();
  EXPECT_THAT(profile_of(ubsan_lane(), in).compile,
              Not(Contains("-fsanitize=implicit-conversion")));
  EXPECT_THAT(profile_of(ubsan_lane(), in).compile, Contains("-fsanitize=bounds-strict"));
}

TEST(Lanes, a_check_that_a_compiler_does_not_have_is_a_blind_spot) {
  engines::LaneInput in = input(ubsan_lane(), testing::sample_gcc());
  in.configuration.checks = {"implicit-conversion"};

  EXPECT_THAT(ubsan_lane().interpret(in.configuration, {}).report.blind_spots,
              Contains(HasSubstr("implicit conversions")));
}

TEST(Lanes, before_any_result_no_lane_says_anything_but_skipped) {
  for (const Lane& lane : lanes()) {
    const engines::LaneInput in = input(lane, testing::sample_clang());
    EXPECT_TRUE(lane.next(in, {}).empty()) << lane.name;
    EXPECT_EQ(lane.interpret(in.configuration, {}).report.outcome, facts::LaneOutcome::skipped);
  }
}

}  // namespace
}  // namespace extproof::sanitizers
