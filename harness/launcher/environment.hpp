// SPDX-License-Identifier: Apache-2.0
//
// The environment that the launched program gets. Pure; std only.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/launcher/launch_file.hpp"

namespace extproof::launcher {

// Variables as execve takes them, "NAME=VALUE". Entries without '=' are kept and never found.
class Environment {
 public:
  explicit Environment(std::vector<std::string> entries) : entries_(std::move(entries)) {}

  std::optional<std::string> find(std::string_view name) const;  // the first, as libc does
  void set(std::string_view name, std::string_view value);
  void unset(std::string_view name);
  const std::vector<std::string>& entries() const { return entries_; }

 private:
  std::vector<std::string> entries_;
};

// Names the folder for the logs of the runtimes.
inline constexpr std::string_view k_logs = "EXTPROOF_LOGS";

// Applies `file` to what the caller gave. `preload` stands for file.preload: the same files by
// names that can stand in LD_PRELOAD. `logs` is the folder of log-path; empty: there is none. It
// is not written into the environment: a child that was given none sees none.
//
// Ensures: applying it again to the result changes nothing: a child that inherits everything does
//          not get entries or options twice.
// Errors:  false, and `problem`, when `logs` holds both kinds of quotation marks: the
//          option parser of the sanitizers knows no escape.
bool apply(const LaunchFile& file, const std::vector<std::string>& preload, const std::string& logs,
           Environment& environment, std::string& problem);

}  // namespace extproof::launcher
