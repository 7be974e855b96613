// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/frames.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <utility>

#include "harness/parsers/scan.hpp"

namespace extproof::parsers {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The number after the last colon of `text`, which is taken off with it.
std::optional<int> take_last_number(std::string_view& text) {
  std::size_t begin = text.size();
  while (begin > 0 && is_digit(text[begin - 1]))
    --begin;
  if (begin == text.size() || begin == 0 || text[begin - 1] != ':')
    return std::nullopt;
  std::string_view digits = text.substr(begin);
  const auto number = take_number(digits);
  if (!number || *number > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) {
    return std::nullopt;
  }
  text = text.substr(0, begin - 1);
  return static_cast<int>(*number);
}

// "(MODULE+0xOFFSET)" at the end of `text`, taken off; the space before it as well.
bool take_module(std::string_view& text, facts::Frame& frame) {
  if (!text.ends_with(')'))
    return false;
  // A path may hold spaces and parentheses, but " (/" begins one.
  std::size_t open = text.rfind(" (/");
  if (open == std::string_view::npos && text.starts_with("(/"))
    open = 0;
  if (open == std::string_view::npos) {
    open = text.rfind(" (");
    if (open == std::string_view::npos && text.starts_with('('))
      open = 0;
  }
  if (open == std::string_view::npos)
    return false;
  std::string_view inside = text.substr(open, text.size() - open - 1);
  take(inside, " ");
  take(inside, "(");
  if (inside != "<unknown module>") {
    const std::size_t plus = inside.rfind("+0x");
    if (plus == std::string_view::npos)
      return false;
    std::string_view digits = inside.substr(plus + 3);
    const auto offset = take_number(digits, 16);
    // A module loaded with hardware tags has its architecture behind a colon: "(mod:x86_64+0x1)".
    if (!offset || !digits.empty())
      return false;
    frame.module = inside.substr(0, plus);
    frame.offset = *offset;
  }
  text = text.substr(0, open);
  return true;
}

void drop_build_id(std::string_view& text) {
  const std::size_t open = text.rfind(" (BuildId: ");
  if (open == std::string_view::npos || !text.ends_with(')'))
    return;
  const std::string_view digits = text.substr(open + 11, text.size() - open - 12);
  const bool is_hex = std::all_of(digits.begin(), digits.end(), [](char c) {
    return std::isxdigit(static_cast<unsigned char>(c)) != 0;
  });
  if (is_hex)
    text = text.substr(0, open);
}

// Where a function with its parameters ends, when `text` may go on after it with a file: behind
// the last "(...)" of which the rest can only be qualifiers, notes of the compiler and the file.
// 0 when there are no parameters.
std::size_t end_of_parameters(std::string_view text) {
  std::size_t end = 0;
  std::size_t open = 0;
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '(' || c == '{' || c == '[') {
      if (depth++ == 0)
        open = at;
    } else if (c == ')' || c == '}' || c == ']') {
      if (depth == 0)
        continue;
      if (--depth > 0 || c != ')' || text[open] != '(')
        continue;
      // "(anonymous namespace)::f" and "a (1).c" have none before; "f(int)::g" goes on.
      const bool follows_name = open > 0 && text[open - 1] != ' ' && text[open - 1] != '/';
      const bool ends_here = at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '&';
      if (follows_name && ends_here)
        end = at + 1;
    }
  }
  return end;
}

// Behind the parameters: " const", " &&", " [clone .part.0]", " (.cold)".
std::size_t end_of_qualifiers(std::string_view text, std::size_t begin) {
  std::string_view rest = text.substr(begin);
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view word :
         {" const", " volatile", " noexcept", " &&", " &", "&&", "&"}) {
      if (!rest.starts_with(word))
        continue;
      if (rest.size() > word.size() && rest[word.size()] != ' ' && rest[word.size()] != '&')
        continue;
      rest.remove_prefix(word.size());
      found = true;
    }
    for (const auto& [open, close] : {std::pair{" [clone ", ']'}, {" [abi:", ']'}, {" (.", ')'}}) {
      const std::size_t end = rest.starts_with(open) ? rest.find(close) : std::string_view::npos;
      if (end == std::string_view::npos)
        continue;
      rest.remove_prefix(end + 1);
      found = true;
    }
  }
  return text.size() - rest.size();
}

// The first `piece`, a space and what follows it, that is in no bracket; npos without one.
std::size_t find_outer(std::string_view text, std::string_view piece) {
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '(' || c == '<' || c == '{')
      ++depth;
    if ((c == ')' || c == '>' || c == '}') && depth > 0)
      --depth;
    if (c == ' ' && depth == 0 && text.substr(at).starts_with(piece))
      return at;
  }
  return std::string_view::npos;
}

// Where the space between the function and the file stands; npos when there is no file.
std::size_t find_split(std::string_view text) {
  // A template argument can name a path: "f<(lambda at /a.cpp:1:2)>()". "operator<" opens nothing.
  for (const std::size_t absolute : {find_outer(text, " /"), text.find(" /")}) {
    if (absolute != std::string_view::npos)
      return absolute;
  }
  const std::size_t parameters = end_of_parameters(text);
  if (parameters == 0)
    return find_outer(text, " ");
  const std::size_t end = end_of_qualifiers(text, parameters);
  return end < text.size() ? end : std::string_view::npos;
}

std::string_view without_placeholder(std::string_view text) {
  return text == "<null>" || text == "??" || text == "??:?" ? std::string_view() : text;
}

void read_function_and_place(std::string_view text, facts::Frame& frame) {
  const std::size_t split = find_split(text);
  frame.function = without_placeholder(text.substr(0, split));
  if (split == std::string_view::npos)
    return;
  std::string_view rest = text.substr(split + 1);
  take_blanks(rest);
  const SourcePlace place = parse_source_place(rest);
  frame.file = without_placeholder(place.file);
  frame.line = place.line;
  frame.column = place.column;
}

}  // namespace

SourcePlace parse_source_place(std::string_view text) {
  SourcePlace place;
  const std::optional<int> last = take_last_number(text);
  const std::optional<int> before = last ? take_last_number(text) : std::nullopt;
  place.file = text;
  place.line = before.value_or(last.value_or(0));
  place.column = before ? *last : 0;
  return place;
}

std::optional<facts::Frame> parse_frame(std::string_view line) {
  take_blanks(line);
  if (!take(line, "#") || !take_number(line))
    return std::nullopt;
  if (!line.empty() && line.front() != ' ')
    return std::nullopt;
  take_blanks(line);
  facts::Frame frame;
  const bool has_address = take(line, "0x");
  if (has_address) {
    take_number(line, 16);
    take_blanks(line);
  }
  while (line.ends_with(' '))
    line.remove_suffix(1);
  drop_build_id(line);
  take_module(line, frame);
  while (line.ends_with(' '))
    line.remove_suffix(1);
  // ThreadSanitizer prints neither the address nor "in".
  if (take(line, "in ") || !has_address)
    read_function_and_place(line, frame);
  return frame;
}

std::vector<facts::Frame> take_frames(LineCursor& at) {
  std::vector<facts::Frame> frames;
  for (; !at.at_end(); at.advance()) {
    std::optional<facts::Frame> frame = parse_frame(at.line());
    if (!frame)
      break;
    frames.push_back(std::move(*frame));
  }
  return frames;
}

}  // namespace extproof::parsers
