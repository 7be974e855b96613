// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/toml_document.hpp"

#include <gtest/gtest.h>

namespace extproof::parsers {
namespace {

TEST(TomlDocument, keys_and_values_know_their_places) {
  const auto document = parse_toml("[a.b]\nkey = [ 'é', 12 ]\n");

  ASSERT_TRUE(document.ok());
  const TomlValue* table = document.value().find("a")->find("b");
  ASSERT_NE(table, nullptr);
  const TomlEntry& entry = table->entries.at(0);
  EXPECT_EQ(entry.span, (SourceSpan{2, 1, 2, 4}));
  EXPECT_EQ(entry.value.items.at(0).span, (SourceSpan{2, 9, 2, 12}));
  EXPECT_EQ(entry.value.items.at(1).span, (SourceSpan{2, 14, 2, 16}));
}

TEST(TomlDocument, entries_are_in_the_order_of_the_file) {
  const auto document = parse_toml("z = 1\na = 2\nm = 3\n");

  ASSERT_TRUE(document.ok());
  std::string order;
  for (const TomlEntry& entry : document.value().entries) {
    order += entry.key;
  }
  EXPECT_EQ(order, "zam");
}

TEST(TomlDocument, what_is_not_toml_fails_with_its_place) {
  const auto document = parse_toml("a = 1\nb = ]\n");

  ASSERT_FALSE(document.ok());
  EXPECT_EQ(document.error().span.line, 2U);
  EXPECT_EQ(document.error().span.column, 5U);
}

TEST(TomlDocument, a_key_of_very_many_parts_is_refused_instead_of_exhausting_the_stack) {
  std::string deep;
  for (int i = 0; i < 100000; ++i) {
    deep += "a . ";
  }

  const auto document = parse_toml("x = 1\n" + deep + "a = 1\n");

  ASSERT_FALSE(document.ok());
  EXPECT_EQ(document.error().span.line, 2U);
}

TEST(TomlDocument, values_nested_without_end_are_refused) {
  EXPECT_FALSE(parse_toml("a = " + std::string(200000, '[')).ok());
}

TEST(TomlDocument, rows_of_dots_in_texts_are_no_keys) {
  EXPECT_TRUE(parse_toml("a = \"" + std::string(500, '.') + "\"\n").ok());
}

TEST(TomlDocument, a_key_outside_of_ascii_needs_quotes) {
  const auto document = parse_toml("\"größe\" = 'é' # é\n\tgröße = 1\n");

  ASSERT_FALSE(document.ok());
  EXPECT_EQ(document.error().span.line, 2U);
  EXPECT_EQ(document.error().span.column, 4U);
}

TEST(TomlDocument, a_quote_in_the_middle_of_a_word_fails) {
  EXPECT_FALSE(parse_toml("a = 3.13\"é\"\n").ok());
  EXPECT_FALSE(parse_toml("a = \"b\"\"é\"\n").ok());
}

TEST(TomlDocument, characters_outside_of_ascii_stand_in_every_kind_of_text) {
  const auto document = parse_toml(
      "a = \"\\\"é\"\nb = 'é\\'\nc = \"\"\"\né\\\"\"\"é\"\"\"\"\nd = '''\né\n'''\n'é'.\"é\" = 1\n");

  EXPECT_TRUE(document.ok()) << document.error().said;
}

TEST(TomlDocument, a_header_that_begins_with_no_key_fails) {
  for (const std::string_view text : {"[/x]\n", "[[/x]]\n", "[.x]\n", "[=]\n", "[a./]\n"}) {
    EXPECT_FALSE(parse_toml(text).ok()) << text;
  }
}

TEST(TomlDocument, bytes_that_are_not_utf8_fail) {
  EXPECT_FALSE(parse_toml("a = \"\xFF\"\n").ok());
}

}  // namespace
}  // namespace extproof::parsers
