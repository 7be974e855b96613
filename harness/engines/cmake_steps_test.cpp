// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/cmake_steps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/text.hpp"
#include "harness/engines/backends.hpp"
#include "harness/engines/suite_fixture_for_test.hpp"

namespace extproof::engines {
namespace {

using facts::Step;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class CMakeSuite : public Suite {
 protected:
  LaneInput input() const {
    LaneInput input = scene_.input();
    input.project.backend = facts::Backend::cmake;
    input.project.backend_name = "CMake";
    input.project.build_requires.clear();
    input.config = config_;
    input.toolchain = machine_;
    return input;
  }
  std::vector<Step> plan() const { return plan_suite(input(), scene_.instrumentation); }
  Step step(const std::string& part) const {
    for (const Step& one : plan()) {
      if (one.id == "asan/" + part) {
        return one;
      }
    }
    ADD_FAILURE() << "no step " << part;
    return {};
  }
  std::vector<std::string> parts() const {
    std::vector<std::string> parts;
    for (const Step& one : plan()) {
      parts.push_back(one.id.substr(one.id.find('/') + 1));
    }
    return parts;
  }

  facts::Config config_;
  facts::Toolchain machine_ = testing::sample_machine();
};

TEST_F(CMakeSuite, is_planned_whole_in_its_first_wave) {
  EXPECT_THAT(parts(), ElementsAre("sync", "wrapper", "env", "interpreter", "requirements",
                                   "configure", "build", "stage", "install", "modules", "canary"));
  std::vector<std::string> known;
  for (const Step& one : plan()) {
    for (const std::string& need : one.needs) {
      EXPECT_THAT(known, Contains(need)) << one.id;
    }
    known.push_back(one.id);
  }
}

TEST_F(CMakeSuite, is_configured_with_the_wrapper_and_the_launcher_and_the_users_options_last) {
  config_.cmake.options = {"-DBUILD_PYTHON=ON"};
  const std::string root = "/project/.extproof/build/asan-clang-19-cp313";

  EXPECT_THAT(
      step("configure").argv,
      ElementsAre("/usr/bin/cmake", "-S", root + "/tree", "-B", root + "/cmake", "-G", "Ninja",
                  "--no-warn-unused-cli", "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                  "-DCMAKE_C_COMPILER=" + root + "/wrap/extproof-cc",
                  "-DCMAKE_CXX_COMPILER=" + root + "/wrap/extproof-c++",
                  "-DPython_EXECUTABLE=" + root + "/env/bin/python",
                  "-DPython3_EXECUTABLE=" + root + "/env/bin/python",
                  "-DPYTHON_EXECUTABLE=" + root + "/env/bin/python",
                  "-DCMAKE_STRIP=" + root + "/wrap/strip",
                  "-DCMAKE_INSTALL_PREFIX=" + root + "/install", "-DCMAKE_INSTALL_LIBDIR=lib",
                  "-DCMAKE_INSTALL_RPATH=" + root + "/install/lib",
                  "-DCMAKE_INSTALL_RPATH_USE_LINK_PATH=ON", "-DBUILD_PYTHON=ON"));
  EXPECT_EQ(step("configure").environment.at("PATH+"), root + "/wrap:" + root + "/env/bin");
  EXPECT_EQ(step("configure").environment.at("EXTPROOF_WRAPPER"), root + "/wrap/wrapper.profile");
  EXPECT_EQ(step("configure").environment.at("CMAKE_PREFIX_PATH+"), scene_.paths().site_packages);
}

TEST_F(CMakeSuite, finds_its_sources_deeper_where_the_configuration_says_so) {
  config_.cmake.source = "cpp";

  EXPECT_EQ(step("configure").argv[2], "/project/.extproof/build/asan-clang-19-cp313/tree/cpp");
}

TEST_F(CMakeSuite, installs_with_every_absolute_destination_below_its_own_folder) {
  const store::BuildFolder folder = scene_.paths().folder;

  EXPECT_EQ(step("install").environment.at("DESTDIR"), folder.stage());
  EXPECT_THAT(step("install").argv, ElementsAre("/usr/bin/cmake", "--install", folder.cmake(),
                                                "--prefix", folder.install()));
  EXPECT_THAT(step("stage").argv, ElementsAre("/parts/extproof-worker", "stage", "--root",
                                              folder.stage(), "--open", folder.install()));
  EXPECT_THAT(step("stage").fresh_folders, ElementsAre(folder.stage(), folder.install()));
  EXPECT_EQ(step("build").environment.count("DESTDIR"), 0U);
}

TEST_F(CMakeSuite, installs_the_components_that_are_named_one_after_the_other) {
  config_.cmake.components = std::vector<std::string>{"runtime", "python"};

  EXPECT_THAT(base::join(step("install").argv, " "), HasSubstr("--component runtime"));
  EXPECT_THAT(base::join(step("install-2").argv, " "), HasSubstr("--component python"));
  EXPECT_THAT(step("install-2").needs, ElementsAre("asan/install"));
  EXPECT_THAT(step("modules").needs, ElementsAre("asan/install-2"));
}

TEST_F(CMakeSuite, installs_nothing_where_targets_are_named_or_no_component_is) {
  config_.cmake.targets = {"_core", "_more"};
  EXPECT_THAT(parts(), Not(Contains("install")));
  EXPECT_THAT(parts(), Not(Contains("stage")));
  EXPECT_THAT(base::join(step("build").argv, " "), HasSubstr("--target _core _more"));
  EXPECT_THAT(step("modules").needs, ElementsAre("asan/build"));
  EXPECT_THAT(step("modules").argv, Not(Contains("--install")));

  config_.cmake.components = std::vector<std::string>{"python"};
  EXPECT_THAT(parts(), Contains("install"));

  config_.cmake = {};
  config_.cmake.components.emplace();
  EXPECT_THAT(parts(), Not(Contains("install")));
}

TEST_F(CMakeSuite, takes_cmake_and_ninja_from_the_index_where_the_machine_has_none) {
  std::erase_if(machine_.tools, [](const facts::Tool& tool) {
    return tool.name == "cmake" || tool.name == "ninja";
  });
  const std::string bin = scene_.paths().folder.env() + "/bin";

  EXPECT_THAT(step("requirements").argv, Contains("cmake"));
  EXPECT_THAT(step("requirements").argv, Contains("ninja"));
  EXPECT_EQ(step("build").argv[0], bin + "/cmake");
}

TEST_F(CMakeSuite, takes_the_cmake_that_the_build_requires) {
  config_.cmake.requires_packages = {"cmake>=3.28", "pybind11"};

  EXPECT_THAT(step("requirements").argv, Contains("cmake>=3.28"));
  EXPECT_THAT(step("requirements").argv, Contains("pybind11"));
  EXPECT_EQ(step("configure").argv[0], scene_.paths().folder.env() + "/bin/cmake");
}

TEST_F(CMakeSuite, builds_with_make_where_there_is_no_ninja) {
  std::erase_if(machine_.tools, [](const facts::Tool& tool) { return tool.name == "ninja"; });

  EXPECT_THAT(step("configure").argv, Contains("Unix Makefiles"));
  EXPECT_THAT(base::join(step("build").argv, " "), HasSubstr("--parallel 4"));
}

TEST_F(CMakeSuite, tells_python_where_to_look_and_puts_built_packages_in_their_place) {
  scene_.modules =
      R"({"name":"demo","version":"","top_level":["demo"],"native":[{"module":"demo._core",)"
      R"("file":"/project/.extproof/build/x/install/demo/_core.so"}],)"
      R"("roots":["/project/.extproof/build/x/install","import os\n/x"],)"
      R"("links":[["python/demo","/project/.extproof/build/x/install/demo"]]})";
  scene_.good_until("modules");
  scene_.add(scene_.bare("configure"));

  const auto steps = next_suite(input(), scene_.instrumentation, scene_.results);
  const auto tree = std::find_if(steps.begin(), steps.end(),
                                 [](const Step& one) { return one.id == "asan/run-tree"; });

  ASSERT_NE(tree, steps.end());
  EXPECT_THAT(base::join(tree->argv, " "),
              HasSubstr("--link python/demo /project/.extproof/build/x/install/demo"));
  ASSERT_EQ(tree->files.size(), 1U);
  EXPECT_EQ(tree->files[0].first, scene_.paths().site_packages + "/extproof_project.pth");
  EXPECT_EQ(tree->files[0].second, "/project/.extproof/build/x/install\n");
  EXPECT_EQ(std::count_if(steps.begin(), steps.end(),
                          [](const Step& one) { return one.id == "asan/install"; }),
            0);
}

TEST_F(CMakeSuite, that_cannot_be_configured_says_what_cmake_said) {
  scene_.good_until("requirements");
  scene_.add(scene_.bare("configure", facts::Exited{1}, "-- noise\n",
                         "-- more\nCMake Error at CMakeLists.txt:3 (find_package):\n  no such\n"));

  const auto lane = interpret_suite(scene_.configuration, scene_.instrumentation, scene_.results);

  ASSERT_EQ(lane.report.refusals.size(), 1U);
  EXPECT_EQ(facts::render_refusal(lane.report.refusals[0]),
            "error[XP3001]: CMake could not configure the build\n"
            "  said:  CMake Error at CMakeLists.txt:3 (find_package):\n"
            "           no such\n"
            "  ended: exit 1\n"
            "  so:    no test was run with it\n"
            "  log:   .extproof/runs/7/asan/configure.err\n"
            "  more:  extproof explain XP3001\n");
}

TEST_F(CMakeSuite, that_does_not_compile_says_what_the_compiler_said) {
  scene_.good_until("requirements");
  scene_.add(scene_.bare("configure"));
  scene_.add(scene_.bare("build", facts::Exited{1},
                         "FAILED: a.o\n/x/a.cpp:3:1: error: expected ;\nninja: build stopped\n",
                         "a warning\n"));

  const auto lane = interpret_suite(scene_.configuration, scene_.instrumentation, scene_.results);

  ASSERT_EQ(lane.report.refusals.size(), 1U);
  const std::string text = facts::render_refusal(lane.report.refusals[0]);
  EXPECT_THAT(text, HasSubstr("the build failed\n  said:  /x/a.cpp:3:1: error: expected ;\n"));
  EXPECT_THAT(text, HasSubstr("log:   .extproof/runs/7/asan/build.out\n"));
}

TEST_F(CMakeSuite, without_a_module_says_where_it_looked) {
  scene_.modules = R"({"name":"demo","version":"","top_level":[],"native":[]})";
  scene_.good_until("modules");
  scene_.add(scene_.bare("configure"));

  const auto lane = interpret_suite(scene_.configuration, scene_.instrumentation, scene_.results);

  ASSERT_EQ(lane.report.refusals.size(), 1U);
  EXPECT_EQ(
      facts::render_refusal(lane.report.refusals[0]),
      "error[XP1102]: CMake built no native module of \"demo\"\n"
      "  looked: for files ending in .so with a function PyInit_..., in what CMake installed, "
      "in its build folder and beside the sources\n"
      "  try:    cmake-options = [\"-DBUILD_PYTHON=ON\"], as the project calls it, in "
      "[tool.extproof.build]\n"
      "  log:    .extproof/runs/7/asan/build.err\n"
      "  so:     there is nothing to judge\n"
      "  more:   extproof explain XP1102\n");
}

TEST(UnreadKeys, are_those_of_the_other_way_to_build) {
  facts::Project project = testing::sample_project();
  facts::Config config = {.origin = "extproof.toml"};
  config.cmake.options = {"-DA=1"};
  config.cmake.components.emplace();

  const facts::Refusals of_setuptools = refuse_unread_keys(project, config);
  ASSERT_EQ(of_setuptools.size(), 2U);
  EXPECT_EQ(facts::render_refusal(of_setuptools[0]),
            "error[XP1307]: \"cmake-options\" in [tool.extproof.build] has no effect: "
            "setuptools.build_meta builds the project\n"
            "  extproof.toml\n"
            "  so:   nothing was run\n"
            "  try:  backend = \"cmake\", or config-settings, which that backend reads\n"
            "  more: extproof explain XP1307\n");

  project.backend = facts::Backend::cmake;
  EXPECT_THAT(refuse_unread_keys(project, config), IsEmpty());
  config.build_config_settings = {{"a", {"b"}}};
  EXPECT_EQ(refuse_unread_keys(project, config).size(), 1U);
}

}  // namespace
}  // namespace extproof::engines
