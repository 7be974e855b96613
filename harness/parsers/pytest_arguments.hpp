// SPDX-License-Identifier: Apache-2.0
//
// What extproof has to know of words that are meant for pytest. Level: parsers. Pure. pytest itself
// reads them; plugins add options that nobody knows here.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace extproof::parsers {

// Whether this option of pytest takes the next word as its value: "-k" does, "-kfoo" and "--tb=no"
// have theirs.
bool takes_next_word(std::string_view option);

// The places of words that name tests: those that belong to no option. A bare word behind an option
// that nobody knows here may be its value; only a path, a file or a node id counts there.
std::vector<std::size_t> words_that_name_tests(const std::vector<std::string>& words);

// The test's id as a word that pytest reads as that: not as an option, not as a file of words.
std::string word_for_test(const std::string& id);

// A word with which a lane could not judge.
struct DefeatingWord {
  std::size_t at = 0;  // in the list
  std::string why;     // "it runs no test"
};

// The first word of these that would defeat every lane: one that runs no test, waits for a person,
// takes our part in pytest away or moves the root by which tests are named.
std::optional<DefeatingWord> defeating_word(const std::vector<std::string>& words);

}  // namespace extproof::parsers
