// SPDX-License-Identifier: Apache-2.0
//
// A test's id as the two names of a JUnit test case. Level: report.

#pragma once

#include <string>
#include <string_view>

namespace extproof::report {

struct TestAddress {
  std::string classname;
  std::string name;

  friend bool operator==(const TestAddress&, const TestAddress&) = default;
};

// As pytest's own --junit-xml names it, so that both kinds of files show one history of a test:
// "tests/test_a.py::TestX::test_y[a/b]" is "tests.test_a.TestX" and "test_y[a/b]"; a module alone
// has no classname.
TestAddress test_address(std::string_view id);

}  // namespace extproof::report
