// SPDX-License-Identifier: Apache-2.0
//
// What a command line asks for. Level: cli. A value; parse_options() makes it.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/facts/acceptance.hpp"
#include "harness/facts/report_format.hpp"

namespace extproof::cli {

enum class Command { init, doctor, interpreters, plan, run, report, debug, explain, accept };

enum class ColorMode { automatic, always, never };

// One entry of --format.
struct AskedFormat {
  facts::ReportFormat format = facts::ReportFormat::console;
  std::string file;  // of "NAME=FILE", "-" for standard output; empty: where --output says
};

struct Request {
  Command command = Command::run;
  std::string project;      // a folder; empty: the current one
  std::string config_file;  // of --config; empty: the project's own
  std::optional<int> jobs;  // absent: one for each processor
  ColorMode color = ColorMode::automatic;
  bool quiet = false;
  bool verbose = false;
  bool json = false;                          // one JSON document on stdout
  bool all = false;                           // every lane that this machine can judge
  std::vector<std::string> lanes;             // as they were named, not looked up yet
  std::vector<AskedFormat> formats;           // of the report; empty: the console's
  std::string output;                         // of --output: a file or a folder; empty: none
  std::optional<int> run;                     // that is read; absent: the latest
  std::string subject;                        // a finding; of `explain` also a message's code
  facts::Acceptance acceptance;               // of `accept`
  std::vector<std::string> words;             // of `interpreters`: what to do, and the kind
  bool batch = false;                         // of `debug`: no prompt
  std::string source;                         // of `interpreters install`: an archive
  std::optional<std::string> compiler;        // of `interpreters install`
  std::vector<std::string> pytest_arguments;  // what stood after "--", untouched
  std::vector<std::string> argv;              // the whole command line, for the record
};

}  // namespace extproof::cli
