// SPDX-License-Identifier: Apache-2.0
#include "harness/compiler/response_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace extproof::compiler {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ReadText files(std::map<std::string, std::string> texts) {
  return [texts = std::move(texts)](const std::string& path) -> std::optional<std::string> {
    const auto found = texts.find(path);
    return found == texts.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(ResponseFile, white_space_of_every_kind_separates_words) {
  EXPECT_THAT(parse_response_text(" a\tb\r\nc\vd\fe "), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(parse_response_text(" \n "), IsEmpty());
}

TEST(ResponseFile, quotes_group_and_may_stand_inside_a_word) {
  EXPECT_THAT(parse_response_text(R"(-DX="a b" 'c "d"' "" -I'x y'/z)"),
              ElementsAre("-DX=a b", "c \"d\"", "", "-Ix y/z"));
}

TEST(ResponseFile, a_backslash_makes_the_next_byte_ordinary_inside_quotes_too) {
  EXPECT_THAT(parse_response_text(R"(a\ b "c\"d" 'e\'f' \\)"),
              ElementsAre("a b", "c\"d", "e'f", "\\"));
}

TEST(ResponseFile, an_open_quote_and_a_last_backslash_end_with_the_text) {
  EXPECT_THAT(parse_response_text("'a b"), ElementsAre("a b"));
  EXPECT_THAT(parse_response_text("a\\"), ElementsAre("a\\"));
}

TEST(ResponseFile, what_is_rendered_reads_back_word_for_word) {
  std::string all_bytes;
  for (int byte = 1; byte < 256; ++byte) {
    all_bytes += static_cast<char>(byte);
  }
  const std::vector<std::string> args = {"-c", "",     "a b",     "\"q\" 'r'",
                                         "\\", "x\ny", all_bytes, "@f"};
  EXPECT_EQ(parse_response_text(render_response_text(args)), args);
}

TEST(ResponseFile, nested_files_are_expanded_in_place) {
  EXPECT_THAT(expand_response_files({"a", "@outer", "z"},
                                    files({{"outer", "b @inner e"}, {"inner", "c 'd d'"}})),
              ElementsAre("a", "b", "c", "d d", "e", "z"));
}

TEST(ResponseFile, a_missing_file_and_a_lone_at_sign_stay_as_they_are) {
  EXPECT_THAT(expand_response_files({"@missing", "@", "-Wl,@file"}, files({{"file", "x"}})),
              ElementsAre("@missing", "@", "-Wl,@file"));
}

TEST(ResponseFile, a_file_that_names_itself_ends_at_the_limit) {
  const std::vector<std::string> args =
      expand_response_files({"@loop"}, files({{"loop", "x @loop"}}));
  EXPECT_EQ(args.size(), 2001U);
  EXPECT_EQ(args.back(), "@loop");
  EXPECT_EQ(expand_response_files({"@twice"}, files({{"twice", "@twice @twice"}})).size(), 2001U);
}

}  // namespace
}  // namespace extproof::compiler
