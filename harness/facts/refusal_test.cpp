// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/refusal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace extproof::facts {
namespace {

TEST(Messages, codes_are_unique_and_sorted_and_every_one_has_a_page) {
  std::set<std::string_view> codes;
  for (const Message& message : messages()) {
    EXPECT_TRUE(codes.insert(message.code).second) << message.code;
    EXPECT_FALSE(message.title.empty()) << message.code;
    EXPECT_FALSE(message.page.empty()) << message.code;
  }
  EXPECT_TRUE(std::is_sorted(messages().begin(), messages().end(),
                             [](const Message& a, const Message& b) { return a.code < b.code; }));
}

TEST(Refusal, is_rendered_with_place_excerpt_aligned_notes_and_its_page) {
  const Refusal refusal = {
      .code = "XP1302",
      .headline = "\"asn\" is not a lane",
      .place = "extproof.toml:7:10",
      .excerpt = {"7 | lanes = [\"asn\"]", "  |          ^^^^^ did you mean \"asan\"?"},
      .notes = {{"known", "asan, release, ubsan"}, {"so", "nothing was run"}}};

  EXPECT_EQ(render_refusal(refusal),
            "error[XP1302]: \"asn\" is not a lane\n"
            "  extproof.toml:7:10\n"
            "    7 | lanes = [\"asn\"]\n"
            "      |          ^^^^^ did you mean \"asan\"?\n"
            "  known: asan, release, ubsan\n"
            "  so:    nothing was run\n"
            "  more:  extproof explain XP1302\n");
}

TEST(Refusal, a_note_of_several_lines_is_aligned_under_its_label) {
  const Refusal refusal = {.code = "XP3001", .headline = "build", .notes = {{"said", "one\ntwo"}}};

  EXPECT_EQ(render_refusal(refusal),
            "error[XP3001]: build\n"
            "  said: one\n"
            "        two\n"
            "  more: extproof explain XP3001\n");
}

TEST(Refusal, text_from_outside_cannot_move_the_cursor) {
  const Refusal refusal = {.code = "XP1301", .headline = "\x1b[2J"};

  EXPECT_EQ(render_refusal(refusal), "error[XP1301]: \\x1b[2J\n  more: extproof explain XP1301\n");
}

TEST(Refusal, contributes_the_exit_code_of_its_row) {
  EXPECT_EQ(exit_code_of({.code = "XP1301"}), ExitCode::usage);
  EXPECT_EQ(exit_code_of({.code = "XP3102"}), ExitCode::cannot_judge);
}

}  // namespace
}  // namespace extproof::facts
