// SPDX-License-Identifier: Apache-2.0
//
// A place in a text that moves line by line. Level: parsers.
//
// A copy is a bookmark: parsers look ahead with one and go back by assigning it.

#pragma once

#include <cstddef>
#include <string_view>

namespace extproof::parsers {

class LineCursor {
 public:
  // At the first line. Requires: `text` outlives the cursor.
  explicit LineCursor(std::string_view text) : text_(text) { find_end(); }

  bool at_end() const { return begin_ == text_.size(); }

  // Without "\n" or "\r\n"; empty at the end.
  std::string_view line() const { return text_.substr(begin_, end_ - begin_); }

  // Where the line begins; the size of the text at the end.
  std::size_t offset() const { return begin_; }

  // Where the next line begins.
  std::size_t next_offset() const { return next_; }

  // False for a last line without "\n", which may be cut off.
  bool is_terminated() const { return next_ > begin_ && text_[next_ - 1] == '\n'; }

  // Does nothing at the end.
  void advance() {
    begin_ = next_;
    find_end();
  }

 private:
  void find_end() {
    const std::size_t newline = text_.find('\n', begin_);
    if (newline == std::string_view::npos) {
      end_ = next_ = text_.size();
      return;
    }
    end_ = newline;
    next_ = newline + 1;
    if (end_ > begin_ && text_[end_ - 1] == '\r')
      --end_;
  }

  std::string_view text_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t next_ = 0;
};

}  // namespace extproof::parsers
