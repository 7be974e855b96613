// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/suggested_command.hpp"

#include <gtest/gtest.h>

namespace extproof::cli {
namespace {

const std::vector<std::string> k_lanes = {"asan", "release", "ubsan"};

std::string suggested(std::vector<std::string> words) {
  words.insert(words.begin(), "/usr/bin/extproof");
  return suggest_run(words, k_lanes, [](const std::string& word) { return word == "asn"; });
}

struct Row {
  std::vector<std::string> words;
  std::string_view command;
};

const std::vector<Row> k_rows = {
    {{"run", "tests/x.py"}, "extproof run -- tests/x.py"},
    {{"run", "asan", "tests/x.py"}, "extproof run asan -- tests/x.py"},
    {{"run", "-k", "expr"}, "extproof run -- -k expr"},
    {{"run", "-k", "asan", "ubsan"}, "extproof run ubsan -- -k asan"},
    {{"run", "-x", "asan"}, "extproof run asan -- -x"},
    {{"run", "-x", "ubsna"}, "extproof run -- -x ubsna"},
    {{"run", "ubsna", "-x"}, "extproof run ubsna -- -x"},
    {{"run", "asn", "-x"}, "extproof run -- asn -x"},
    {{"run", "--maxfail=1", "--json", "asan"}, "extproof run --json asan -- --maxfail=1"},
    {{"run", "-k", "a or b"}, "extproof run -- -k 'a or b'"},
    {{"asan", "run"}, "extproof run asan"},
    {{"--project", "asan", "asan", "run", "ubsan"}, "extproof run --project asan asan ubsan"},
    {{"run", "-j3", "-qv", "-j", "2", "-vx"}, "extproof run -j3 -qv -j 2 -- -vx"},
    {{"run", "--jsn", "-x"}, "extproof run --jsn -- -x"},
    {{"run", "t.py::test", "--", "-x", "asan"}, "extproof run -- t.py::test -x asan"},
    {{"run", "tests", "run"}, "extproof run -- tests run"},
    {{"run", "-k"}, "extproof run -- -k"},
    {{}, "extproof run"},
};

TEST(SuggestedCommand, keeps_options_and_lanes_and_hands_the_rest_to_pytest) {
  for (const Row& row : k_rows) {
    EXPECT_EQ(suggested(row.words), row.command);
  }
}

TEST(SuggestedCommand, tests_are_known_by_their_form) {
  for (const char* word : {"tests/x", "x.py", "x.py::test", "Class::test", "./x"}) {
    EXPECT_TRUE(looks_like_tests(word)) << word;
  }
  for (const char* word : {"asan", "tsan-gil", "ubsna", "tests", ""}) {
    EXPECT_FALSE(looks_like_tests(word)) << word;
  }
}

TEST(SuggestedCommand, only_long_options_are_taken_for_misspelt) {
  EXPECT_TRUE(is_misspelt_option("--jsn", "run"));
  EXPECT_TRUE(is_misspelt_option("--formt", "run"));
  EXPECT_FALSE(is_misspelt_option("-k", "run")) << "one letter from -j";
  EXPECT_FALSE(is_misspelt_option("--maxfail", "run"));
}

}  // namespace
}  // namespace extproof::cli
