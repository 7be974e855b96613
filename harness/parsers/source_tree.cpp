// SPDX-License-Identifier: Apache-2.0
#include "harness/parsers/source_tree.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "harness/base/hash.hpp"
#include "harness/base/text.hpp"

namespace extproof::parsers {
namespace {

constexpr std::string_view k_never_copied[] = {
    ".git",          ".hg",         ".svn",        ".extproof",   ".venv",
    "venv",          ".nox",        ".tox",        ".eggs",       ".mypy_cache",
    ".pytest_cache", ".ruff_cache", ".hypothesis", "__pycache__", "node_modules"};

constexpr std::string_view k_native[] = {".so", ".pyd", ".o"};
constexpr std::string_view k_byte_code[] = {".pyc", ".pyo"};
constexpr std::string_view k_build_inputs[] = {"pyproject.toml", "setup.py", "setup.cfg"};

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string_view folder_of(std::string_view path) {
  const std::size_t at = path.rfind('/');
  return at == path.npos ? std::string_view() : path.substr(0, at);
}

template <std::size_t N>
bool ends_with_any(std::string_view text, const std::string_view (&endings)[N]) {
  return std::any_of(std::begin(endings), std::end(endings),
                     [&](std::string_view ending) { return text.ends_with(ending); });
}

// Every folder above `path`, outermost first, without the root.
template <class Visit>
bool any_folder(std::string_view path, Visit visit) {
  for (std::size_t at = path.find('/'); at != path.npos; at = path.find('/', at + 1)) {
    if (visit(path.substr(0, at))) {
      return true;
    }
  }
  return false;
}

// What the list as a whole says about its folders.
struct Folders {
  bool is_distribution = false;
  bool makes_egg_info = false;
  std::set<std::string_view> environments;
  std::set<std::string_view> built;  // holds for untracked files only
};

// setuptools puts lib.linux-x86_64-..., temp.linux-x86_64-... and bdist... below `build`.
std::string_view setuptools_build_folder(std::string_view path) {
  std::string_view found;
  any_folder(path, [&](std::string_view folder) {
    const std::string_view parent = folder_of(folder);
    const std::string_view name = name_of(folder);
    if (name_of(parent) == "build" && (name == "lib" || name.starts_with("lib.") ||
                                       name.starts_with("temp.") || name.starts_with("bdist."))) {
      found = parent;
    }
    return !found.empty();
  });
  return found;
}

Folders look_at_folders(const std::vector<ListedFile>& files) {
  Folders folders;
  for (const ListedFile& file : files) {
    const std::string_view path = file.path;
    const std::string_view name = name_of(path);
    const std::string_view folder = folder_of(path);
    if (folder.empty()) {
      folders.is_distribution |= name == "PKG-INFO";
      folders.makes_egg_info |= std::find(std::begin(k_build_inputs), std::end(k_build_inputs),
                                          name) != std::end(k_build_inputs);
      continue;
    }
    if (name == "pyvenv.cfg") {
      folders.environments.insert(folder);
    } else if (name == "CMakeCache.txt") {
      folders.built.insert(folder);
    }
    if (name_of(folder) == "meson-private" && !folder_of(folder).empty()) {
      folders.built.insert(folder_of(folder));
    }
    if (const std::string_view build = setuptools_build_folder(path); !build.empty()) {
      folders.built.insert(build);
    }
  }
  return folders;
}

bool is_source(const ListedFile& file, const Folders& folders,
               const std::set<std::string_view>& leave_out) {
  const std::string_view path = file.path;
  const std::string_view name = name_of(path);
  if (!is_plain_relative(path) || is_never_copied(name) || ends_with_any(name, k_byte_code) ||
      leave_out.contains(path)) {
    return false;
  }
  if (any_folder(path, [&](std::string_view folder) {
        return is_never_copied(name_of(folder)) || folders.environments.contains(folder) ||
               leave_out.contains(folder);
      })) {
    return false;
  }
  if (file.tracked) {
    return true;
  }
  if (ends_with_any(name, k_native)) {
    return false;
  }
  return folders.is_distribution || !any_folder(path, [&](std::string_view folder) {
           return folders.built.contains(folder) ||
                  (folders.makes_egg_info && name_of(folder).ends_with(".egg-info"));
         });
}

// Control characters would break the lines of the index.
std::string escape_path(std::string_view path) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20U || c == '%' || byte == 0x7FU) {
      out += '%';
      out += k_digits[byte >> 4U];
      out += k_digits[byte & 15U];
    } else {
      out += c;
    }
  }
  return out;
}

bool unescape_path(std::string_view text, std::string& path) {
  path.clear();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      path += text[at];
      continue;
    }
    unsigned value = 0;
    if (at + 2 >= text.size()) {
      return false;
    }
    const char* const end = text.data() + at + 3;
    const auto [stopped, error] = std::from_chars(text.data() + at + 1, end, value, 16);
    if (error != std::errc() || stopped != end) {
      return false;
    }
    path += static_cast<char>(value);
    at += 2;
  }
  return is_plain_relative(path);
}

// Takes the word before the next space as a number.
template <class Number>
bool take_number(std::string_view& line, Number& number) {
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  const auto used = static_cast<std::size_t>(end - line.data());
  if (error != std::errc() || used >= line.size() || line[used] != ' ') {
    return false;
  }
  line.remove_prefix(used + 1);
  return true;
}

bool take_state(std::string_view& line, FileState& state) {
  return take_number(line, state.size) && take_number(line, state.mtime_ns) &&
         take_number(line, state.inode) && take_number(line, state.mode);
}

bool parse_entry(std::string_view line, SyncIndex& index) {
  constexpr std::size_t k_digest_size = 32;
  if (line.size() < 3 || (line[0] != 'f' && line[0] != 'l') || line[1] != ' ') {
    return false;
  }
  SyncEntry entry;
  entry.kind = line[0] == 'f' ? EntryKind::file : EntryKind::link;
  line.remove_prefix(2);
  const std::size_t at = line.find(' ');
  if (at == line.npos || (at != k_digest_size && line.substr(0, at) != "-")) {
    return false;
  }
  entry.digest = at == k_digest_size ? line.substr(0, at) : std::string_view();
  line.remove_prefix(at + 1);
  std::string path;
  if (!take_state(line, entry.source) || !take_state(line, entry.copy) ||
      !unescape_path(line, path)) {
    return false;
  }
  return index.entries.insert_or_assign(index.entries.end(), std::move(path), std::move(entry)) !=
         index.entries.end();
}

void append_state(std::string& text, const FileState& state) {
  text += std::to_string(state.size) + ' ' + std::to_string(state.mtime_ns) + ' ' +
          std::to_string(state.inode) + ' ' + std::to_string(state.mode) + ' ';
}

}  // namespace

std::vector<ListedFile> parse_git_listing(std::string_view text) {
  std::vector<ListedFile> files;
  for (const std::string_view item : base::split(text, '\0')) {
    if (item.size() > 2 && item[1] == ' ') {
      files.push_back({std::string(item.substr(2)), item[0] != '?'});
    }
  }
  return files;
}

bool is_never_copied(std::string_view name) {
  return std::find(std::begin(k_never_copied), std::end(k_never_copied), name) !=
         std::end(k_never_copied);
}

bool is_plain_relative(std::string_view path) {
  if (path.find('\0') != path.npos) {
    return false;
  }
  const std::vector<std::string_view> pieces = base::split(path, '/');
  return std::none_of(pieces.begin(), pieces.end(), [](std::string_view piece) {
    return piece.empty() || piece == "." || piece == "..";
  });
}

std::vector<std::string> select_sources(const std::vector<ListedFile>& files,
                                        const std::vector<std::string>& leave_out) {
  const Folders folders = look_at_folders(files);
  const std::set<std::string_view> without(leave_out.begin(), leave_out.end());
  std::vector<std::string> selected;
  for (const ListedFile& file : files) {
    if (is_source(file, folders, without)) {
      selected.push_back(file.path);
    }
  }
  std::sort(selected.begin(), selected.end());
  selected.erase(std::unique(selected.begin(), selected.end()), selected.end());
  return selected;
}

base::Result<SyncIndex, std::string> parse_sync_index(std::string_view text) {
  const std::string header = "extproof-sync " + std::to_string(k_sync_index_schema) + " ";
  const std::vector<std::string_view> all = base::split(text, '\n');
  SyncIndex index;
  if (!all[0].starts_with(header)) {
    return base::Failure{std::string("another schema")};
  }
  const auto written = base::to_integer(all[0].substr(header.size()));
  // The last line shows that nothing was cut off.
  if (!written || all.size() < 3 || all[all.size() - 2] != "end" || !all.back().empty()) {
    return base::Failure{std::string("not complete")};
  }
  index.written_ns = *written;
  for (std::size_t i = 1; i + 2 < all.size(); ++i) {
    if (!parse_entry(all[i], index)) {
      return base::Failure{"line " + std::to_string(i + 1) + " does not fit"};
    }
  }
  return index;
}

std::string render_sync_index(const SyncIndex& index) {
  std::string text = "extproof-sync " + std::to_string(k_sync_index_schema) + " " +
                     std::to_string(index.written_ns) + "\n";
  text.reserve(text.size() + index.entries.size() * 192);
  for (const auto& [path, entry] : index.entries) {
    text += entry.kind == EntryKind::file ? "f " : "l ";
    text += entry.digest.empty() ? "-" : entry.digest;
    text += ' ';
    append_state(text, entry.source);
    append_state(text, entry.copy);
    text += escape_path(path);
    text += '\n';
  }
  return text + "end\n";
}

std::string tree_digest(const SyncIndex& index) {
  constexpr std::uint32_t k_executable = 0111;
  std::string text;
  text.reserve(index.entries.size() * 96);
  for (const auto& [path, entry] : index.entries) {
    text += path;
    text += '\0';
    text += entry.kind == EntryKind::link ? 'l' : (entry.copy.mode & k_executable) != 0 ? 'x' : 'f';
    text += entry.digest;
    text += '\n';
  }
  return base::digest(text);
}

bool is_racy(std::int64_t mtime_ns, std::int64_t written_ns) {
  constexpr std::int64_t k_slack_ns = 2'000'000'000;
  return mtime_ns >= written_ns - k_slack_ns;
}

}  // namespace extproof::parsers
