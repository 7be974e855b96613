// SPDX-License-Identifier: Apache-2.0
//
// Which flags of a command line go away: the groups that a lane drops (flag_groups.inc) and the
// flags that the real compiler does not know (foreign_flags.inc). Pure.

#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/compiler/command_line.hpp"

namespace extproof::compiler {

enum class Family { clang, gcc };

enum class FlagGroup {
#define EXTPROOF_GROUP(identifier, name) identifier,
#define EXTPROOF_FLAG(group, match, text)
#include "harness/compiler/flag_groups.inc"
#undef EXTPROOF_GROUP
#undef EXTPROOF_FLAG
};

inline constexpr std::size_t k_flag_groups = 0
#define EXTPROOF_GROUP(identifier, name) +1
#define EXTPROOF_FLAG(group, match, text)
#include "harness/compiler/flag_groups.inc"
#undef EXTPROOF_GROUP
#undef EXTPROOF_FLAG
    ;

using FlagGroups = std::bitset<k_flag_groups>;

// The group with that name in a profile, or nothing.
std::optional<FlagGroup> flag_group_of(std::string_view name);
std::string_view to_string(FlagGroup group);

struct Dropped {
  std::vector<std::string> kept;     // the command line without them, otherwise in its order
  std::size_t end_of_options = 0;    // Arguments::end_of_options of `kept`
  std::vector<std::string> dropped;  // what went, in order; a pair as one text with a space
};

// Removes the flags of `groups` and those that `family` cannot take. A list such as -Wl,-O1,-s
// loses the offending words only, and goes when no word is left; -z takes its keyword with it,
// also where the two are spread over -Wl,-z -Wl,defs. Values and inputs are never touched.
//
// Requires: `arguments` was read from `args`.
Dropped drop_flags(const std::vector<std::string>& args, const Arguments& arguments,
                   const FlagGroups& groups, Family family);

}  // namespace extproof::compiler
