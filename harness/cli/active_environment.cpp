// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/active_environment.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/platform/files.hpp"

namespace extproof::cli {
namespace {

// "Python 3.12.1", as the environment says of itself.
std::string python_of(const std::string& folder) {
  const auto text = platform::read_text(folder + "/pyvenv.cfg");
  if (!text) {
    return "another Python";
  }
  for (const std::string_view line : base::lines(text->view)) {
    const std::size_t sign = line.find('=');
    const std::string_view key = base::trim(line.substr(0, sign));
    if (sign != std::string_view::npos && (key == "version" || key == "version_info")) {
      return "Python " + std::string(base::trim(line.substr(sign + 1)));
    }
  }
  return "another Python";
}

}  // namespace

std::string note_on_active_environment(const platform::Environment& environment,
                                       const facts::Config& config,
                                       const std::vector<facts::Interpreter>& chosen) {
  const auto found = environment.find("VIRTUAL_ENV");
  const bool is_named = config.python.has_value() ||
                        std::any_of(config.lane.begin(), config.lane.end(), [](const auto& lane) {
                          return lane.second.interpreter.has_value();
                        });
  if (found == environment.end() || found->second.empty() || is_named || chosen.empty()) {
    return "";
  }
  const std::string python = found->second + "/bin/python";
  const std::string real = platform::real_path(python);
  if (real.empty() || std::any_of(chosen.begin(), chosen.end(), [&](const auto& one) {
        return platform::real_path(one.path) == real;
      })) {
    return "";
  }
  const facts::Interpreter& first = chosen.front();
  return "note: the lanes run with Python " + first.version + (first.free_threaded ? "t" : "") +
         ", the newest release here that requires-python allows, and not with " +
         base::escape_line(python_of(found->second)) +
         " of the active environment; for that: " + "python = \"" + base::escape_line(python) +
         "\"\n";
}

}  // namespace extproof::cli
