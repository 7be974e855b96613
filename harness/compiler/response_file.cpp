// SPDX-License-Identifier: Apache-2.0
#include "harness/compiler/response_file.hpp"

#include <cstddef>
#include <utility>

namespace extproof::compiler {
namespace {

// The limit at which gcc's own reader gives up.
constexpr int k_most_files = 2000;

bool is_space(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\v' ||
         byte == '\f';
}

void expand_into(std::vector<std::string>& result, const std::vector<std::string>& args,
                 const ReadText& read, int& files_left) {
  for (const std::string& arg : args) {
    if (arg.size() > 1 && arg.front() == '@' && files_left > 0) {
      if (const std::optional<std::string> text = read(arg.substr(1))) {
        --files_left;
        expand_into(result, parse_response_text(*text), read, files_left);
        continue;
      }
    }
    result.push_back(arg);
  }
}

}  // namespace

std::vector<std::string> parse_response_text(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char byte = text[at];
    if (byte == '\\' && at + 1 < text.size()) {
      word += text[++at];
      in_word = true;
    } else if (quote != '\0') {
      if (byte == quote) {
        quote = '\0';
      } else {
        word += byte;
      }
    } else if (byte == '"' || byte == '\'') {
      quote = byte;
      in_word = true;
    } else if (is_space(byte)) {
      if (in_word) {
        words.push_back(std::exchange(word, {}));
        in_word = false;
      }
    } else {
      word += byte;
      in_word = true;
    }
  }
  if (in_word) {
    words.push_back(std::move(word));
  }
  return words;
}

std::string render_response_text(const std::vector<std::string>& args) {
  std::string text;
  for (const std::string& arg : args) {
    if (arg.empty()) {
      text += "\"\"";
    }
    for (const char byte : arg) {
      if (is_space(byte) || byte == '\\' || byte == '"' || byte == '\'') {
        text += '\\';
      }
      text += byte;
    }
    text += '\n';
  }
  return text;
}

std::vector<std::string> expand_response_files(const std::vector<std::string>& args,
                                               const ReadText& read) {
  std::vector<std::string> result;
  result.reserve(args.size());
  int files_left = k_most_files;
  expand_into(result, args, read, files_left);
  return result;
}

}  // namespace extproof::compiler
