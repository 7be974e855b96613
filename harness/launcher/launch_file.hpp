// SPDX-License-Identifier: Apache-2.0
//
// Reads the file that tells the launcher what to do. Pure; std only.
//
// One `key value` per line; the first line is `extproof-launch 1`. Blank lines are skipped. A value
// goes to the end of its line, spaces included.
//
//   exec PATH                the program to become; exactly once
//   argv0 keep|self          argv[0] as given when it names the launcher, which is the default, or
//                            always the launcher's own path
//   preload PATH             repeatable, in this order before what the caller preloads
//   set NAME VALUE           always
//   default NAME VALUE       when the caller has none
//   unset NAME
//   option NAME VALUE        after ':' behind the caller's value, so that ours wins
//   log-path NAME STEM       option log_path, in the folder that EXTPROOF_LOGS names: the caller's,
//                            else that of the nearest ancestor which was started with one
//   no-aslr                  fixed address layout, where the kernel allows it
//   no-address-space-limit   RLIMIT_AS up to its hard maximum
//   scrub NAME               NAME is in EXTPROOF_SCRUB, so that Python removes it once it runs

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace extproof::launcher {

// 1: first.
inline constexpr int k_launch_schema = 1;

enum class ChangeKind { set, set_default, unset, option, log_path };

struct Change {
  ChangeKind kind = ChangeKind::set;
  std::string name;
  std::string value;
};

struct LaunchFile {
  std::string program;
  bool argv0_is_self = false;
  std::vector<std::string> preload;
  std::vector<Change> changes;
  std::vector<std::string> scrub;
  bool fixed_layout = false;
  bool no_address_space_limit = false;
};

// Ensures: true, and `file` is complete; or false, and `problem` names the line and what is wrong.
bool parse_launch_file(std::string_view text, LaunchFile& file, std::string& problem);

}  // namespace extproof::launcher
