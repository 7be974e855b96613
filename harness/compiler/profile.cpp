// SPDX-License-Identifier: Apache-2.0
#include "harness/compiler/profile.hpp"

#include <array>
#include <string>

#include "harness/compiler/json_text.hpp"

namespace extproof::compiler {
namespace {

struct TextKey {
  std::string_view key;
  std::string Profile::* member;
  bool is_path;
  bool must_be_there;
};

constexpr std::array k_text_keys = {
    TextKey{.key = "lane", .member = &Profile::lane, .is_path = false, .must_be_there = true},
    TextKey{.key = "cc", .member = &Profile::cc, .is_path = true, .must_be_there = true},
    TextKey{.key = "cxx", .member = &Profile::cxx, .is_path = true, .must_be_there = true},
    TextKey{.key = "ccache", .member = &Profile::ccache, .is_path = true, .must_be_there = false},
    TextKey{
        .key = "database", .member = &Profile::database, .is_path = true, .must_be_there = false},
};

struct ListKey {
  std::string_view key;
  std::vector<std::string> Profile::* member;
};

constexpr std::array k_list_keys = {
    ListKey{.key = "compile", .member = &Profile::compile},
    ListKey{.key = "link", .member = &Profile::link},
    ListKey{.key = "link-shared", .member = &Profile::link_shared},
    ListKey{.key = "link-executable", .member = &Profile::link_executable},
};

// As JSON quotes: nothing of a profile reaches a terminal as a control sequence.
std::string quoted(std::string_view text) {
  std::string result;
  append_json_string(result, text);
  return result;
}

// Stores one line. Empty when that went well, else what is wrong with it.
std::string store(Profile& profile, bool& has_family, std::string_view key,
                  std::string_view value) {
  const auto twice = [&] { return quoted(key) + " comes a second time"; };
  for (const TextKey& row : k_text_keys) {
    if (key != row.key) {
      continue;
    }
    if (!(profile.*row.member).empty()) {
      return twice();
    }
    if (row.is_path && !value.starts_with('/')) {
      return quoted(value) + " is not an absolute path";
    }
    profile.*row.member = value;
    return {};
  }
  for (const ListKey& row : k_list_keys) {
    if (key == row.key) {
      (profile.*row.member).emplace_back(value);
      return {};
    }
  }
  if (key == "family") {
    if (has_family) {
      return twice();
    }
    if (value != "clang" && value != "gcc") {
      return quoted(value) + " is not a family; known: clang, gcc";
    }
    has_family = true;
    profile.family = value == "gcc" ? Family::gcc : Family::clang;
    return {};
  }
  if (key == "drop") {
    const std::optional<FlagGroup> group = flag_group_of(value);
    if (!group) {
      return quoted(value) + " is not a group of flags";
    }
    profile.drop.set(static_cast<std::size_t>(*group));
    return {};
  }
  if (key == "map") {
    const std::size_t tab = value.find('\t');
    if (tab == std::string_view::npos || tab == 0 || value.find('\t', tab + 1) != value.npos) {
      return quoted(value) + " is not two paths with one tab between them";
    }
    profile.maps.push_back(
        {.from = std::string(value.substr(0, tab)), .to = std::string(value.substr(tab + 1))});
    return {};
  }
  return quoted(key) + " is not a key";
}

}  // namespace

std::variant<Profile, ProfileError> parse_profile(std::string_view text) {
  Profile profile;
  bool has_family = false;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (number == 1) {
      if (line != k_profile_first_line) {
        return ProfileError{1, quoted(line) + " is not " + quoted(k_profile_first_line)};
      }
      continue;
    }
    if (line.empty() || line.starts_with('#')) {
      continue;
    }
    const std::size_t space = line.find(' ');
    const std::string_view key = line.substr(0, space);
    const std::string_view value =
        space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
    // An argument of a process ends at a zero byte: such a flag would be another one.
    if (line.find('\0') != std::string_view::npos) {
      return ProfileError{number, "a zero byte"};
    }
    if (value.empty()) {
      return ProfileError{number, quoted(key) + " has no value"};
    }
    if (std::string what = store(profile, has_family, key, value); !what.empty()) {
      return ProfileError{number, std::move(what)};
    }
  }
  if (number == 0) {
    return ProfileError{1, "\"\" is not " + quoted(k_profile_first_line)};
  }
  for (const TextKey& row : k_text_keys) {
    if (row.must_be_there && (profile.*row.member).empty()) {
      return ProfileError{number + 1, quoted(row.key) + " is missing"};
    }
  }
  if (!has_family) {
    return ProfileError{number + 1, "\"family\" is missing"};
  }
  return profile;
}

}  // namespace extproof::compiler
