// SPDX-License-Identifier: Apache-2.0
//
// The verbs of the worker. Each reads its own arguments, prints one JSON document on stdout or one
// line on stderr, and returns the exit code: 0, 1 when it could not be done, 2 for wrong arguments.

#pragma once

#include <string>
#include <vector>

namespace extproof::worker {

using Arguments = std::vector<std::string>;

// The schema number of every document that the worker prints. 1: first.
inline constexpr int k_worker_schema = 1;

int run_sync(const Arguments& arguments);

// Says on stderr what went wrong in which verb; returns `code`.
int complain(const std::string& verb, const std::string& problem, int code);

}  // namespace extproof::worker
