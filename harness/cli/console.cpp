// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/console.hpp"

#include "harness/cli/progress.hpp"
#include "harness/platform/surroundings.hpp"

namespace extproof::cli {

using platform::Stream;

Console::Console(const platform::Environment& environment) : environment_(environment) {}

void Console::follow(const Request& request) {
  color_ = request.color;
  quiet_ = request.quiet;
  verbose_ = request.verbose;
}

void Console::data(std::string_view text) const {
  platform::write_to(Stream::output, text);
}

void Console::message(std::string_view text) const {
  if (!quiet_) {
    platform::write_to(Stream::errors, text);
  }
}

facts::ExitCode Console::refuse(const facts::Refusals& refusals) const {
  std::vector<facts::ExitCode> codes;
  for (const facts::Refusal& refusal : refusals) {
    platform::write_to(Stream::errors, facts::render_refusal(refusal));
    codes.push_back(facts::exit_code_of(refusal));
  }
  return facts::strongest(codes);
}

void Console::warn(const facts::Refusals& warnings) const {
  for (const facts::Refusal& warning : warnings) {
    message(facts::render_refusal(warning));
  }
}

report::ConsoleStyle Console::style() const {
  const bool terminal = platform::is_terminal(Stream::output);
  return {.color = use_color(color_, terminal, environment_),
          .columns = terminal ? platform::columns_of(Stream::output) : 80,
          .verbose = verbose_};
}

}  // namespace extproof::cli
