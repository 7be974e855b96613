// SPDX-License-Identifier: Apache-2.0
//
// Which report goes where: what --format and --output mean together. Level: cli. Pure.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/cli/request.hpp"
#include "harness/facts/refusal.hpp"

namespace extproof::cli {

struct Output {
  facts::ReportFormat format = facts::ReportFormat::console;
  std::string file;  // as the user named it; empty for standard output
};

// A format that names its own file goes there. The others go to --output: into it as the file when
// there is one such format, below it under their usual names when it is a folder; without --output
// they go to standard output.
//
// `output_is_folder`: --output names a folder that exists. One that ends with "/" is a folder in
// any case.
// Errors: XP1001 when two of them meet in one place and would spoil each other.
facts::Judged<std::vector<Output>> outputs_of(const Request& request, bool output_is_folder);

// Where the project lies in the repository that GitHub Actions checked out: "" for its root or when
// that is not known, else "python/". Annotations name files from there.
std::string folder_in_repository(const std::string& project_root,
                                 const std::map<std::string, std::string>& environment);

}  // namespace extproof::cli
