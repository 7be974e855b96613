// SPDX-License-Identifier: Apache-2.0
//
// Lines for a terminal: widths, wrapping, colours. Level: report. Pure. Texts given here are
// already escaped, by base::escape_line() or unbroken(), unless said otherwise.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace extproof::report {

struct ConsoleStyle {
  bool color = false;  // colours only repeat what the words say
  int columns = 80;    // 0: lines are never wrapped
  bool verbose = false;
};

enum class Ink { plain, strong, red, green, yellow };

// `text` in that ink when the style has colours, else as it is.
std::string painted(std::string_view text, Ink ink, const ConsoleStyle& style);

// Columns of a UTF-8 text, one per code point.
std::size_t display_width(std::string_view text);

// Filled with spaces up to `width`; longer texts stay whole.
std::string left_aligned(std::string_view text, std::size_t width);
std::string right_aligned(std::string_view text, std::size_t width);

// `text`, which comes from outside, escaped for wrapped(), which does not break it: a path or a
// test id stays whole although it may hold spaces. For nothing but wrapped().
std::string unbroken(std::string_view text);

// `text` as lines, each ended by "\n", that begin with `first` and then with `rest`. Broken at
// spaces only, so a path stays whole however long it is.
std::string wrapped(std::string_view first, std::string_view rest, std::string_view text,
                    const ConsoleStyle& style);

// The same for an argv: broken between words, with a backslash, so that it can be pasted into a
// shell. Escapes its words.
std::string wrapped_command(std::string_view first, std::string_view rest,
                            const std::vector<std::string>& argv, const ConsoleStyle& style);

// "1 test", "2 tests".
std::string counted(std::size_t count, std::string_view noun);

// The first `shown` of `names`, each made unbroken(), and how many more there are.
std::string some_of(const std::vector<std::string>& names, std::size_t shown);

}  // namespace extproof::report
