// SPDX-License-Identifier: Apache-2.0
//
// What each build backend needs so that a build is instrumented, incremental and not stripped: the
// one table of it. Level: engines.

#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/facts/config.hpp"
#include "harness/facts/project.hpp"
#include "harness/facts/refusal.hpp"
#include "harness/store/layout.hpp"

namespace extproof::engines {

struct BackendSettings {
  // PEP 517 config settings, in front of the user's own, which win.
  std::vector<std::pair<std::string, std::string>> config_settings;
  std::map<std::string, std::string> environment;
  // Files that must be there before the build: path and content.
  std::vector<std::pair<std::string, std::string>> files;
};

BackendSettings settings_of(facts::Backend backend, const store::BuildFolder& folder);

// XP1307 for each key of [tool.extproof.build] that the build of this project does not read.
facts::Refusals refuse_unread_keys(const facts::Project& project, const facts::Config& config);

}  // namespace extproof::engines
