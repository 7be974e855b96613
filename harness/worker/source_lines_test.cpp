// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/source_lines.hpp"

#include <gtest/gtest.h>

#include "harness/base/text.hpp"

namespace extproof::worker {
namespace {

TEST(SourceLine, is_trimmed_and_counted_among_its_equals) {
  const auto source = base::lines("a = 1;\r\n\tb();\n  b();\nc\nb();");
  const auto first = find_line(source, 2);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->text, "b();");
  EXPECT_EQ(first->ordinal, 0);
  EXPECT_EQ(find_line(source, 3)->ordinal, 1);
  EXPECT_EQ(find_line(source, 5)->ordinal, 2);
  EXPECT_EQ(find_line(source, 1)->text, "a = 1;");
}

TEST(SourceLine, does_not_exist_outside_of_the_file) {
  for (const std::int64_t number :
       {std::int64_t{-1}, std::int64_t{0}, std::int64_t{3}, std::int64_t{9223372036854775807}}) {
    EXPECT_FALSE(find_line(base::lines("a\nb\n"), number)) << number;
  }
  EXPECT_FALSE(find_line(base::lines(""), 1));
}

struct Row {
  const char* name;
  const char* mapped;
  const char* file;
  const char* expected;  // nullptr: none
};

const Row k_rows[] = {
    {"below_the_root", "", "/tree/src/a.c", "src/a.c"},
    {"relative", "", "src/a.c", "src/a.c"},
    {"relative_and_not_normal", "", "./src/x/../a.c", "src/a.c"},
    {"of_the_project_that_was_mapped", "/project", "/project/src/a.c", "src/a.c"},
    {"of_the_project_without_a_map", "", "/project/src/a.c", nullptr},
    {"outside", "/project", "/usr/include/stdio.h", nullptr},
    {"that_only_begins_like_the_root", "", "/tree2/a.c", nullptr},
    {"that_climbs_out", "", "../etc/passwd", nullptr},
    {"that_climbs_out_of_the_root", "", "/tree/../etc/passwd", nullptr},
    {"that_climbs_out_of_the_project", "/project", "/project/../etc/passwd", nullptr},
    {"that_is_the_root", "", "/tree", nullptr},
    {"without_a_name", "", "", nullptr},
};

class PathBelow : public ::testing::TestWithParam<Row> {};

TEST_P(PathBelow, is_found_or_refused) {
  const auto path = path_below("/tree", GetParam().mapped, GetParam().file);
  EXPECT_EQ(path.value_or("(none)"), GetParam().expected ? GetParam().expected : "(none)");
}

INSTANTIATE_TEST_SUITE_P(a_file, PathBelow, ::testing::ValuesIn(k_rows),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace extproof::worker
