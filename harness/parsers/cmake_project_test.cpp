// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/cmake_project.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace extproof::parsers {
namespace {

struct Row {
  std::string name;  // a sentence
  std::string text;
  std::string project;
  std::string version;
};

const std::vector<Row> k_rows = {
    {"a_plain_call", "project(rows VERSION 1.2 LANGUAGES CXX)\n", "rows", "1.2"},
    {"a_call_in_capitals_over_lines", "PROJECT (\n  rows\n  LANGUAGES C\n  VERSION 2.0.1\n)\n",
     "rows", "2.0.1"},
    {"a_quoted_name", "cmake_minimum_required(VERSION 3.20)\nproject(\"my rows\")\n", "my rows",
     ""},
    {"the_first_call_counts", "project(a)\nproject(b VERSION 1)\n", "a", ""},
    {"a_comment_is_no_call", "# project(old)\n#[[\nproject(older)\n]]\nproject(new) # x\n", "new",
     ""},
    {"a_variable_says_nothing", "project(${NAME} VERSION ${V})\n", "", ""},
    {"a_word_that_ends_alike_is_no_call", "set(project rows)\nmy_project(rows)\n", "", ""},
    {"a_version_elsewhere_is_not_of_the_project", "project(a)\nfoo(VERSION 3)\n", "a", ""},
    {"a_text_that_is_cut_off", "project(rows VERSION", "rows", ""},
    {"an_open_quote", "project(\"rows", "rows", ""},
    {"nothing", "", "", ""}};

class CMakeProjectRow : public ::testing::TestWithParam<Row> {};

TEST_P(CMakeProjectRow, gives_its_name_and_version) {
  const CMakeProject project = parse_cmake_project(GetParam().text);

  EXPECT_EQ(project.name, GetParam().project);
  EXPECT_EQ(project.version, GetParam().version);
}

INSTANTIATE_TEST_SUITE_P(rows, CMakeProjectRow, ::testing::ValuesIn(k_rows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace extproof::parsers
