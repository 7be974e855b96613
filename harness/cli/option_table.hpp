// SPDX-License-Identifier: Apache-2.0
//
// The commands and options as tables, from which the reader and the help texts are made. Level:
// cli.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/request.hpp"

namespace extproof::cli {

struct OptionRow {
  std::string_view names;  // "-q,--quiet", as CLI11 takes them
  std::string_view value;  // "FILE"; empty for a flag
  std::string_view meaning;
  // Puts the value into the request; returns what was expected when it cannot. A flag has no value.
  std::string (*take)(Request& request, const std::string& value);
};

struct CommandRow {
  Command command;
  std::string_view name;
  std::string_view usage;    // what follows the name: "[LANE...] [-- PYTEST ARGS]"
  std::string_view summary;  // one line, for the list of commands
  std::string_view text;     // paragraphs, divided by an empty line
  std::vector<OptionRow> options;
  bool takes_lanes = false;
  bool takes_subject = false;
  bool takes_words = false;
  bool takes_folder = false;  // instead of --project
  bool takes_pytest_arguments = false;
};

// Sorted as a person meets them: begin, look, plan, run, read.
const std::vector<CommandRow>& command_table();

// The options of every command.
const std::vector<OptionRow>& common_options();

// The text of `extproof --help`, at most 80 columns wide.
std::string render_general_help();

// The text of `extproof COMMAND --help`, at most 80 columns wide.
std::string render_command_help(const CommandRow& command);

}  // namespace extproof::cli
