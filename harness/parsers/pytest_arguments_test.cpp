// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/pytest_arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace extproof::parsers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PytestArguments, that_name_tests_are_known_by_their_form) {
  EXPECT_THAT(words_that_name_tests({"-x", "tests/test_a.py", "t.py", "a::b", "-k", "a/b"}),
              ElementsAre(1, 2, 3));
  EXPECT_THAT(words_that_name_tests({"--tb", "short", "-m", "not leaks", "--ignore", "tests/slow"}),
              IsEmpty());
  EXPECT_THAT(words_that_name_tests({"-k"}), IsEmpty());
  EXPECT_THAT(words_that_name_tests({"tests", "-xvs", "more", "-n4", "third"}),
              ElementsAre(0, 2, 4));
  EXPECT_THAT(words_that_name_tests({"--mode", "fast", "--tb=no", "tests", "--mode", "a/b"}),
              ElementsAre(3, 5));
}

TEST(PytestArguments, that_are_ids_of_tests_are_never_options) {
  EXPECT_EQ(word_for_test("tests/test_a.py::test_b[-x]"), "tests/test_a.py::test_b[-x]");
  EXPECT_EQ(word_for_test("-p evil.py::a"), "./-p evil.py::a");
  EXPECT_EQ(word_for_test("@words.py::a"), "./@words.py::a");
}

TEST(PytestArguments, that_choose_or_shape_tests_defeat_nothing) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"-m", "not leaks"},
                                                {"-k", "--collect-only"},
                                                {"-x", "-q"},
                                                {"-n", "4"},
                                                {"-p", "no:cacheprovider"},
                                                {"--run-slow"},
                                                {"-k", "--pdb"},
                                                {}}) {
    EXPECT_FALSE(defeating_word(words)) << ::testing::PrintToString(words);
  }
}

TEST(PytestArguments, that_run_nothing_or_wait_or_move_the_root_defeat_a_lane) {
  for (const char* word : {"--collect-only", "--co", "--setup-plan", "--fixtures", "--version",
                           "--pdb", "--trace", "--rootdir=/x", "--rootdir", "--forked"}) {
    const auto found = defeating_word({"-m", "not leaks", word});
    ASSERT_TRUE(found) << word;
    EXPECT_EQ(found->at, 2U) << word;
    EXPECT_FALSE(found->why.empty()) << word;
  }
}

}  // namespace
}  // namespace extproof::parsers
