// SPDX-License-Identifier: Apache-2.0
//
// Sorts the words of a command line that could not be taken as they stand, and writes the one that
// was most likely meant. Level: cli. Pure: whether a path exists is told by the caller.

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace extproof::cli {

// Whether `word` can only be a path or an id of tests: no lane is named so.
bool looks_like_tests(std::string_view word);

// Whether `name` ("--jsn", without a value) is close to a long option of `command` or of every
// command. Short options are too short to be misspelt.
bool is_misspelt_option(std::string_view name, std::string_view command);

// The words of `argv` (the program's name first) with the command in front, then extproof's own
// options, the lanes, and after "--" what is pytest's: options that are not extproof's, their
// values, and paths. A word that is close to a lane stays one, since it may be misspelt.
// `is_path` is asked for words that could be either. Ensures: a shell reads the result back as
// words.
std::string suggest_run(const std::vector<std::string>& argv, const std::vector<std::string>& lanes,
                        const std::function<bool(const std::string&)>& is_path);

}  // namespace extproof::cli
