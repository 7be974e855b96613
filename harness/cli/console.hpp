// SPDX-License-Identifier: Apache-2.0
//
// Where the program's words go: data to stdout, messages and progress to stderr. Level: cli.

#pragma once

#include <string_view>

#include "harness/cli/request.hpp"
#include "harness/facts/refusal.hpp"
#include "harness/platform/process.hpp"
#include "harness/report/text_layout.hpp"

namespace extproof::cli {

class Console {
 public:
  explicit Console(const platform::Environment& environment);

  // Follows the options once they are known.
  void follow(const Request& request);

  // To stdout.
  void data(std::string_view text) const;
  // To stderr, unless quiet.
  void message(std::string_view text) const;
  // Each to stderr; returns what they contribute to the exit code.
  facts::ExitCode refuse(const facts::Refusals& refusals) const;
  // Warnings, unless quiet.
  void warn(const facts::Refusals& warnings) const;

  report::ConsoleStyle style() const;
  bool quiet() const { return quiet_; }
  const platform::Environment& environment() const { return environment_; }

 private:
  const platform::Environment& environment_;
  ColorMode color_ = ColorMode::automatic;
  bool quiet_ = false;
  bool verbose_ = false;
};

}  // namespace extproof::cli
