// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/cmake_project.hpp"

#include <algorithm>
#include <vector>

#include "harness/base/text.hpp"

namespace extproof::parsers {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// One word of a CMake file: an argument, a quoted one without its quotes, or a bracket.
struct Word {
  std::string_view text;
  bool quoted = false;

  bool is(std::string_view name) const {
    return !quoted && text.size() == name.size() &&
           std::equal(text.begin(), text.end(), name.begin(), [](char a, char b) {
             return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
  }
};

// The place behind the comment that begins at `at` with "#".
std::size_t end_of_comment(std::string_view text, std::size_t at) {
  if (text.substr(at, 3) == "#[[") {
    const std::size_t end = text.find("]]", at);
    return end == std::string_view::npos ? text.size() : end + 2;
  }
  const std::size_t end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end;
}

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (is_space(c)) {
      ++at;
    } else if (c == '#') {
      at = end_of_comment(text, at);
    } else if (c == '(' || c == ')') {
      words.push_back({text.substr(at++, 1)});
    } else if (c == '"') {
      std::size_t end = at + 1;
      while (end < text.size() && text[end] != '"') {
        end += text[end] == '\\' ? 2U : 1U;
      }
      end = std::min(end, text.size());
      words.push_back({text.substr(at + 1, end - at - 1), true});
      at = end + 1;
    } else {
      const std::size_t end = std::min(text.find_first_of(" \t\r\n()#\"", at), text.size());
      words.push_back({text.substr(at, end - at)});
      at = end;
    }
  }
  return words;
}

std::string plain(const Word& word) {
  return word.text.find_first_of("$\\@;") == std::string_view::npos ? std::string(word.text) : "";
}

}  // namespace

CMakeProject parse_cmake_project(std::string_view text) {
  const std::vector<Word> words = words_of(text);
  for (std::size_t at = 0; at + 2 < words.size(); ++at) {
    if (!words[at].is("project") || !words[at + 1].is("(")) {
      continue;
    }
    CMakeProject project{.name = plain(words[at + 2]), .version = ""};
    for (std::size_t i = at + 3; i + 1 < words.size() && !words[i].is(")"); ++i) {
      if (words[i].is("version")) {
        project.version = plain(words[i + 1]);
      }
    }
    return project;
  }
  return {};
}

}  // namespace extproof::parsers
