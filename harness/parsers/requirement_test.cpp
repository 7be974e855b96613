// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/requirement.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace extproof::parsers {
namespace {

struct Row {
  std::string_view specifier;
  std::string_view version;
  bool allowed;
};

const std::vector<Row> k_rows = {
    {"", "3.13.0", true},
    {">=3.9", "3.13.0", true},
    {">=3.9", "3.8.19", false},
    {">=3.9", "3.15.0rc2", true},
    {">=3.15", "3.15.0rc2", true},
    {"<3.15", "3.15.0rc2", false},
    {">=3.9", "3.14.0a1+", true},
    {">=3.10", "3.9.1", false},
    {">= 3.8, < 3.12", "3.11.4", true},
    {">= 3.8, < 3.12", "3.12.0", false},
    {">=3.8,", "3.9.0", true},
    {"==3.12", "3.12.0", true},
    {"==3.12", "3.12.1", false},
    {"==3.12.*", "3.12.7", true},
    {"==3.12.*", "3.13.0", false},
    {"!=3.9.*,>=3.8", "3.9.7", false},
    {"!=3.9.*,>=3.8", "3.10.0", true},
    {"!=3.9.0", "3.9.1", true},
    {"~=3.8", "3.13.1", true},
    {"~=3.8", "4.0.0", false},
    {"~=3.8.2", "3.8.10", true},
    {"~=3.8.2", "3.9.0", false},
    {"~=3.8.2", "3.8.1", false},
    {">3.8", "3.8.0", false},
    {">3.8", "3.8.1", true},
    {"<=3.12", "3.12.1", false},
    {"<=3.12", "3.12.0", true},
    {"===3.12.1", "3.12.1", true},
    {"===3.12.1", "3.12.10", false},
    {">=3.13.0b1", "3.13.0", true},
    {">=3.13.0b1", "3.13.0a4", false},
    {">=3.13.0rc1", "3.13.0rc2", true},
    {">=3.13.dev0", "3.13.0a1", true},
    {">=2.7, !=3.0.*, !=3.1.*", "3.1.5", false},
    {"3.9", "3.9.0", false},
    {">=three", "3.9.0", false},
    {">=3.9.*", "3.10.0", false},
    {"~=3", "3.10.0", false},
    {">=3.9", "unknown", false},
    {">=99999999999999999999", "3.9.0", false},
};

TEST(RequiresPython, is_decided_as_installers_decide_it) {
  for (const Row& row : k_rows) {
    EXPECT_EQ(requires_python_allows(row.specifier, row.version), row.allowed)
        << "\"" << row.specifier << "\" for " << row.version;
  }
}

TEST(RequiresPython, a_clause_that_cannot_be_read_makes_no_specifier) {
  EXPECT_TRUE(is_version_specifier(""));
  EXPECT_TRUE(is_version_specifier(">=3.9,<4"));
  EXPECT_FALSE(is_version_specifier("3.9"));
  EXPECT_FALSE(is_version_specifier(">=3.9,,<4"));
  EXPECT_FALSE(is_version_specifier(">=3.9 <4"));
}

TEST(Requirement, begins_with_a_name_or_is_a_path) {
  for (const std::string_view text :
       {"pytest", "numpy>=1.26", "pkg[a,b]>=1; python_version<'3.12'", "pkg @ https://h/p.whl",
        "pkg (>=1)", "./tools/helper", "../sibling", "/opt/wheels/a.whl", "tools/helper",
        "a~=1.0"}) {
    EXPECT_TRUE(is_requirement(text)) << text;
  }
}

TEST(Requirement, is_no_option_and_not_two_of_them) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {""sv, "-r requirements.txt"sv, "--index-url=x"sv, "a b"sv,
                                      "a\nb"sv, "a\0b"sv, "pkg[a"sv, "=1"sv, "@x"sv}) {
    EXPECT_FALSE(is_requirement(text)) << text;
  }
}

}  // namespace
}  // namespace extproof::parsers
