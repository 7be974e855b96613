// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/distribution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::worker {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Name, is_compared_without_case_and_with_all_separators_alike) {
  EXPECT_EQ(normalised_name("My.Package__x-Y"), "my-package-x-y");
  EXPECT_EQ(normalised_name("abc"), "abc");
}

TEST(Metadata, ends_at_the_first_empty_line) {
  const char text[] =
      "Metadata-Version: 2.1\nName: a-b\nVersion:  1.2.3 \n\nVersion: 9\nOther: x\n";
  EXPECT_EQ(metadata_header(text, "Version"), "1.2.3");
  EXPECT_EQ(metadata_header(text, "Name"), "a-b");
  EXPECT_EQ(metadata_header(text, "Other"), "");
  EXPECT_EQ(metadata_header("", "Name"), "");
}

TEST(Record, gives_the_first_field_of_each_line) {
  EXPECT_THAT(recorded_paths("a.py,sha256=x,3\r\n\"b,\"\"c\"\".py\",,\n\nd.py\n\"cut"),
              ElementsAre("a.py", "b,\"c\".py", "d.py", "cut"));
  EXPECT_THAT(recorded_paths(""), IsEmpty());
}

TEST(NativeModule, is_named_by_its_folders_and_the_part_before_the_first_dot) {
  EXPECT_EQ(native_module_of("pkg/_core.cpython-313-x86_64-linux-gnu.so"), "pkg._core");
  EXPECT_EQ(native_module_of("top.abi3.so"), "top");
  EXPECT_EQ(native_module_of("a/b/c.so"), "a.b.c");
  EXPECT_EQ(native_module_of("pkg.libs/libx-1234.so"), "");
  EXPECT_EQ(native_module_of("pkg/lib-x.so"), "");
  EXPECT_EQ(native_module_of("pkg/a.py"), "");
  EXPECT_EQ(native_module_of("pkg/a.so.1"), "");
  EXPECT_EQ(native_module_of(""), "");
}

TEST(TopLevel, is_what_can_be_imported) {
  EXPECT_THAT(top_level_of({"pkg/__init__.py", "pkg/_core.so", "single.py", "nat.abi3.so",
                            "pkg-1.0.dist-info/RECORD", "pkg.libs/libx.so", "data/readme.txt",
                            "a_hook.pth"}),
              ElementsAre("nat", "pkg", "single"));
}

}  // namespace
}  // namespace extproof::worker
