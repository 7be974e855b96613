// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/workflow_commands.hpp"

#include "harness/base/text.hpp"

namespace extproof::cli {

std::string render_group(std::string_view name) {
  std::string escaped;
  for (const char c : name) {
    switch (c) {
      case '%':
        escaped += "%25";
        break;
      case '\r':
        escaped += "%0D";
        break;
      case '\n':
        escaped += "%0A";
        break;
      default:
        escaped += c;
    }
  }
  return "::group::" + escaped + "\n";
}

std::string render_group_end() {
  return "::endgroup::\n";
}

std::string without_commands(std::string_view line) {
  std::string safe;
  // The newer form counts only at the beginning of a line, after white space.
  if (base::trim(line).substr(0, 2) == "::") {
    safe += ". ";
  }
  for (std::size_t at = 0; at < line.size(); ++at) {
    safe += line[at];
    // The older one counts anywhere.
    if (line.substr(at, 3) == "##[") {
      safe += "# [";
      at += 2;
    }
  }
  return safe;
}

}  // namespace extproof::cli
