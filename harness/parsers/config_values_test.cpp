// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/config_values.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace extproof::parsers {
namespace {

struct Row {
  std::string_view key;
  std::string value;
  std::string_view fact;  // empty when the value is right
};

const std::vector<Row> k_rows = {
    {"modules", "pkg._core", ""},
    {"modules", "größe._kern", ""},
    {"modules", "pkg..core", "is not the name of a module"},
    {"modules", "pkg/_core", "is not the name of a module"},
    {"modules", "1pkg", "is not the name of a module"},
    {"modules", "", "is not the name of a module"},
    {"tests", "tests", ""},
    {"tests", "tests/../other", ""},
    {"tests", "tests/test_a.py::test_x[../../..]", ""},
    {"tests", "../tests", "leaves the project"},
    {"tests", "a/../../b", "leaves the project"},
    {"tests", "./..", "leaves the project"},
    {"tests", "/etc", "is an absolute path"},
    {"tests", "--pdb", "would be read as an option"},
    {"tests", "", "is empty"},
    {"suppressions", "../lsan.supp", "leaves the project"},
    {"python", "3.13", ""},
    {"python", "3.14t", ""},
    {"python", "3.13.1", ""},
    {"python", "/usr/bin/python3", ""},
    {"python", "3", "is neither a version of Python nor a path"},
    {"python", "python3.13", "is neither a version of Python nor a path"},
    {"interpreter", "3.13d", "is neither a version of Python nor a path"},
    {"compiler", "clang", ""},
    {"compiler", "gcc-12", ""},
    {"compiler", "/opt/llvm/bin/clang", ""},
    {"compiler", "clang++", "names no compiler that extproof knows"},
    {"compiler", "gcc-", "names no compiler that extproof knows"},
    {"compiler", "msvc", "names no compiler that extproof knows"},
    {"test-requires", "numpy>=2", ""},
    {"test-requires", "-e .", "is not a requirement"},
    {"checks", "implicit-conversion", ""},
    {"checks", "bounds,address", "is not the name of a check"},
    {"checks", "-bounds", "is not the name of a check"},
    {"flags", "-O2", ""},
    {"flags", "", "is an empty flag"},
    {"backend", "cmake", ""},
    {"backend", "setuptools", "is no backend that is chosen here"},
    {"requires", "pybind11>=2.12", ""},
    {"requires", "-r dev.txt", "is not a requirement"},
    {"cmake-source", "cpp", ""},
    {"cmake-source", "../cpp", "leaves the project"},
    {"cmake-options", "-DBUILD_PYTHON=ON", ""},
    {"cmake-options", "--preset=dev", ""},
    {"cmake-options", "-Bbuild", "is extproof's to give"},
    {"cmake-options", "", "is an empty option"},
    {"cmake-targets", "_core", ""},
    {"cmake-targets", "--help", "is no name"},
    {"install-components", "python", ""},
    {"install-components", "", "is no name"},
    {"python-path", "python", ""},
    {"python-path", "{build}", ""},
    {"python-path", "{install}/lib/python", ""},
    {"python-path", "{install}/../x", "leaves the project"},
    {"python-path", "{built}/python", "names a place that extproof does not know"},
    {"python-path", "{build}python", "names a place that extproof does not know"},
    {"python-path", "/opt/python", "is an absolute path"},
    {"environment", "anything at all", ""},
    {"environment", std::string("a\0b", 3), "holds a NUL character"},
};

TEST(ConfigValues, each_key_takes_what_its_rule_says) {
  for (const Row& row : k_rows) {
    EXPECT_EQ(fault_of_text(row.key, row.value).fact, row.fact) << row.key << " = " << row.value;
  }
}

TEST(ConfigValues, a_timeout_is_more_than_nothing_and_at_most_a_week) {
  EXPECT_FALSE(fault_of_timeout(0.5));
  EXPECT_FALSE(fault_of_timeout(604800));
  EXPECT_EQ(fault_of_timeout(604801).fact, "is longer than a week");
  EXPECT_EQ(fault_of_timeout(0).fact, "is no time to wait");
  EXPECT_EQ(fault_of_timeout(-1).fact, "is no time to wait");
  EXPECT_TRUE(fault_of_timeout(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_TRUE(fault_of_timeout(std::numeric_limits<double>::infinity()));
}

TEST(ConfigValues, seconds_are_the_whole_of_a_text) {
  EXPECT_EQ(to_seconds("1.5"), 1.5);
  EXPECT_EQ(to_seconds("1.5s"), std::nullopt);
  EXPECT_EQ(to_seconds(""), std::nullopt);
}

TEST(ConfigValues, a_variable_has_a_name_without_an_equals_sign) {
  EXPECT_FALSE(fault_of_variable_name("CFLAGS"));
  EXPECT_TRUE(fault_of_variable_name("A=B"));
  EXPECT_TRUE(fault_of_variable_name(""));
}

TEST(ConfigValues, known_lanes_are_listed_sorted) {
  EXPECT_EQ(render_refusal(unknown_lane("asn", {"ubsan", "asan"})),
            "error[XP1302]: \"asn\" is not a lane\n"
            "  known: asan, ubsan\n"
            "  so:    nothing was run\n"
            "  more:  extproof explain XP1302\n");
}

}  // namespace
}  // namespace extproof::parsers
