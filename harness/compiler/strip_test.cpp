// SPDX-License-Identifier: Apache-2.0
#include "harness/compiler/strip.hpp"

#include <gtest/gtest.h>

namespace extproof::compiler {
namespace {

TEST(Strip, is_told_by_the_end_of_its_name) {
  for (const char* name :
       {"strip", "/x/strip", "llvm-strip", "llvm-strip-19", "/usr/bin/x86_64-linux-gnu-strip"}) {
    EXPECT_TRUE(is_strip(name)) << name;
  }
  for (const char* name : {"gcc", "strip.py", "pinstrip", "strip-all", "", "-", "19"}) {
    EXPECT_FALSE(is_strip(name)) << name;
  }
}

TEST(Strip, of_a_file_in_its_place_leaves_it_as_it_is) {
  EXPECT_EQ(copy_instead_of_strip({"a.so"}), std::nullopt);
  EXPECT_EQ(copy_instead_of_strip({"-s", "--strip-unneeded", "a.so", "b.so"}), std::nullopt);
  EXPECT_EQ(copy_instead_of_strip({"-o", "a.so", "a.so"}), std::nullopt);
  EXPECT_EQ(copy_instead_of_strip({"--version"}), std::nullopt);
  EXPECT_EQ(copy_instead_of_strip({"-o"}), std::nullopt);
  EXPECT_EQ(copy_instead_of_strip({}), std::nullopt);
}

TEST(Strip, into_another_file_is_a_copy) {
  const StripCopy copy = {"a.so", "b.so"};
  EXPECT_EQ(copy_instead_of_strip({"-o", "b.so", "a.so"}), copy);
  EXPECT_EQ(copy_instead_of_strip({"a.so", "-g", "-ob.so"}), copy);
  EXPECT_EQ(copy_instead_of_strip({"--output=b.so", "-R", ".comment", "--", "a.so"}), copy);
  EXPECT_EQ(copy_instead_of_strip({"-o", "b.so", "--", "-a.so"}), (StripCopy{"-a.so", "b.so"}));
}

}  // namespace
}  // namespace extproof::compiler
