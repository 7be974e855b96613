// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "harness/engines/init/scene_for_test.hpp"
#include "harness/testing/golden.hpp"

namespace extproof::engines::init {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using Files = std::map<std::string, std::string>;

const Files k_setuptools = {{"pyproject.toml",
                             "[build-system]\nrequires = [\"setuptools>=77\"]\n"
                             "build-backend = \"setuptools.build_meta\"\n\n"
                             "[project]\nname = \"rows\"\nversion = \"1.0\"\n"
                             "requires-python = \">=3.10\"\n"},
                            {"setup.py",
                             "from setuptools import Extension, setup\n\n"
                             "setup(ext_modules=[Extension(\"rows._core\", [\"src/core.c\"])])\n"},
                            {"src/core.c", ""},
                            {"rows/__init__.py", ""},
                            {"tests/test_rows.py", "import numpy\nimport pytest\n\nimport rows\n"}};

const Files k_scikit_build = {
    {"pyproject.toml",
     "[build-system]\nrequires = [\"scikit-build-core\", \"nanobind\"]\n"
     "build-backend = \"scikit_build_core.build\"\n\n"
     "[project]\nname = \"rows\"\ndynamic = [\"version\"]\n\n[dependency-groups]\n"
     "test = [\"pytest\", \"numpy\"]\n\n[tool.scikit-build]\n"
     "metadata.version.provider = \"scikit_build_core.metadata.setuptools_scm\"\n\n"
     "[tool.pytest.ini_options]\ntestpaths = [\"tests\"]\n"},
    {"CMakeLists.txt", "nanobind_add_module(_core src/core.cpp)\n"},
    {"src/core.cpp", ""},
    {"src/rows/__init__.py", ""},
    {"tests/test_rows.py", "import numpy\nimport rows\n"},
    {"noxfile.py",
     "import os\n\nimport nox\n\nnox.options.sessions = [\"tests\"]\n\n\n"
     "@nox.session\ndef tests(session):\n    session.run(\"pytest\")\n"}};

const Files k_meson = {
    {"pyproject.toml",
     "[build-system]\nrequires = [\"meson-python\"]\n"
     "build-backend = \"mesonpy\"\n\n[project]\nname = \"rows\"\n"
     "dynamic = [\"version\"]\nrequires-python = \">=3.9,<3.14\"\n\n"
     "[tool.extproof]\nlanes = [\"ubsan\"]\ncompiler = \"gcc-13\"\n"},
    {"meson.build",
     "project('rows', 'c', version: '1.0')\npy.extension_module('_core', 'core.c')\n"},
    {"core.c", ""},
    {"rows/__init__.py", ""},
    {"rows/tests/test_rows.py", "import rows\n"},
    {"noxfile.py", "from nox import session\n"}};

const Files k_cmake = {
    {"CMakeLists.txt",
     "project(rows VERSION 1.4)\nexecute_process(COMMAND ${Python_EXECUTABLE} -m nanobind "
     "--cmake_dir OUTPUT_VARIABLE nanobind_ROOT)\nfind_package(nanobind CONFIG REQUIRED)\n"
     "nanobind_add_module(_core src/core.cpp)\n"},
    {"pyproject.toml", "[tool.ruff]\nline-length = 100\n"},
    {"src/core.cpp", ""},
    {"python/rows/__init__.py", ""},
    {"tests/test_rows.py", "import numpy\nimport rows\n"}};

std::string rendered(const Plan& plan) {
  std::string text;
  for (const Detected& one : plan.detected) {
    text += one.label + ": " + one.text + "\n";
  }
  for (const FileToWrite& file : plan.files) {
    text += "\n=== " + file.path + " (" + file.what + ")" + (file.is_new ? "" : ", behind") + "\n" +
            file.text;
  }
  for (const LeftAlone& left : plan.left_alone) {
    text += "\n=== left alone: " + left.path + ": " + left.why + "\n" + left.by_hand;
  }
  return text;
}

std::string golden(const std::string& name, const Files& files) {
  return testing::golden_difference(
      EXTPROOF_SOURCE_DIR "/harness/engines/init/testdata/" + name + ".txt",
      rendered(plan(scene_of(files))));
}

// The files of the project after the plan.
Files after(Files files, const Plan& plan) {
  for (const FileToWrite& file : plan.files) {
    files[file.path] = file.text;
  }
  return files;
}

TEST(InitPlan, a_project_of_setuptools_without_any_of_the_files_gets_all) {
  EXPECT_EQ(golden("setuptools", k_setuptools), "");
}

TEST(InitPlan, a_project_of_scikit_build_core_keeps_its_sessions) {
  EXPECT_EQ(golden("scikit_build_core", k_scikit_build), "");
}

TEST(InitPlan, a_project_of_meson_python_keeps_its_configuration) {
  EXPECT_EQ(golden("meson_python", k_meson), "");
}

TEST(InitPlan, a_project_of_plain_cmake_gets_what_its_build_looks_for) {
  EXPECT_EQ(golden("plain_cmake", k_cmake), "");
}

TEST(InitPlan, the_second_one_writes_nothing) {
  for (const Files& files : {k_setuptools, k_scikit_build, k_meson, k_cmake}) {
    const Files then = after(files, plan(scene_of(files)));
    EXPECT_THAT(plan(scene_of(then)).files, IsEmpty());
    EXPECT_EQ(plan(scene_of(then)).left_alone.size(), 3u);
  }
}

TEST(InitPlan, no_file_loses_a_byte) {
  for (const Files& files : {k_setuptools, k_scikit_build, k_meson, k_cmake}) {
    for (const FileToWrite& file : plan(scene_of(files)).files) {
      const auto before = files.find(file.path);
      EXPECT_EQ(file.is_new, before == files.end());
      if (before != files.end()) {
        EXPECT_THAT(file.text, StartsWith(before->second));
      }
    }
  }
}

TEST(InitPlan, without_a_pyproject_the_configuration_is_a_file_of_its_own) {
  const Plan made =
      plan(scene_of({{"setup.py", "setup()\n"}, {"tests/test_a.py", "import numpy\n"}}));
  ASSERT_FALSE(made.files.empty());
  EXPECT_EQ(made.files[0].path, "extproof.toml");
  EXPECT_THAT(made.files[0].text, HasSubstr("tests = [\"tests\"]\n"));
}

TEST(InitPlan, a_pyproject_that_takes_no_table_is_kept_and_the_file_of_its_own_written) {
  Files files = k_setuptools;
  files["pyproject.toml"] = "tool = {x = {}}\n[build-system]\nrequires = []\n";
  const Plan made = plan(scene_of(files));
  EXPECT_EQ(made.files[0].path, "extproof.toml");
  EXPECT_EQ(made.left_alone[0].path, "pyproject.toml");
}

TEST(InitPlan, a_foreign_place_is_left_alone_with_the_text_for_it) {
  Input input = scene_of(k_setuptools);
  for (const std::string_view path : {k_pyproject, k_own_file, k_noxfile, k_workflow}) {
    input.places[std::string(path)] = {
        .kind = Place::Kind::foreign, .text = {}, .reason = "a link to nothing"};
  }
  const Plan made = plan(input);
  EXPECT_THAT(made.files, IsEmpty());
  ASSERT_EQ(made.left_alone.size(), 4u);
  for (const LeftAlone& left : made.left_alone) {
    EXPECT_EQ(left.why, "it is a link to nothing");
    EXPECT_EQ(left.by_hand.empty(), left.path == k_pyproject);
  }

  input.places.erase(std::string(k_own_file));
  ASSERT_EQ(plan(input).files.size(), 1u);
  EXPECT_EQ(plan(input).files[0].path, k_own_file);
}

TEST(InitPlan, the_command_with_which_wheels_are_tested_is_told) {
  Files files = k_setuptools;
  files["pyproject.toml"] += "[tool.cibuildwheel]\ntest-command = \"pytest -m 'not slow'\"\n";
  std::string told;
  for (const Detected& one : plan(scene_of(files)).detected) {
    told += one.label == "wheels' tests" ? one.text : "";
  }
  EXPECT_EQ(told, "pytest -m 'not slow'");
}

TEST(InitPlan, a_workflow_that_runs_extproof_already_is_enough) {
  Files files = k_setuptools;
  files[".github/workflows/ci.yaml"] = "steps:\n - run: extproof run\n";
  EXPECT_EQ(plan(scene_of(files)).left_alone.at(0).path, ".github/workflows/ci.yaml");
}

TEST(InitPlan, in_a_folder_of_a_repository_the_workflow_is_printed) {
  Input input = scene_of(k_setuptools);
  input.folder_in_repository = "python";
  EXPECT_THAT(plan(input).left_alone.at(0).by_hand, HasSubstr("working-directory: \"python\""));

  input.folder_in_repository = "${{ github.token }}";
  EXPECT_EQ(plan(input).left_alone.at(0).by_hand, "");
  input.folder_in_repository = "";
  EXPECT_THAT(plan(input).left_alone, IsEmpty());
}

}  // namespace
}  // namespace extproof::engines::init
