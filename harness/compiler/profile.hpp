// SPDX-License-Identifier: Apache-2.0
//
// The profile: what the wrapper adds and drops for one lane. Text, one `key value` per line;
// blank lines and lines that begin with `#` are skipped; the first line is `extproof-wrapper 1`.
// A value is the rest of the line as it stands, spaces included.
//
//   lane NAME
//   family clang | gcc
//   cc PATH, cxx PATH       the real compilers, absolute: the wrapper must never find itself
//   ccache PATH             in front of compiles of one source with -c
//   compile FLAG            the last flags of each compile of C or C++, in order; repeatable
//   link FLAG               the last flags of each link of a shared object or executable;
//   repeatable link-shared FLAG, link-executable FLAG    for that kind of link alone, after those
//   of link drop GROUP              a name of flag_groups.inc; repeatable map FROM<tab>TO becomes
//   -ffile-prefix-map=FROM=TO on compiles; repeatable database PATH           JSON lines, one for
//   each source compiled
//
// lane, family, cc and cxx must be there. History of the format: 1 is the first.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/compiler/flag_groups.hpp"

namespace extproof::compiler {

inline constexpr std::string_view k_profile_first_line = "extproof-wrapper 1";

struct PrefixMap {
  std::string from;
  std::string to;
};

struct Profile {
  std::string lane;
  Family family = Family::clang;
  std::string cc;
  std::string cxx;
  std::string ccache;  // empty: none
  std::vector<std::string> compile;
  std::vector<std::string> link;
  std::vector<std::string> link_shared;
  std::vector<std::string> link_executable;
  FlagGroups drop;
  std::vector<PrefixMap> maps;
  std::string database;  // empty: none
};

struct ProfileError {
  std::size_t line = 0;  // from 1; the line after the last when a key is missing
  std::string what;      // one sentence part, with the offending value in quotes
};

// Errors: another first line, an unknown key, a key without its value, a single-valued key that
//         comes twice, an unknown family or group, a path that is not absolute, a map without its
//         tab, a missing key. The first one in the text is given.
std::variant<Profile, ProfileError> parse_profile(std::string_view text);

}  // namespace extproof::compiler
