// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/project_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::parsers {
namespace {

using facts::Backend;
using ::testing::ElementsAre;

std::string rendered(const facts::Judged<facts::Project>& judged) {
  std::string text;
  if (!judged.ok()) {
    for (const facts::Refusal& refusal : judged.error()) {
      text += render_refusal(refusal);
    }
  }
  return text;
}

TEST(Project, is_described_by_its_pyproject) {
  const auto project = parse_project(
      "[build-system]\n"
      "requires = ['scikit-build-core>=0.10', 'nanobind']\n"
      "build-backend = 'scikit_build_core.build'\n"
      "backend-path = ['tools']\n"
      "[project]\n"
      "name = 'fast-rows'\n"
      "requires-python = '>=3.9'\n",
      false, std::nullopt, "/src/rows");

  ASSERT_TRUE(project.ok()) << rendered(project);
  EXPECT_EQ(project.value().root, "/src/rows");
  EXPECT_EQ(project.value().name, "fast-rows");
  EXPECT_EQ(project.value().requires_python, ">=3.9");
  EXPECT_EQ(project.value().backend, Backend::scikit_build_core);
  EXPECT_EQ(project.value().backend_name, "scikit_build_core.build");
  EXPECT_THAT(project.value().backend_path, ElementsAre("tools"));
  EXPECT_THAT(project.value().build_requires, ElementsAre("scikit-build-core>=0.10", "nanobind"));
}

TEST(Project, without_a_build_system_is_built_by_setuptools_as_it_was_before_pep_517) {
  for (const auto& project : {parse_project(std::nullopt, true, std::nullopt, "/src"),
                              parse_project("[tool.black]\n", true, std::nullopt, "/src"),
                              parse_project("[project]\nname = 'a'\n", false, std::nullopt, "/src"),
                              parse_project("[build-system]\nrequires = ['setuptools>=40.8.0']\n",
                                            false, std::nullopt, "/src")}) {
    ASSERT_TRUE(project.ok()) << rendered(project);
    EXPECT_EQ(project.value().backend, Backend::setuptools);
    EXPECT_EQ(project.value().backend_name, "setuptools.build_meta:__legacy__");
    EXPECT_THAT(project.value().build_requires, ElementsAre("setuptools>=40.8.0"));
  }
}

TEST(Project, takes_what_pyproject_does_not_say_from_setup_cfg) {
  const auto project = parse_project(std::nullopt, true,
                                     "[metadata]\n"
                                     "; a comment\n"
                                     "Name: rows\n"
                                     "description = name = other\n"
                                     "[options]\n"
                                     "python_requires =\n"
                                     "    >=3.8\n"
                                     "[options.extras_require]\n"
                                     "name = no\n",
                                     "/src");

  ASSERT_TRUE(project.ok()) << rendered(project);
  EXPECT_EQ(project.value().name, "rows");
  EXPECT_EQ(project.value().requires_python, ">=3.8");
}

TEST(Project, of_poetry_has_its_name) {
  const auto project = parse_project(
      "[tool.poetry]\nname = 'rows'\n"
      "[build-system]\nrequires = ['poetry-core']\nbuild-backend = 'poetry.core.masonry.api'\n",
      false, std::nullopt, "/src");

  ASSERT_TRUE(project.ok());
  EXPECT_EQ(project.value().name, "rows");
  EXPECT_EQ(project.value().backend, Backend::other);
}

TEST(Project, an_empty_pyproject_beside_a_setup_cfg_with_a_name_is_one) {
  EXPECT_TRUE(parse_project("", false, "[metadata]\nname = rows\n", "/src").ok());
  EXPECT_FALSE(parse_project("", false, "[flake8]\nname = rows\n", "/src").ok());
}

TEST(Project, a_backend_is_known_by_its_package) {
  EXPECT_EQ(backend_named("setuptools.build_meta"), Backend::setuptools);
  EXPECT_EQ(backend_named("setuptools.build_meta:__legacy__"), Backend::setuptools);
  EXPECT_EQ(backend_named("mesonpy"), Backend::meson_python);
  EXPECT_EQ(backend_named("maturin"), Backend::maturin);
  EXPECT_EQ(backend_named("maturinous"), Backend::other);
  EXPECT_EQ(backend_named("hatchling.build"), Backend::other);
}

TEST(Project, a_folder_without_one_is_refused) {
  EXPECT_EQ(rendered(parse_project(std::nullopt, false, std::nullopt, "/src")),
            "error[XP1101]: there is no project in this folder\n"
            "  looked: for a pyproject.toml with [build-system] or [project], a setup.py, a "
            "CMakeLists.txt\n"
            "  so:     nothing was run\n"
            "  try:    extproof run --project DIR\n"
            "  more:   extproof explain XP1101\n");
  EXPECT_EQ(rendered(parse_project("[tool.black]\n", false, std::nullopt, "/src")).substr(0, 66),
            "error[XP1101]: pyproject.toml says nothing of how to build a wheel");
}

TEST(Project, everything_that_breaks_a_standard_is_shown_at_once) {
  EXPECT_EQ(rendered(parse_project("[build-system]\n"
                                   "build-backend = 3\n"
                                   "backend-path = ['../tools']\n"
                                   "[project]\n"
                                   "name = ['rows']\n"
                                   "requires-python = '3.9'\n",
                                   false, std::nullopt, "/src")),
            "error[XP1105]: [build-system] says nothing of what the build requires\n"
            "  pyproject.toml:1:1\n"
            "    1 | [build-system]\n"
            "      | ^^^^^^^^^^^^^^ add requires = [...]\n"
            "  standard: PEP 518\n"
            "  so:       nothing was built\n"
            "  more:     extproof explain XP1105\n"
            "error[XP1105]: \"build-backend\" is a number\n"
            "  pyproject.toml:2:17\n"
            "    2 | build-backend = 3\n"
            "      |                 ^ expected a string\n"
            "  standard: PEP 517\n"
            "  so:       nothing was built\n"
            "  more:     extproof explain XP1105\n"
            "error[XP1105]: \"../tools\" in \"backend-path\" leaves the project\n"
            "  pyproject.toml:3:17\n"
            "    3 | backend-path = ['../tools']\n"
            "      |                 ^^^^^^^^^^ expected a folder inside the project\n"
            "  standard: PEP 517\n"
            "  so:       nothing was built\n"
            "  more:     extproof explain XP1105\n"
            "error[XP1105]: \"name\" is a list\n"
            "  pyproject.toml:5:8\n"
            "    5 | name = ['rows']\n"
            "      |        ^^^^^^^^ expected a string\n"
            "  standard: PEP 621\n"
            "  so:       nothing was built\n"
            "  more:     extproof explain XP1105\n"
            "error[XP1105]: \"3.9\" is not a version specifier\n"
            "  pyproject.toml:6:19\n"
            "    6 | requires-python = '3.9'\n"
            "      |                   ^^^^^ expected one such as >=3.9\n"
            "  standard: PEP 440\n"
            "  so:       nothing was built\n"
            "  more:     extproof explain XP1105\n");
}

TEST(Project, tables_and_lists_of_other_types_are_refused) {
  EXPECT_THAT(rendered(parse_project("project = 3\nbuild-system = []\n", true, std::nullopt, "/s")),
              ::testing::AllOf(::testing::HasSubstr("\"project\" is a number"),
                               ::testing::HasSubstr("\"build-system\" is a list")));
  EXPECT_THAT(rendered(parse_project("[build-system]\nrequires = ['a', 3, '-e x']\n", true,
                                     std::nullopt, "/s")),
              ::testing::AllOf(::testing::HasSubstr("\"requires\" holds a number"),
                               ::testing::HasSubstr("\"-e x\" in \"requires\" is not a")));
  EXPECT_THAT(rendered(parse_project("[build-system]\nrequires = 'a'\n", true, std::nullopt, "/s")),
              ::testing::HasSubstr("\"requires\" is a string"));
}

TEST(Project, a_file_that_is_not_toml_is_refused_with_its_place) {
  EXPECT_THAT(rendered(parse_project("[project\n", true, std::nullopt, "/src")),
              ::testing::StartsWith("error[XP1304]: line 1 is not TOML\n"
                                    "  pyproject.toml:1:9\n"
                                    "    1 | [project\n"
                                    "      |         ^ "));
}

TEST(Project, a_foreign_specifier_in_setup_cfg_is_refused) {
  EXPECT_EQ(rendered(parse_project(std::nullopt, true, "[options]\npython_requires = 3\n", "/s")),
            "error[XP1105]: \"3\" is not a version specifier\n"
            "  setup.cfg\n"
            "  key:      python_requires of [options]\n"
            "  expected: one such as >=3.9\n"
            "  standard: PEP 440\n"
            "  so:       nothing was built\n"
            "  more:     extproof explain XP1105\n");
}

TEST(Project, is_built_by_cmake_where_nothing_says_how_to_build_a_wheel) {
  for (const auto& project :
       {parse_project(std::nullopt, false, std::nullopt, "/src/rows",
                      {.text = "project(fast_rows VERSION 2.1)"}),
        parse_project("[tool.pytest.ini_options]\n[dependency-groups]\ntest = ['numpy']\n", false,
                      "[flake8]\n", "/src/rows", {.text = "project(fast_rows VERSION 2.1)"})}) {
    ASSERT_TRUE(project.ok()) << rendered(project);
    EXPECT_EQ(project.value().backend, Backend::cmake);
    EXPECT_EQ(project.value().backend_name, "CMake");
    EXPECT_EQ(project.value().name, "fast_rows");
    EXPECT_EQ(project.value().version, "2.1");
    EXPECT_TRUE(project.value().build_requires.empty());
  }
}

TEST(Project, is_built_by_what_pyproject_or_setup_py_says_although_there_is_a_cmakelists) {
  const CMakeLists lists = {.text = "project(rows)"};
  for (const auto& project :
       {parse_project(std::nullopt, true, std::nullopt, "/src", lists),
        parse_project("[project]\nname = 'a'\n", false, std::nullopt, "/src", lists)}) {
    ASSERT_TRUE(project.ok()) << rendered(project);
    EXPECT_EQ(project.value().backend, Backend::setuptools);
  }
}

TEST(Project, is_built_by_cmake_where_the_configuration_asks_for_it) {
  const auto project = parse_project(
      "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n"
      "backend-path = ['.']\n[project]\nname = 'a'\nrequires-python = '>=3.10'\n"
      "dependencies = ['attrs']\noptional-dependencies.test = ['numpy']\n",
      true, std::nullopt, "/src", {.text = "project(${N})", .is_asked_for = true});

  ASSERT_TRUE(project.ok()) << rendered(project);
  EXPECT_EQ(project.value().backend, Backend::cmake);
  EXPECT_EQ(project.value().name, "a");
  EXPECT_EQ(project.value().requires_python, ">=3.10");
  EXPECT_THAT(project.value().test_requires, ElementsAre("attrs", "numpy"));
  EXPECT_TRUE(project.value().build_requires.empty());
  EXPECT_TRUE(project.value().backend_path.empty());
}

TEST(Project, that_cmake_builds_has_the_name_of_its_folder_when_nothing_else_names_it) {
  const auto project =
      parse_project(std::nullopt, false, std::nullopt, "/src/rows", {.text = "project(${N})"});

  ASSERT_TRUE(project.ok()) << rendered(project);
  EXPECT_EQ(project.value().name, "rows");
}

TEST(Project, is_refused_when_cmake_is_asked_for_and_there_is_no_cmakelists) {
  const auto project = parse_project(std::nullopt, true, std::nullopt, "/src",
                                     {.is_asked_for = true, .path = "cpp/CMakeLists.txt"});

  EXPECT_EQ(rendered(project),
            "error[XP1101]: there is no \"cpp/CMakeLists.txt\" that CMake could build\n"
            "  said by: backend = \"cmake\" in [tool.extproof.build]\n"
            "  so:      nothing was run\n"
            "  try:     cmake-source = \"FOLDER\" in [tool.extproof.build]\n"
            "  more:    extproof explain XP1101\n");
}

TEST(IniValue, hostile_text_has_no_value) {
  EXPECT_EQ(ini_value("[", "metadata", "name"), std::nullopt);
  EXPECT_EQ(ini_value("[]\n=\n:\n ", "metadata", "name"), std::nullopt);
  EXPECT_EQ(ini_value("   x\n[metadata\nname", "metadata", "name"), std::nullopt);
}

TEST(ParseProject, the_tests_own_requirements_come_from_the_group_or_extra_that_names_tests) {
  const auto requires_of = [](const std::string& text) {
    const auto project = parse_project(text, false, std::nullopt, "/p");
    return project ? project.value().test_requires : std::vector<std::string>{"refused"};
  };
  const std::string head = "[project]\nname = \"Spam\"\n";
  EXPECT_EQ(requires_of(head + "optional-dependencies.tests = [\"numpy\", \"spam[fast]\"]\n"),
            (std::vector<std::string>{"numpy"}));
  EXPECT_EQ(requires_of(head + "[dependency-groups]\nbase = [\"attrs>=1\"]\n"
                               "test = [{include-group = \"base\"}, \"hypothesis\"]\n"),
            (std::vector<std::string>{"attrs>=1", "hypothesis"}));
  EXPECT_TRUE(requires_of(head + "[dependency-groups]\n"
                                 "test = [{include-group = \"test\"}]\n")
                  .empty());
  EXPECT_TRUE(requires_of(head + "optional-dependencies.docs = [\"sphinx\"]\n").empty());
}

}  // namespace
}  // namespace extproof::parsers
