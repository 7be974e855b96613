// SPDX-License-Identifier: Apache-2.0
//
// Python source as logical lines of tokens: enough to see what it imports and calls, and whether
// something can be put behind it. Level: parsers. Pure; no name is looked up, nothing is run.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace extproof::parsers {

struct PythonToken {
  enum class Kind { name, number, string, sign };
  Kind kind = Kind::sign;
  std::string text;  // of a string: what stands between its quotes, escapes as they were written

  bool is(std::string_view sign_or_name) const {
    return kind != Kind::string && text == sign_or_name;
  }
};

// One statement, or the header of a compound one; what stands in brackets belongs to it.
struct PythonLine {
  std::size_t indent = 0;  // columns, a tab up to the next multiple of 8
  std::vector<PythonToken> tokens;

  // Whether it begins with these words.
  bool begins(std::string_view first) const { return !tokens.empty() && tokens.front().is(first); }
};

struct PythonText {
  std::vector<PythonLine> lines;
  // Whether a statement without indentation may follow: no bracket, string or line is open, no
  // header lacks its body, no decorator its function, no `try` its clause.
  bool complete = true;
};

// Ensures: any text gives lines; what is no Python gives some, with `complete` false where a string
// or a bracket never ends.
PythonText parse_python_lines(std::string_view text);

struct PythonImport {
  std::string module;     // its first part: "numpy" of numpy.linalg
  bool required = false;  // false: inside of `try`, or an argument of pytest.importorskip
};

// What the text imports, in its order, doubles included. Relative imports and those that only a
// type checker sees are left out.
std::vector<PythonImport> imports_of(const PythonText& text);

// The first argument of each call of a name that ends with `callee`, where it is a plain string:
// "pkg._core" of Extension("pkg._core", ...), also when it is written name="pkg._core".
std::vector<std::string> first_arguments_of(const PythonText& text, std::string_view callee);

}  // namespace extproof::parsers
