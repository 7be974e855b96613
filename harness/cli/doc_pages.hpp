// SPDX-License-Identifier: Apache-2.0
//
// The pages and the schema that are generated from the program's tables. Level: cli. Pure.

#pragma once

#include <string>
#include <vector>

namespace extproof::cli {

// The reference of every configuration key, Markdown.
std::string render_configuration_page();

// A JSON schema (draft 2020-12) of [tool.extproof] and, equally, of extproof.toml.
std::string render_configuration_schema();

// Every message with its code, exit code, cause and cure, Markdown.
std::string render_messages_page();

struct GeneratedFile {
  std::string path;  // relative to the root of the sources
  std::string text;
};

// All of them, with the places where they are committed.
std::vector<GeneratedFile> make_generated_files();

}  // namespace extproof::cli
