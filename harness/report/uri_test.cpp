// SPDX-License-Identifier: Apache-2.0
#include "harness/report/uri.hpp"

#include <gtest/gtest.h>

namespace extproof::report {
namespace {

TEST(Uri, has_plain_characters_only) {
  EXPECT_EQ(uri_of_path("src/_core.c"), "src/_core.c");
  EXPECT_EQ(uri_of_path("a b/c#d?e%f"), "a%20b/c%23d%3Fe%25f");
  EXPECT_EQ(uri_of_path("javascript:alert(1)"), "javascript%3Aalert%281%29");
  EXPECT_EQ(uri_of_path("\xff\n\xc3\xa9"), "%FF%0A%C3%A9");
  EXPECT_EQ(uri_of_path("//host/x"), ".//host/x");
}

TEST(Uri, of_a_folder_ends_with_a_slash) {
  EXPECT_EQ(uri_of_folder("/home/me/a b"), "file:///home/me/a%20b/");
  EXPECT_EQ(uri_of_folder("/home/me/"), "file:///home/me/");
  EXPECT_EQ(uri_of_folder("//x"), "file:///x/");
  EXPECT_EQ(uri_of_folder("/"), "file:///");
}

TEST(Uri, knows_what_lies_below_the_project) {
  EXPECT_TRUE(is_below_project("src/a.c"));
  EXPECT_TRUE(is_below_project("a..b/c"));
  EXPECT_FALSE(is_below_project("/usr/include/a.h"));
  EXPECT_FALSE(is_below_project("../a.c"));
  EXPECT_FALSE(is_below_project("src/../../a.c"));
  EXPECT_FALSE(is_below_project("<frozen importlib._bootstrap>"));
  EXPECT_FALSE(is_below_project(""));
}

}  // namespace
}  // namespace extproof::report
