// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/accepted_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::parsers {
namespace {

using facts::Accepted;
using ::testing::HasSubstr;

const std::string k_print = "0123456789abcdef0123456789abcdef";
const std::string k_least = "[[accepted]]\nfingerprint = \"" + k_print + "\"\nreason = \"known\"\n";

std::string refusals_of(const std::string& text) {
  const auto parsed = parse_accepted(text, "extproof-accepted.toml");
  std::string all;
  if (!parsed) {
    for (const facts::Refusal& refusal : parsed.error()) {
      all += facts::render_refusal(refusal);
    }
  }
  return all;
}

TEST(AcceptedFile, an_empty_file_accepts_nothing) {
  EXPECT_TRUE(parse_accepted("", "x").value().empty());
  EXPECT_TRUE(parse_accepted("# nothing yet\n", "x").value().empty());
}

TEST(AcceptedFile, an_entry_has_all_its_parts) {
  const auto parsed = parse_accepted(k_least +
                                         "kind = \"crash\"\ntitle = \"t\"\nfile = \"a.c\"\nline = "
                                         "1\nfunction = \"f\"\nlanes = [\"asan\", \"ubsan\"]\n" +
                                         "issue = \"https://example.org/1\"\nuntil = 2027-01-31\n",
                                     "x");

  ASSERT_TRUE(parsed);
  const Accepted wanted{.fingerprint = k_print,
                        .kind = facts::FindingKind::crash,
                        .title = "t",
                        .location = {"a.c", 1, "f"},
                        .lanes = {"asan", "ubsan"},
                        .acceptance = {"known", "https://example.org/1", "2027-01-31"}};
  EXPECT_EQ(parsed.value(), std::vector<Accepted>{wanted});
}

TEST(AcceptedFile, a_day_may_also_stand_in_quotes) {
  EXPECT_EQ(parse_accepted(k_least + "until = \"2027-01-31\"\n", "x").value()[0].acceptance.until,
            "2027-01-31");
}

struct WrongRow {
  std::string_view name;
  std::string text;
  std::string_view said;
};

class WrongAccepted : public ::testing::TestWithParam<WrongRow> {};

TEST_P(WrongAccepted, is_refused_with_its_place) {
  EXPECT_THAT(refusals_of(GetParam().text), HasSubstr(std::string(GetParam().said)));
  EXPECT_THAT(refusals_of(GetParam().text), HasSubstr("extproof-accepted.toml:"));
}

INSTANTIATE_TEST_SUITE_P(
    rows, WrongAccepted,
    ::testing::Values(
        WrongRow{"no_fingerprint", "[[accepted]]\nreason = \"r\"\n", "has no fingerprint"},
        WrongRow{"no_reason", "[[accepted]]\nfingerprint = \"" + k_print + "\"\n", "has no reason"},
        WrongRow{"an_empty_reason",
                 "[[accepted]]\nfingerprint = \"" + k_print + "\"\nreason = \" \"\n",
                 "without a reason"},
        WrongRow{"a_fingerprint_that_was_cut_off",
                 "[[accepted]]\nfingerprint = \"0123\"\nreason = \"r\"\n",
                 "\"0123\" is no fingerprint"},
        WrongRow{"a_day_that_is_none", k_least + "until = \"2027-02-30\"\n", "is no day"},
        WrongRow{"a_moment_instead_of_a_day", k_least + "until = 2027-01-31T10:00:00Z\n",
                 "is no day"},
        WrongRow{"a_number_as_reason", k_least + "issue = 3\n", "\"issue\" is a number"},
        WrongRow{"an_unknown_key", k_least + "resaon = \"r\"\n", "did you mean \"reason\"?"},
        WrongRow{"a_table_instead_of_a_list", "[accepted]\nreason = \"r\"\n", "write [[accepted]]"},
        WrongRow{"an_unknown_table", "[[acepted]]\nreason = \"r\"\n", "did you mean"},
        WrongRow{"a_line_that_is_none", k_least + "line = -1\n", "is no number of a line"},
        WrongRow{"a_lane_that_is_a_number", k_least + "lanes = [1]\n", "expected a name"},
        WrongRow{"text_that_is_not_toml", "[[accepted\n", "XP1304"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(AcceptedFile, all_that_is_wrong_is_told_at_once) {
  const std::string said =
      refusals_of("[[accepted]]\nreason = \"\"\n[[accepted]]\nfingerprint = \"no\"\n");

  EXPECT_THAT(said, HasSubstr("without a reason"));
  EXPECT_THAT(said, HasSubstr("\"no\" is no fingerprint"));
  EXPECT_THAT(said, HasSubstr("has no reason"));
}

TEST(AcceptedFile, what_is_written_is_read_back_whatever_it_holds) {
  for (const std::string& text :
       {std::string("plain"), std::string("a \"quote\" and \\ and \ttab"), std::string("]]\n[[x"),
        std::string("\x7f \x01 \x1b[31m"), std::string("\xc3\xa4 \xf0\x9f\x90\x8d"),
        std::string("'''\"\"\"")}) {
    const Accepted entry{.fingerprint = k_print,
                         .title = text,
                         .location = {text, 7, text},
                         .lanes = {text, "asan"},
                         .acceptance = {text, text, "2027-01-31"}};

    const auto back = parse_accepted(render_accepted(entry) + render_accepted(entry), "x");

    ASSERT_TRUE(back) << render_accepted(entry);
    EXPECT_EQ(back.value(), (std::vector<Accepted>{entry, entry}));
  }
}

TEST(AcceptedFile, bytes_that_are_no_text_are_replaced_when_they_are_written) {
  const Accepted entry{.fingerprint = k_print, .acceptance = {"caf\xe9", "", ""}};

  EXPECT_EQ(parse_accepted(render_accepted(entry), "x").value()[0].acceptance.reason,
            "caf\xef\xbf\xbd");
}

TEST(AcceptedFile, a_day_is_one_of_the_calendar) {
  EXPECT_TRUE(is_day("2028-02-29"));
  for (const char* const text : {"2027-02-29", "2027-13-01", "2027-1-31", "27-01-31", "",
                                 "2027-01-3x", "2027-01--1", "2027/01/31"}) {
    EXPECT_FALSE(is_day(text)) << text;
  }
}

}  // namespace
}  // namespace extproof::parsers
