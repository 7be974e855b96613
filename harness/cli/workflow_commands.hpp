// SPDX-License-Identifier: Apache-2.0
//
// Lines that a GitHub Actions runner reads. Level: cli. Pure.

#pragma once

#include <string>
#include <string_view>

namespace extproof::cli {

// "::group::NAME" with the escapes of a workflow command's value, ended by "\n".
std::string render_group(std::string_view name);

// "::endgroup::" and "\n".
std::string render_group_end();

// `line` so that the runner does not take it for a command, wherever its text came from: neither
// "::name::value" nor the older "##[name]value".
std::string without_commands(std::string_view line);

}  // namespace extproof::cli
