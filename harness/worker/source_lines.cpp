// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/source_lines.hpp"

#include <algorithm>
#include <filesystem>

#include "harness/base/text.hpp"
#include "harness/parsers/source_tree.hpp"

namespace extproof::worker {
namespace {

namespace fs = std::filesystem;

// `path` relative to `folder`; none when it is not below it.
std::optional<std::string> relative_to(const std::string& folder, const fs::path& path) {
  const std::string relative =
      path.lexically_normal().lexically_relative(fs::path(folder).lexically_normal()).string();
  return parsers::is_plain_relative(relative) ? std::optional(relative) : std::nullopt;
}

}  // namespace

std::optional<SourceLine> find_line(const std::vector<std::string_view>& lines,
                                    std::int64_t number) {
  if (number < 1 || number > static_cast<std::int64_t>(lines.size())) {
    return std::nullopt;
  }
  const auto at = lines.begin() + (number - 1);
  const std::string_view text = base::trim(*at);
  const auto before = std::count_if(
      lines.begin(), at, [&](std::string_view line) { return base::trim(line) == text; });
  return SourceLine{std::string(text), static_cast<int>(before)};
}

std::optional<std::string> path_below(const std::string& root, const std::string& mapped,
                                      const std::string& file) {
  if (file.empty() || file.find('\0') != file.npos) {
    return std::nullopt;
  }
  if (file[0] != '/') {
    return relative_to(root, fs::path(root) / file);
  }
  if (auto below_root = relative_to(root, file)) {
    return below_root;
  }
  return mapped.empty() ? std::nullopt : relative_to(mapped, file);
}

}  // namespace extproof::worker
