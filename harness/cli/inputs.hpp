// SPDX-License-Identifier: Apache-2.0
//
// What a run is about: the project, its configuration, the lanes asked for. Level: cli.

#pragma once

#include "harness/cli/request.hpp"
#include "harness/engines/accepted.hpp"
#include "harness/engines/configure.hpp"
#include "harness/platform/observe_toolchain.hpp"
#include "harness/platform/process.hpp"

namespace extproof::cli {

struct Inputs {
  facts::Project project;
  facts::Config config;
  engines::Asked asked;
  engines::Known known;
};

// Reads pyproject.toml, extproof.toml (or --config), setup.cfg, extproof-accepted.toml and the
// environment.
// Errors: all errors of all of them at once; XP1101 where there is no project.
facts::Judged<Inputs> read_inputs(const Request& request, const platform::Environment& environment);

// The programs that the configuration names by a path, which are looked at beside those on PATH.
platform::NamedPrograms programs_named(const facts::Config& config);

// The entries of extproof-accepted.toml in that folder; none where there is no such file.
facts::Judged<std::vector<facts::Accepted>> read_accepted(const std::string& project_root);

// The project's folder alone, absolute; for commands that only read its store.
std::string project_root_of(const Request& request);

}  // namespace extproof::cli
