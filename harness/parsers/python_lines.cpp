// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/python_lines.hpp"

#include <algorithm>

namespace extproof::parsers {
namespace {

using Kind = PythonToken::Kind;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Beyond ASCII every byte counts as part of a name.
bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_string_prefix(std::string_view word) {
  return word.size() <= 2 && std::all_of(word.begin(), word.end(), [](char c) {
           return std::string_view("rRbBuUfFtT").find(c) != std::string_view::npos;
         });
}

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) {
      at_ = 3;
    }
  }

  PythonText read() {
    while (at_ < text_.size()) {
      if (line_.tokens.empty() && depth_ == 0 && !joined_) {
        read_indent();
      }
      read_one();
    }
    const bool is_open = depth_ != 0 || joined_ || open_string_;
    end_line();
    result_.complete = !is_open && ends_whole();
    return std::move(result_);
  }

 private:
  void read_indent() {
    line_.indent = 0;
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\f')) {
      line_.indent = text_[at_] == '\t'   ? (line_.indent / 8 + 1) * 8
                     : text_[at_] == '\f' ? 0
                                          : line_.indent + 1;
      ++at_;
    }
  }

  void read_one() {
    if (at_ >= text_.size()) {
      return;
    }
    const char c = text_[at_];
    if (c != ' ' && c != '\t') {
      joined_ = false;
    }
    if (c == '\n') {
      ++at_;
      if (depth_ == 0) {
        end_line();
      }
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
      ++at_;
    } else if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '\\') {
      // Up to its line end, which is passed over.
      const std::size_t end = at_ + (text_.substr(at_ + 1, 1) == "\r" ? 2 : 1);
      at_ = std::min(text_.substr(std::min(end, text_.size()), 1) == "\n" ? end + 1 : at_ + 1,
                     text_.size());
      joined_ = true;
    } else if (c == '"' || c == '\'') {
      read_string();
    } else if (begins_name(c)) {
      const std::size_t begin = at_;
      while (at_ < text_.size() && (begins_name(text_[at_]) || is_digit(text_[at_]))) {
        ++at_;
      }
      const std::string_view word = text_.substr(begin, at_ - begin);
      if (is_string_prefix(word) && at_ < text_.size() &&
          (text_[at_] == '"' || text_[at_] == '\'')) {
        read_string();
      } else {
        add(Kind::name, word);
      }
    } else if (is_digit(c)) {
      const std::size_t begin = at_;
      while (at_ < text_.size() &&
             (is_digit(text_[at_]) || begins_name(text_[at_]) || text_[at_] == '.')) {
        ++at_;
      }
      add(Kind::number, text_.substr(begin, at_ - begin));
    } else {
      read_sign(c);
    }
  }

  void read_sign(char c) {
    if (c == '(' || c == '[' || c == '{') {
      ++depth_;
    } else if ((c == ')' || c == ']' || c == '}') && depth_ > 0) {
      --depth_;
    } else if (c == ';' && depth_ == 0) {
      // Another statement of the same indentation.
      const std::size_t indent = line_.indent;
      ++at_;
      end_line();
      line_.indent = indent;
      joined_ = true;
      return;
    }
    add(Kind::sign, text_.substr(at_, 1));
    ++at_;
  }

  void read_string() {
    const char quote = text_[at_];
    const std::string three(3, quote);
    const bool is_long = text_.substr(at_, 3) == three;
    at_ += is_long ? 3 : 1;
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      if (text_[at_] == '\\') {
        at_ = std::min(at_ + 2, text_.size());
      } else if (is_long ? text_.substr(at_, 3) == three : text_[at_] == quote) {
        add(Kind::string, text_.substr(begin, at_ - begin));
        at_ += is_long ? 3 : 1;
        return;
      } else if (!is_long && text_[at_] == '\n') {
        break;
      } else {
        ++at_;
      }
    }
    open_string_ = true;
    add(Kind::string, text_.substr(begin, at_ - begin));
  }

  void add(Kind kind, std::string_view text) { line_.tokens.push_back({kind, std::string(text)}); }

  void end_line() {
    if (!line_.tokens.empty()) {
      result_.lines.push_back(std::move(line_));
    }
    line_ = {};
  }

  // Nothing that the last lines began waits for its end.
  bool ends_whole() const {
    if (result_.lines.empty()) {
      return true;
    }
    const PythonLine& last = result_.lines.back();
    if (last.tokens.back().is(":") || last.begins("@")) {
      return false;
    }
    std::vector<std::size_t> waiting;  // indents of `try` without a clause
    for (const PythonLine& line : result_.lines) {
      const bool is_clause = line.begins("except") || line.begins("finally");
      while (!waiting.empty() && line.indent <= waiting.back()) {
        if (line.indent < waiting.back() || !is_clause) {
          return false;
        }
        waiting.pop_back();
      }
      if (line.begins("try") && line.tokens.size() > 1 && line.tokens[1].is(":")) {
        waiting.push_back(line.indent);
      }
    }
    return waiting.empty();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool joined_ = false;  // the next line continues this one
  bool open_string_ = false;
  PythonLine line_;
  PythonText result_;
};

// Which blocks a line stands in, as far as they say something of its imports.
class Blocks {
 public:
  void enter(const PythonLine& line) {
    while (!blocks_.empty() && line.indent <= blocks_.back().indent) {
      blocks_.pop_back();
    }
    const bool is_try = line.begins("try") || line.begins("except");
    const bool is_typing =
        line.begins("if") && std::any_of(line.tokens.begin(), line.tokens.end(),
                                         [](const auto& t) { return t.is("TYPE_CHECKING"); });
    const bool is_negated = line.tokens.size() > 1 && line.tokens[1].is("not");
    if (is_try || (is_typing && !is_negated)) {
      blocks_.push_back({line.indent, is_typing});
    }
  }
  bool never_run() const {
    return std::any_of(blocks_.begin(), blocks_.end(), [](const Block& b) { return b.is_typing; });
  }
  bool may_fail() const { return !blocks_.empty(); }

 private:
  struct Block {
    std::size_t indent;
    bool is_typing;
  };
  std::vector<Block> blocks_;
};

}  // namespace

PythonText parse_python_lines(std::string_view text) {
  return Tokenizer(text).read();
}

std::vector<PythonImport> imports_of(const PythonText& text) {
  std::vector<PythonImport> imports;
  Blocks blocks;
  for (const PythonLine& line : text.lines) {
    blocks.enter(line);
    if (blocks.never_run()) {
      continue;
    }
    const std::vector<PythonToken>& tokens = line.tokens;
    const auto add = [&](std::size_t at) {
      if (at < tokens.size() && tokens[at].kind == Kind::name) {
        imports.push_back({tokens[at].text, !blocks.may_fail()});
      }
    };
    if (line.begins("import")) {
      add(1);
      for (std::size_t i = 1; i < tokens.size(); ++i) {
        if (tokens[i].is(",")) {
          add(i + 1);
        }
      }
    } else if (line.begins("from")) {
      add(1);
    }
  }
  for (const std::string& module : first_arguments_of(text, "importorskip")) {
    imports.push_back({module.substr(0, module.find('.')), false});
  }
  return imports;
}

std::vector<std::string> first_arguments_of(const PythonText& text, std::string_view callee) {
  std::vector<std::string> arguments;
  for (const PythonLine& line : text.lines) {
    const std::vector<PythonToken>& tokens = line.tokens;
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
      if (tokens[i].kind != Kind::name || !tokens[i].text.ends_with(callee) ||
          !tokens[i + 1].is("(")) {
        continue;
      }
      std::size_t at = i + 2;
      if (tokens[at].is("name") && at + 2 < tokens.size() && tokens[at + 1].is("=")) {
        at += 2;
      }
      if (tokens[at].kind == Kind::string) {
        arguments.push_back(tokens[at].text);
      }
    }
  }
  return arguments;
}

}  // namespace extproof::parsers
