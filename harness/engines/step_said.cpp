// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/step_said.hpp"

#include <algorithm>

#include "harness/base/text.hpp"

namespace extproof::engines {
namespace {

constexpr std::size_t k_shown = 8;
constexpr std::size_t k_longest = 160;

using Lines = std::vector<std::string_view>;

bool is_error(std::string_view line) {
  return line.starts_with("CMake Error") || line.find(" error: ") != std::string_view::npos ||
         line.find("undefined reference") != std::string_view::npos;
}

std::string shortened(std::string_view line) {
  if (line.size() <= k_longest) {
    return std::string(line);
  }
  std::size_t end = k_longest;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) {
    --end;  // not inside of a character
  }
  return std::string(line.substr(0, end)) + " ...";
}

std::string shown_from(const Lines& lines, std::size_t begin) {
  std::string shown;
  for (std::size_t i = begin; i < std::min(lines.size(), begin + k_shown); ++i) {
    shown += shortened(lines[i]) + "\n";
  }
  return shown;
}

std::size_t first_error(const Lines& lines) {
  return static_cast<std::size_t>(std::find_if(lines.begin(), lines.end(), is_error) -
                                  lines.begin());
}

void replace_all(std::string& text, const std::string& what, std::string_view with) {
  if (what.empty()) {
    return;
  }
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

// What stands between the quotes after `words`.
std::optional<std::string> quoted_after(std::string_view text, std::string_view words) {
  const std::size_t at = text.find(words);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view rest = text.substr(at + words.size());
  const std::size_t end = rest.find('\'');
  if (end == std::string_view::npos || end == 0) {
    return std::nullopt;
  }
  return std::string(rest.substr(0, std::min(end, rest.find('.'))));
}

}  // namespace

std::string telling_lines(std::string_view text) {
  const Lines lines = base::lines(text);
  const std::size_t error = first_error(lines);
  const std::size_t tail = lines.size() > k_shown ? lines.size() - k_shown : 0;
  const std::string shown = shown_from(lines, error < lines.size() ? error : tail);
  return shown.empty() ? "nothing" : shown;
}

std::string compile_errors(std::string_view text) {
  const Lines lines = base::lines(text);
  return shown_from(lines, first_error(lines));
}

std::string without_build_folder(std::string text, const SuitePaths& paths) {
  replace_all(text, paths.folder.tree() + "/", "");
  replace_all(text, paths.folder.tree(), ".");
  replace_all(text, paths.folder.root + "/", "");
  replace_all(text, paths.layout.relative(paths.folder.root) + "/", "");
  return text;
}

std::optional<MissingModule> missing_module(std::string_view message) {
  if (message.find("ModuleNotFoundError") != std::string_view::npos) {
    if (auto name = quoted_after(message, "No module named '")) {
      return MissingModule{*std::move(name), false};
    }
  }
  if (message.find("ImportError") != std::string_view::npos &&
      message.find("cannot import name '") != std::string_view::npos) {
    if (auto name = quoted_after(message, "' from '")) {
      return MissingModule{*std::move(name), true};
    }
  }
  return std::nullopt;
}

}  // namespace extproof::engines
