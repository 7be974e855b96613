// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/again.hpp"

#include <algorithm>

#include "harness/parsers/pytest_arguments.hpp"

namespace extproof::engines {

std::vector<std::string> again_command(const facts::Configuration& configuration,
                                       const std::string& test) {
  std::vector<std::string> words = {"extproof", "run", configuration.lane, "--"};
  const std::vector<std::string>& given = configuration.pytest_arguments;
  const std::vector<std::size_t> tests = parsers::words_that_name_tests(given);
  for (std::size_t at = 0; at < given.size(); ++at) {
    if (test.empty() || !std::binary_search(tests.begin(), tests.end(), at)) {
      words.push_back(given[at]);
    }
  }
  if (!test.empty()) {
    words.push_back(parsers::word_for_test(test));
  }
  if (words.back() == "--") {
    words.pop_back();
  }
  return words;
}

}  // namespace extproof::engines
