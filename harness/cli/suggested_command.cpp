// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/suggested_command.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/cli/option_table.hpp"
#include "harness/parsers/pytest_arguments.hpp"

namespace extproof::cli {
namespace {

const CommandRow* command_named(std::string_view name) {
  for (const CommandRow& row : command_table()) {
    if (row.name == name) {
      return &row;
    }
  }
  return nullptr;
}

const OptionRow* option_named(std::string_view name, const CommandRow& command) {
  for (const auto* rows : {&command.options, &common_options()}) {
    for (const OptionRow& row : *rows) {
      const auto names = base::split(row.names, ',');
      if (std::find(names.begin(), names.end(), name) != names.end()) {
        return &row;
      }
    }
  }
  return nullptr;
}

enum class Whose { own, own_with_next, pytest };

// "-q", "-qv", "-j3", "-j": the letters up to one with a value have to be ours.
Whose owner_of_letters(std::string_view word, const CommandRow& command) {
  for (std::size_t at = 1; at < word.size(); ++at) {
    const OptionRow* row = option_named("-" + std::string(1, word[at]), command);
    if (row == nullptr) {
      return Whose::pytest;
    }
    if (!row->value.empty()) {
      return at + 1 == word.size() ? Whose::own_with_next : Whose::own;
    }
  }
  return Whose::own;
}

Whose owner_of_option(std::string_view word, const CommandRow& command) {
  if (!word.starts_with("--")) {
    return owner_of_letters(word, command);
  }
  const std::string_view name = word.substr(0, word.find('='));
  if (const OptionRow* row = option_named(name, command)) {
    return row->value.empty() || name.size() < word.size() ? Whose::own : Whose::own_with_next;
  }
  // A misspelt one stays where it is: the next message is about it.
  return is_misspelt_option(name, command.name) ? Whose::own : Whose::pytest;
}

bool has(const auto& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool looks_like_tests(std::string_view word) {
  return word.find('/') != std::string_view::npos || word.find("::") != std::string_view::npos ||
         word.ends_with(".py");
}

bool is_misspelt_option(std::string_view name, std::string_view command) {
  std::vector<std::string> known;
  const auto add = [&](const std::vector<OptionRow>& rows) {
    for (const OptionRow& row : rows) {
      known.emplace_back(base::split(row.names, ',').back());
    }
  };
  add(common_options());
  if (const CommandRow* row = command_named(command)) {
    add(row->options);
  }
  return name.starts_with("--") && base::closest(name, known).has_value();
}

std::string suggest_run(const std::vector<std::string>& argv, const std::vector<std::string>& lanes,
                        const std::function<bool(const std::string&)>& is_path) {
  const auto divide = std::find(argv.begin(), argv.end(), "--");
  const CommandRow& command = *command_named("run");
  std::vector<std::string> own;
  std::vector<std::string> named;
  std::vector<std::string> for_pytest;
  bool saw_command = false;
  bool may_be_value = false;  // the word before was an option of pytest
  for (auto at = argv.begin() + (argv.empty() ? 0 : 1); at < divide; ++at) {
    const std::string& word = *at;
    const bool follows_option = may_be_value;
    may_be_value = false;
    if (word.size() > 1 && word[0] == '-') {
      const Whose whose = owner_of_option(word, command);
      (whose == Whose::pytest ? for_pytest : own).push_back(word);
      // "-k asan" names no lane.
      const bool takes_next = whose == Whose::own_with_next || parsers::takes_next_word(word);
      if (takes_next && at + 1 < divide) {
        (whose == Whose::pytest ? for_pytest : own).push_back(*++at);
      }
      may_be_value = whose == Whose::pytest && !takes_next && word.find('=') == std::string::npos;
    } else if (!saw_command && word == command.name) {
      saw_command = true;
    } else if (has(lanes, word)) {
      named.push_back(word);
    } else if (follows_option || looks_like_tests(word) || is_path(word) ||
               !base::closest(word, lanes)) {
      for_pytest.push_back(word);
    } else {
      named.push_back(word);
    }
  }
  if (divide != argv.end()) {
    for_pytest.insert(for_pytest.end(), divide + 1, argv.end());
  }
  std::vector<std::string> words = {"extproof", std::string(command.name)};
  words.insert(words.end(), own.begin(), own.end());
  words.insert(words.end(), named.begin(), named.end());
  if (!for_pytest.empty()) {
    words.emplace_back("--");
    words.insert(words.end(), for_pytest.begin(), for_pytest.end());
  }
  return base::render_command(words);
}

}  // namespace extproof::cli
