// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/producer.hpp"

#include <gtest/gtest.h>

namespace extproof::parsers {
namespace {

TEST(Producer, is_what_compilers_say_of_themselves) {
  for (const char* text :
       {"GNU C17 12.2.0 -mtune=generic -march=x86-64 -g -O1", "GNU C++17 12.2.0", "GNU C89 4.9.1",
        "GNU Fortran2008 12.2.0 -g", "GNU GIMPLE 12.2.0 -g", "clang version 19.1.7",
        "Debian clang version 19.1.7 (3~deb12u1) /usr/lib/llvm-19/bin/clang -c -g a.c",
        "Apple clang version 15.0.0 (clang-1500.3.9.4)",
        "clang LLVM (rustc version 1.80.0 (051478957 2024-07-21))"}) {
    EXPECT_TRUE(is_producer(text)) << text;
  }
}

TEST(Producer, is_no_other_text_of_the_debug_information) {
  for (const char* text :
       {"", "GNU", "GNU ", "GNU C17", "GNU C17 ", "GNU c17 12.2.0", "GNU AS 2.40.0", "GNUC 12",
        "GNU  12.2.0", "clang version ", "clang version x", "__clang_version__ \"19.1.7 \"",
        "GNU C17 12.2.0 -g -O2 -fbuilding-libgcc -fno-stack-protector",
        "a text that is much longer than a name of a vendor says clang version 19"}) {
    EXPECT_FALSE(is_producer(text)) << text;
  }
}

TEST(Producer, tells_whether_its_unit_was_sanitized) {
  for (const char* text :
       {"GNU C17 12.2.0 -g -fsanitize=undefined -fsanitize=bounds-strict -fPIC",
        "clang version 19.1.7 /clang -fsanitize=address,undefined a.c", "x -fsanitize=undefined",
        "x -fno-sanitize=undefined -fsanitize=undefined",
        "x -fsanitize=undefined -fno-sanitize=function,vptr"}) {
    EXPECT_TRUE(was_sanitized(text, "undefined")) << text;
  }
  for (const char* text :
       {"", "GNU C17 12.2.0", "x -fsanitize=undefinedx", "x -fsanitize=address",
        "x a-fsanitize=undefined", "x -fsanitize=undefined -fno-sanitize=all",
        "x -fsanitize=undefined -fno-sanitize=function,undefined", "x -fsanitize=all"}) {
    EXPECT_FALSE(was_sanitized(text, "undefined")) << text;
  }
}

}  // namespace
}  // namespace extproof::parsers
