// SPDX-License-Identifier: Apache-2.0
//
// Puts several files into somebody else's folder: all of them or none, and never over a byte that
// was not known. Level: platform.

#pragma once

#include <optional>
#include <string>
#include <vector>

namespace extproof::platform {

// What stands where a file might be put.
struct SeenPlace {
  enum class Kind { absent, file, foreign };
  Kind kind = Kind::absent;
  std::string path;    // absolute; of a link inside of the folder, what it leads to
  std::string text;    // of a file
  std::string reason;  // of a foreign one, completes "it is ": "a link that leads out of ..."
};

// `relative` is a plain path below `root`, which is a real path.
SeenPlace look_at_place(const std::string& root, const std::string& relative);

struct Placement {
  std::string path;  // absolute; folders above are made
  std::string content;
  std::optional<std::string> instead_of;  // what it holds now; none: nothing may be there
};

struct PlacementFault {
  std::string path;
  std::string said;  // "Permission denied"
};

// Ensures: after a fault every file and folder is as it was before, as far as the system lets it
//          be: what was written is taken back.
std::optional<PlacementFault> place_all(const std::vector<Placement>& placements);

}  // namespace extproof::platform
