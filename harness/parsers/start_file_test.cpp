// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/start_file.hpp"

#include <gtest/gtest.h>

namespace extproof::parsers {
namespace {

const StartFile k_hostile = {.cwd = "/a b/\n$(c)",
                             .output = "/x\ty",
                             .argv = {"/bin/python", "", "t.py::a[\"; shell id; '\xff\\]"},
                             .environment = {"A=", "B=c=d", "PATH=/x:/y z"}};

TEST(StartFile, comes_back_as_it_was_whatever_its_pieces_hold) {
  EXPECT_EQ(parse_start_file(render_start_file(k_hostile)), k_hostile);
}

TEST(StartFile, cut_off_anywhere_is_none_or_a_shorter_list_and_never_half_a_piece) {
  const std::string text = render_start_file(k_hostile);
  for (std::size_t size = 0; size < text.size(); ++size) {
    if (text[size == 0 ? 0 : size - 1] != '\0') {
      EXPECT_FALSE(parse_start_file(text.substr(0, size))) << size;
    }
  }
}

TEST(StartFile, of_another_schema_or_with_unknown_pieces_is_none) {
  const auto of = [](std::string text) {
    for (char& c : text) {
      c = c == '|' ? '\0' : c;
    }
    return parse_start_file(text).has_value();
  };
  EXPECT_TRUE(of("extproof-start 1|cwd /|arg /bin/true|"));
  EXPECT_FALSE(of("extproof-start 2|cwd /|arg /bin/true|"));
  EXPECT_FALSE(of("extproof-start 1|cwd /|arg /bin/true|sh -c id|"));
  EXPECT_FALSE(of("extproof-start 1|cwd /|"));
  EXPECT_FALSE(of(""));
}

}  // namespace
}  // namespace extproof::parsers
