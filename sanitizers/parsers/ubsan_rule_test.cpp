// SPDX-License-Identifier: Apache-2.0
#include "sanitizers/parsers/ubsan_rule.hpp"

#include <gtest/gtest.h>

#include "harness/base/text.hpp"
#include "sanitizers/parsers/sample_for_test.hpp"
#include "sanitizers/parsers/ubsan_report.hpp"

namespace extproof::sanitizers {
namespace {

struct Row {
  std::string_view message;
  std::string_view rule;
};

// Those that no sample has.
const Row k_rows[] = {
    {"negation of 5 cannot be represented in type 'unsigned int'", "unsigned-integer-overflow"},
    {"applying zero offset to null pointer", "nullptr-with-offset"},
    {"applying non-zero offset to non-null pointer 0x000000000001 produced null pointer",
     "nullptr-after-nonzero-offset"},
    {"addition of unsigned offset to 0x7f overflowed to 0x01", "pointer-overflow"},
    {"subtraction of unsigned offset from 0x7f overflowed to 0xff", "pointer-overflow"},
    {"assumption is violated during execution", "invalid-builtin-use"},
    {"implicit conversion from type 'int' of value -1 (32-bit, signed) to type 'unsigned int' "
     "changed the value to 7 (3-bit bitfield, unsigned)",
     "implicit-signed-integer-truncation"},
    {"control flow integrity check for type 'int (int)' failed during indirect function call",
     "cfi-bad-type"},
    {"upcast of null pointer of type 'Derived'", "null-pointer-use"},
    {"load of value 3, which is not a valid value for type '_Bool'", "invalid-bool-load"},
    {"", "undefined-behavior"},
    {"something new", "undefined-behavior"},
    {"implicit conversion from type 'int' of val", "undefined-behavior"},
};

TEST(UbsanRule, each_message_has_the_rule_that_the_runtime_gives_it) {
  for (const Row& row : k_rows)
    EXPECT_EQ(ubsan_rule_of(row.message), row.rule) << row.message;
}

TEST(UbsanRule, the_text_of_a_type_decides_nothing) {
  EXPECT_EQ(ubsan_rule_of("load of null pointer of type 'x misaligned address y'"),
            "null-pointer-use");
  EXPECT_EQ(ubsan_rule_of("index 4 out of bounds for type 'is outside the range of representable "
                          "values of [4]'"),
            "out-of-bounds-index");
}

// The samples were made with summaries, so the table is checked against the runtimes themselves.
TEST(UbsanRule, the_table_agrees_with_every_summary_of_the_samples) {
  int compared = 0;
  for (const std::string name : {"all_both", "types", "no_return", "unreachable", "null_member",
                                 "divide", "divide_overflow"}) {
    for (const std::string toolchain : {"clang-19", "gcc-12"}) {
      const std::string log = sample("ubsan/" + toolchain + "/" + name);
      for (const facts::Report& report : parse_ubsan_log(log, "log").reports) {
        if (report.kind != facts::FindingKind::undefined_behavior)
          continue;
        const std::string text = log.substr(report.bytes.begin, report.bytes.size());
        ASSERT_NE(text.find("UndefinedBehaviorSanitizer: " + report.rule + " "), std::string::npos)
            << text;
        // The one pair that a message cannot tell apart.
        if (report.rule == "float-divide-by-zero")
          continue;
        EXPECT_EQ(ubsan_rule_of(report.headline), report.rule) << report.headline;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 60);
}

}  // namespace
}  // namespace extproof::sanitizers
