// SPDX-License-Identifier: Apache-2.0
#include "harness/report/text_layout.hpp"

#include <algorithm>

#include "harness/base/text.hpp"

namespace extproof::report {
namespace {

// Stands for a space at which no line may end. Escaped text has no control characters of its own.
constexpr char k_fixed_space = '\x1f';

// Empty words stand for further spaces; they are dropped where a line ends.
std::string filled(std::string_view first, std::string_view rest,
                   const std::vector<std::string>& words, std::string_view at_break,
                   const ConsoleStyle& style) {
  const auto columns = static_cast<std::size_t>(std::max(style.columns, 0));
  std::string text;
  std::string line(first);
  std::string gap;
  for (const std::string& word : words) {
    if (word.empty()) {
      gap += ' ';
      continue;
    }
    const std::size_t width = display_width(line) + gap.size() + display_width(word) +
                              (&word == &words.back() ? 0 : at_break.size());
    const bool begun = !gap.empty();
    if (begun && columns != 0 && width > columns) {
      text += line;
      text += at_break;
      text += '\n';
      line = rest;
      gap.clear();
    }
    line += gap + word;
    gap = " ";
  }
  text += line + "\n";
  std::replace(text.begin(), text.end(), k_fixed_space, ' ');
  return text;
}

}  // namespace

std::string painted(std::string_view text, Ink ink, const ConsoleStyle& style) {
  const char* code = "";
  switch (ink) {
    case Ink::plain:
      return std::string(text);
    case Ink::strong:
      code = "1";
      break;
    case Ink::red:
      code = "1;31";
      break;
    case Ink::green:
      code = "32";
      break;
    case Ink::yellow:
      code = "33";
      break;
  }
  if (!style.color) {
    return std::string(text);
  }
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string left_aligned(std::string_view text, std::size_t width) {
  std::string line(text);
  line.append(width - std::min(width, display_width(text)), ' ');
  return line;
}

std::string right_aligned(std::string_view text, std::size_t width) {
  std::string line(width - std::min(width, display_width(text)), ' ');
  line += text;
  return line;
}

std::string wrapped(std::string_view first, std::string_view rest, std::string_view text,
                    const ConsoleStyle& style) {
  std::vector<std::string> words;
  for (const std::string_view word : base::split(text, ' ')) {
    words.emplace_back(word);
  }
  return filled(first, rest, words, "", style);
}

std::string wrapped_command(std::string_view first, std::string_view rest,
                            const std::vector<std::string>& argv, const ConsoleStyle& style) {
  std::vector<std::string> words;
  for (const std::string& word : argv) {
    words.push_back(base::escape_line(base::render_command({word})));
  }
  return filled(first, rest, words, " \\", style);
}

std::string unbroken(std::string_view text) {
  std::string escaped = base::escape_line(text);
  std::replace(escaped.begin(), escaped.end(), ' ', k_fixed_space);
  return escaped;
}

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string some_of(const std::vector<std::string>& names, std::size_t shown) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < shown; ++i) {
    text += (i == 0 ? "" : ", ") + unbroken(names[i]);
  }
  if (names.size() > shown) {
    text += " and " + std::to_string(names.size() - shown) + " more";
  }
  return text;
}

}  // namespace extproof::report
