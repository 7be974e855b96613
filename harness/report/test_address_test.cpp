// SPDX-License-Identifier: Apache-2.0
#include "harness/report/test_address.hpp"

#include <gtest/gtest.h>

namespace extproof::report {
namespace {

// What pytest 8 writes for these ids with --junit-xml and its default family.
TEST(TestAddressOf, is_that_of_pytests_own_file) {
  const auto is = [](const char* id, const char* classname, const char* name) {
    EXPECT_EQ(test_address(id), (TestAddress{classname, name})) << id;
  };
  is("tests/test_a.py::test_y", "tests.test_a", "test_y");
  is("tests/test_a.py::TestX::test_y", "tests.test_a.TestX", "test_y");
  is("test_a.py::test_y[a/b::c.py]", "test_a", "test_y[a/b::c.py]");
  is("tests/sub/test_a.py", "", "tests.sub.test_a");
  is("docs/usage.txt::usage.txt", "docs.usage.txt", "usage.txt");
}

TEST(TestAddressOf, is_there_for_any_text) {
  EXPECT_EQ(test_address(""), (TestAddress{"", ""}));
  EXPECT_EQ(test_address("::"), (TestAddress{"", ""}));
  EXPECT_EQ(test_address("[x]"), (TestAddress{"", "[x]"}));
}

}  // namespace
}  // namespace extproof::report
