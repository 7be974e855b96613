// SPDX-License-Identifier: Apache-2.0
//
// Response files (`@file` on a command line), as the drivers of gcc and clang read them: words are
// separated by white space; single and double quotes group; a backslash makes the next byte an
// ordinary one, inside quotes too. Pure: files are read through a function that is handed in.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace extproof::compiler {

// The text of the file that `path` names, relative to the working folder; nothing when it cannot
// be read.
using ReadText = std::function<std::optional<std::string>(const std::string& path)>;

// The words of a response file. No error: an open quote ends at the end of the text.
std::vector<std::string> parse_response_text(std::string_view text);

// A text for which parse_response_text gives back `args`, word for word, any bytes included.
std::string render_response_text(const std::vector<std::string>& args);

// Replaces each `@file` by the words of that file, nested ones too. One that `read` cannot give
// stays as it is, and so does each one after the 2000th: a file that names itself ends somewhere.
std::vector<std::string> expand_response_files(const std::vector<std::string>& args,
                                               const ReadText& read);

}  // namespace extproof::compiler
