// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/outputs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::cli {
namespace {

using facts::ReportFormat;

std::string placed(const Request& request, bool is_folder = false) {
  const auto outputs = outputs_of(request, is_folder);
  if (!outputs) {
    return facts::render_refusal(outputs.error().front());
  }
  std::string text;
  for (const Output& output : outputs.value()) {
    text += std::string(facts::to_string(output.format)) + ">" + output.file + " ";
  }
  return text;
}

const AskedFormat k_console = {ReportFormat::console, ""};
const AskedFormat k_json = {ReportFormat::json, ""};
const AskedFormat k_junit = {ReportFormat::junit, ""};

TEST(Outputs, the_console_form_goes_to_standard_output) {
  EXPECT_EQ(placed({}), "console> ");
  EXPECT_EQ(placed({.json = true}), "json> ");
}

TEST(Outputs, a_format_may_name_its_own_file) {
  EXPECT_EQ(placed({.formats = {k_console, {ReportFormat::junit, "a.xml"}}}),
            "console> junit>a.xml ");
}

TEST(Outputs, one_format_goes_into_the_file_of_output) {
  EXPECT_EQ(placed({.formats = {k_junit}, .output = "a.xml"}), "junit>a.xml ");
  EXPECT_EQ(placed({.formats = {k_junit, {ReportFormat::console, "-"}}, .output = "a.xml"}),
            "junit>a.xml console> ");
}

TEST(Outputs, a_folder_holds_each_under_its_usual_name) {
  EXPECT_EQ(placed({.formats = {k_json, k_junit}, .output = "out/"}),
            "json>out/extproof.json junit>out/extproof-junit.xml ");
  EXPECT_EQ(placed({.formats = {k_junit}, .output = "out"}, true), "junit>out/extproof-junit.xml ");
}

TEST(Outputs, a_dash_is_standard_output) {
  EXPECT_EQ(placed({.formats = {k_json}, .output = "-"}), "json> ");
}

TEST(Outputs, a_document_shares_its_place_with_nothing) {
  EXPECT_EQ(placed({.formats = {k_console, k_json}}),
            "error[XP1001]: the reports \"console\" and \"json\" would both go to standard output\n"
            "  so:   nothing was run\n"
            "  try:  a place for each: --format NAME,NAME=FILE, such as json=extproof.json\n"
            "  more: extproof explain XP1001\n");
  EXPECT_THAT(placed({.formats = {k_console, k_console}, .output = "a"}),
              ::testing::HasSubstr("would both go to \"a\""));
}

TEST(FolderInRepository, is_what_the_project_adds_to_the_workspace) {
  EXPECT_EQ(folder_in_repository("/w/repo/python", {{"GITHUB_WORKSPACE", "/w/repo"}}), "python/");
  EXPECT_EQ(folder_in_repository("/w/repo", {{"GITHUB_WORKSPACE", "/w/repo"}}), "");
  EXPECT_EQ(folder_in_repository("/w/repository", {{"GITHUB_WORKSPACE", "/w/repo/"}}), "");
  EXPECT_EQ(folder_in_repository("/w/repo", {}), "");
}

}  // namespace
}  // namespace extproof::cli
