// SPDX-License-Identifier: Apache-2.0
//
// Reading and writing below one folder, never through a symbolic link out of it. Linux.

#pragma once

#include <string>
#include <vector>

#include "harness/parsers/source_tree.hpp"

namespace extproof::worker {

struct Observed {
  enum class Kind { none, file, link, folder, special };
  Kind kind = Kind::none;
  parsers::FileState state;
};

// The tree below a folder that is there. Every path is plain and relative to that folder.
// Functions that return bool or -1 leave the reason in errno.
class Beneath {
 public:
  explicit Beneath(const std::string& root);
  ~Beneath();
  Beneath(const Beneath&) = delete;
  Beneath& operator=(const Beneath&) = delete;

  bool is_open() const { return root_ >= 0; }

  // Does not follow a link at the end; "none" also when a folder on the way is a link.
  Observed observe(const std::string& path);
  // As observe, but of what a link at the end leads to, wherever that is.
  Observed observe_followed(const std::string& path);

  bool read(const std::string& path, bool follow_last, std::string& content);
  bool read_link(const std::string& path, std::string& target);

  // These make the folders on the way, and remove whatever else stands in their place.
  bool write(const std::string& path, const std::string& content, unsigned mode);
  bool write_link(const std::string& path, const std::string& target);
  bool set_mode(const std::string& path, unsigned mode);

  // Removes a file, or a folder with everything in it; then the folders above it that became empty.
  bool remove(const std::string& path);

  // The names in a folder; "" is the root.
  std::vector<std::string> names(const std::string& folder);

 private:
  // Descriptor of the folder that holds `path`, valid until the next call; -1.
  int parent_of(const std::string& path, bool make);
  void forget_from(std::size_t depth);

  int root_ = -1;
  // The chain of folders opened last: the next path is mostly in the same one.
  std::vector<std::pair<std::string, int>> chain_;
};

}  // namespace extproof::worker
