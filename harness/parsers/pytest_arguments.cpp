// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/pytest_arguments.hpp"

#include <algorithm>
#include <array>

namespace extproof::parsers {
namespace {

constexpr std::array<std::string_view, 19> k_with_value = {
    "-k",           "-m",         "-n",          "-p",         "-c",           "-o",
    "-W",           "-r",         "--deselect",  "--ignore",   "--tb",         "--maxfail",
    "--rootdir",    "--junitxml", "--durations", "--basetemp", "--confcutdir", "--override-ini",
    "--import-mode"};

struct Defeat {
  std::string_view option;
  const char* why;
};
constexpr const char* k_runs_nothing = "it runs no test";
constexpr const char* k_waits = "it waits for a person at a prompt, and there is none";
constexpr std::array<Defeat, 23> k_defeats = {
    Defeat{"--collect-only", k_runs_nothing},
    Defeat{"--collectonly", k_runs_nothing},
    Defeat{"--co", k_runs_nothing},
    Defeat{"--setup-only", k_runs_nothing},
    Defeat{"--setuponly", k_runs_nothing},
    Defeat{"--setup-plan", k_runs_nothing},
    Defeat{"--setupplan", k_runs_nothing},
    Defeat{"--fixtures", k_runs_nothing},
    Defeat{"--funcargs", k_runs_nothing},
    Defeat{"--fixtures-per-test", k_runs_nothing},
    Defeat{"--markers", k_runs_nothing},
    Defeat{"--cache-show", k_runs_nothing},
    Defeat{"--help", k_runs_nothing},
    Defeat{"-h", k_runs_nothing},
    Defeat{"--version", k_runs_nothing},
    Defeat{"-V", k_runs_nothing},
    Defeat{"--pdb", k_waits},
    Defeat{"--trace", k_waits},
    Defeat{"--rootdir", "ids of tests count from the root that extproof sets"},
    Defeat{"--forked", "reports of forked children would have no test"},
    Defeat{"--boxed", "reports of forked children would have no test"},
    Defeat{"-f", k_waits},
    Defeat{"--looponfail", k_waits}};

constexpr std::array<std::string_view, 9> k_flags = {"--exitfirst", "--verbose",    "--quiet",
                                                     "--lf",        "--ff",         "--last-failed",
                                                     "--nf",        "--showlocals", "--no-header"};

// Whether a word that begins with "-" surely leaves the next one alone: "-xvs", "--tb=no", "-n4".
bool stands_alone(std::string_view option) {
  if (option.find('=') != std::string_view::npos) {
    return true;
  }
  if (option.starts_with("--")) {
    return std::find(k_flags.begin(), k_flags.end(), option) != k_flags.end();
  }
  return option.find_first_not_of("xvqsl", 1) == std::string_view::npos ||
         (option.size() > 2 && takes_next_word(option.substr(0, 2)));
}

bool looks_like_tests(std::string_view word) {
  return word.find("::") != std::string_view::npos || word.find('/') != std::string_view::npos ||
         word.ends_with(".py");
}

}  // namespace

bool takes_next_word(std::string_view option) {
  return std::find(k_with_value.begin(), k_with_value.end(), option) != k_with_value.end();
}

std::vector<std::size_t> words_that_name_tests(const std::vector<std::string>& words) {
  std::vector<std::size_t> places;
  bool may_be_value = false;  // of an option that nobody knows here
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string_view word = words[at];
    if (word.starts_with("-")) {
      at += takes_next_word(word) ? 1U : 0U;
      may_be_value = !takes_next_word(word) && !stands_alone(word);
    } else {
      if (!may_be_value || looks_like_tests(word)) {
        places.push_back(at);
      }
      may_be_value = false;
    }
  }
  return places;
}

std::string word_for_test(const std::string& id) {
  return id.starts_with('-') || id.starts_with('@') ? "./" + id : id;
}

std::optional<DefeatingWord> defeating_word(const std::vector<std::string>& words) {
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string_view word = words[at];
    const std::string_view name = word.substr(0, word.find('='));
    for (const Defeat& defeat : k_defeats) {
      if (name == defeat.option) {
        return DefeatingWord{at, defeat.why};
      }
    }
    if (takes_next_word(word)) {
      ++at;
    }
  }
  return std::nullopt;
}

}  // namespace extproof::parsers
