// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/telling_lines.hpp"

#include <algorithm>

#include "harness/base/text.hpp"

namespace extproof::engines {

std::string telling_lines(std::string_view text) {
  constexpr std::size_t k_shown = 8;
  const auto all = base::lines(text);
  std::size_t begin = all.size() > k_shown ? all.size() - k_shown : 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].find(" error: ") != std::string_view::npos ||
        all[i].find("undefined reference") != std::string_view::npos) {
      begin = i;
      break;
    }
  }
  std::string shown;
  for (std::size_t i = begin; i < std::min(all.size(), begin + k_shown); ++i) {
    shown += std::string(all[i]) + "\n";
  }
  return shown.empty() ? "nothing" : shown;
}

}  // namespace extproof::engines
