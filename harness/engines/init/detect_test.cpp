// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/init/detect.hpp"

#include <gmock/gmock.h>

#include "harness/engines/init/scene_for_test.hpp"

namespace extproof::engines::init {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Files = std::map<std::string, std::string>;

const std::string k_setuptools = "[build-system]\nrequires = [\"setuptools\"]\n";

Readings read(Files files) {
  files.try_emplace("setup.py", "from setuptools import setup\nsetup()\n");
  return read_project(scene_of(files));
}

std::vector<std::string> tests_of(const std::vector<std::string>& paths) {
  Files files;
  for (const std::string& path : paths) {
    files[path] = "";
  }
  return read(files).tests;
}

TEST(InitTests, a_folder_of_the_root_is_what_pytest_should_run) {
  EXPECT_THAT(tests_of({"tests/a/test_x.py", "tests/test_y.py", "benchmarks/test_speed.py"}),
              ElementsAre("tests"));
  EXPECT_THAT(tests_of({"test/y_test.py"}), ElementsAre("test"));
}

TEST(InitTests, those_inside_of_the_package_are_found_where_they_are) {
  EXPECT_THAT(tests_of({"src/pkg/tests/unit/test_x.py", "src/pkg/sub/tests/test_y.py"}),
              ElementsAre("src/pkg/sub/tests", "src/pkg/tests"));
  EXPECT_THAT(tests_of({"pkg/test_x.py", "pkg/sub/test_y.py"}), ElementsAre("pkg"));
  EXPECT_THAT(tests_of({"test_x.py"}), ElementsAre("test_x.py"));
  EXPECT_THAT(tests_of({"tests/helper.py", "pkg/testing.py"}), IsEmpty());
}

TEST(InitTests, testpaths_of_pytest_say_it_already) {
  const Readings readings =
      read({{"tests/test_x.py", ""}, {"setup.cfg", "[tool:pytest]\ntestpaths = tests\n"}});
  EXPECT_THAT(readings.tests, IsEmpty());
  EXPECT_EQ(readings.tests_said_by, "setup.cfg");
}

TEST(InitBuild, of_plain_cmake_requires_the_binding_library_that_nothing_brings) {
  const auto needs = [](Files files) { return read_project(scene_of(files)).build_needs; };
  const std::string looks = "project(rows)\nfind_package(pybind11 CONFIG REQUIRED)\n";

  EXPECT_THAT(needs({{"CMakeLists.txt", looks}}), ElementsAre("pybind11"));
  EXPECT_THAT(needs({{"CMakeLists.txt", "project(rows)\nadd_subdirectory(bindings)\n"},
                     {"bindings/CMakeLists.txt",
                      "execute_process(COMMAND python -m nanobind "
                      "--cmake_dir)\n"}}),
              ElementsAre("nanobind"));
  EXPECT_THAT(needs({{"CMakeLists.txt", looks}, {"extern/pybind11/CMakeLists.txt", ""}}),
              IsEmpty());
  EXPECT_THAT(needs({{"CMakeLists.txt", looks + "FetchContent_Declare(pybind11 URL x)\n"}}),
              IsEmpty());
  EXPECT_THAT(needs({{"CMakeLists.txt", looks}, {"setup.py", ""}}), IsEmpty());
}

TEST(InitNeeds, imports_that_nothing_brings_are_needed) {
  const Readings readings =
      read({{"pyproject.toml", k_setuptools + "[project]\nname = \"my-pkg\"\nversion = \"1\"\n"
                                              "dependencies = [\"Attrs>=20\"]\n"},
            {"my_pkg/__init__.py", ""},
            {"tests/helper.py", "import scipy.linalg\n"},
            {"tests/conftest.py", "import attr, os, _testcapi\n"},
            {"tests/test_x.py",
             "import pytest\nimport my_pkg\nfrom helper import x\nimport yaml\n"
             "np = pytest.importorskip('numpy')\n"},
            {"docs/conf.py", "import sphinx\n"},
            {"benchmarks/test_speed.py", "import asv\n"}});

  EXPECT_THAT(readings.test_needs, ElementsAre("pytest", "PyYAML", "scipy"));
  EXPECT_THAT(readings.optional_needs, ElementsAre("numpy"));
}

TEST(InitNeeds, what_a_run_finds_out_by_itself_is_not_repeated) {
  const std::string group =
      k_setuptools + "[dependency-groups]\ntest = [\"pytest\", \"numpy>=2\"]\n";
  const Files covered = {{"pyproject.toml", group}, {"tests/test_x.py", "import numpy\n"}};
  const Files more = {{"pyproject.toml", group}, {"tests/test_x.py", "import numpy, yaml\n"}};

  EXPECT_THAT(read(covered).test_needs, IsEmpty());
  EXPECT_THAT(read(more).test_needs, ElementsAre("pytest", "numpy>=2", "PyYAML"));
  EXPECT_THAT(read({{"tests/test_x.py", "import pytest\n"}}).test_needs, IsEmpty());
}

TEST(InitNeeds, options_and_marks_of_pytest_need_their_plugins) {
  const Readings readings = read(
      {{"pytest.ini",
        "[pytest]\naddopts =\n  # --numprocesses=auto\n  -ra -p pytest_cov\n"
        "  --timeout=9\n"},
       {"tests/test_x.py", "import pytest\n@pytest.mark.asyncio\nasync def test_x(): pass\n"}});
  EXPECT_THAT(readings.test_needs,
              ElementsAre("pytest", "pytest-asyncio", "pytest-cov", "pytest-timeout"));
}

TEST(InitNeeds, what_cibuildwheel_installs_is_followed_into_its_files) {
  const Readings readings = read(
      {{"pyproject.toml",
        k_setuptools + "[tool.cibuildwheel]\ntest-requires = \"-r requirements/test.txt six\"\n"},
       {"requirements/test.txt",
        "-r base.txt  # more\n# nothing\npytest==8.4.2\n-e .\n./local\n"
        "cffi<2; python_version < \"3.14\"\n--index-url x\n"},
       {"requirements/base.txt", "numpy\n-r test.txt\n"},
       {"tests/test_x.py", "import cffi\n"}});
  EXPECT_EQ(readings.needs_said_by, "requirements/test.txt");
  EXPECT_THAT(readings.test_needs, ::testing::Contains("cffi<2; python_version < \"3.14\""));
  EXPECT_THAT(readings.test_needs, ::testing::Contains("numpy"));
  EXPECT_THAT(readings.test_needs, ::testing::Not(::testing::Contains("./local")));
}

TEST(InitVersion, a_version_from_tags_is_seen_in_each_backend) {
  const auto from_tags = [](const Files& files) { return read(files).version_from_repository; };
  EXPECT_TRUE(from_tags({{"setup.py", "setup(use_scm_version=True)\n"}}));
  EXPECT_TRUE(from_tags({{"setup.py", "import versioneer\n"}}));
  EXPECT_TRUE(
      from_tags({{"pyproject.toml",
                  "[build-system]\nrequires = [\"setuptools\", \"setuptools_scm>=8\"]\n"}}));
  EXPECT_TRUE(from_tags({{"pyproject.toml",
                          "[build-system]\nrequires = [\"scikit-build-core\"]\n"
                          "build-backend = \"scikit_build_core.build\"\n[tool.scikit-build]\n"
                          "metadata.version.provider = "
                          "\"scikit_build_core.metadata.setuptools_scm\"\n"}}));
  EXPECT_FALSE(from_tags({{"setup.cfg", "[metadata]\nname = a\nversion = 3\n"}}));
}

TEST(InitVersion, its_source_is_told) {
  const auto source = [](const Files& files) { return read(files).version; };
  EXPECT_EQ(
      source({{"pyproject.toml", k_setuptools + "[project]\nname = \"a\"\nversion = \"1.2\"\n"}}),
      "1.2, in pyproject.toml");
  EXPECT_EQ(source({{"setup.cfg", "[metadata]\nversion = attr: a.b\n"}}),
            "attr: a.b, in setup.cfg");
  EXPECT_EQ(source({{"pyproject.toml",
                     k_setuptools + "[tool.setuptools.dynamic]\nversion = {attr = \"a.b\"}\n"}}),
            "from a.b, which pyproject.toml names");
  EXPECT_EQ(source({}), "of setup.py");
}

TEST(InitModules, each_kind_of_build_description_names_them) {
  EXPECT_THAT(
      read({{"setup.py", "setup(name='d', ext_modules=[Extension('d._a', ['a.c'])])\n"}}).modules,
      ElementsAre("d._a"));
  EXPECT_THAT(read({{"CMakeLists.txt",
                     "  pybind11_add_module(_b b.cpp)\n# nanobind_add_module(x)\n"
                     "Python_add_library(_c MODULE c.c)\n"
                     "nanobind_add_module(\"${NAME}\" d.cpp)\n"}})
                  .modules,
              ElementsAre("_b", "_c"));
  EXPECT_THAT(read({{"meson.build", "py.extension_module('_d', 'd.c')\n"}}).modules,
              ElementsAre("_d"));
}

TEST(InitModules, files_are_counted_by_language) {
  EXPECT_THAT(read({{"a.c", ""}, {"b.cpp", ""}, {"c.cc", ""}, {"d.pyx", ""}}).languages,
              ElementsAre("2 C++ files", "1 C file", "1 Cython file"));
}

TEST(InitName, a_name_that_only_setup_py_knows_is_read_from_its_call) {
  EXPECT_EQ(read({{"setup.py", "setup(name='d', version='1')\n"}}).name, "d");
  EXPECT_EQ(read({{"setup.py", "setup(version='1', name='d')\n"}}).name, "d");
  EXPECT_EQ(read({{"setup.py", "setup(ext_modules=[Extension(name='e')])\n"}}).name, "");
}

}  // namespace
}  // namespace extproof::engines::init
