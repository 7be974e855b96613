// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/interpreters_list.hpp"

#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/facts/schema_versions.hpp"

namespace extproof::cli {
namespace {

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string megabytes(std::uint64_t bytes) {
  return std::to_string((bytes + 500000) / 1000000) + " MB";
}

std::string line(const char* label, const std::string& text) {
  return "    " + padded(label, 10) + base::escape_line(text) + "\n";
}

std::string install_command(std::string_view kind) {
  return "extproof interpreters install " + std::string(kind);
}

}  // namespace

std::string_view to_string(InterpreterState state) {
  switch (state) {
    case InterpreterState::verified:
      return "verified";
    case InterpreterState::broken:
      return "broken";
    case InterpreterState::building:
      return "building";
  }
  return "broken";
}

std::string render_interpreters(const std::vector<facts::InterpreterKind>& kinds,
                                const std::vector<InstalledInterpreter>& installed) {
  std::string text;
  for (const facts::InterpreterKind& kind : kinds) {
    bool any = false;
    for (const InstalledInterpreter& one : installed) {
      if (one.kind != kind.name) {
        continue;
      }
      any = true;
      text += padded(one.kind, 9) + padded(base::escape_line(one.version), 9) +
              std::string(to_string(one.state));
      text += one.bytes > 0 ? ", " + megabytes(one.bytes) + "\n" : "\n";
      if (!one.reason.empty()) {
        text += line("because", one.reason);
      }
      if (!one.compiler.empty()) {
        text += line("built by", one.compiler);
      }
      text += line("lanes", std::string(kind.lanes));
      if (!one.lacks.empty()) {
        text += line("lacks", base::join(one.lacks, ", "));
      }
      text += line("folder", one.folder);
      if (one.state == InterpreterState::broken) {
        text += line("try", install_command(kind.name));
      }
    }
    if (!any) {
      text += padded(std::string(kind.name), 9) + padded(std::string(kind.source.version), 9) +
              "not installed\n";
      text += line("lanes", std::string(kind.lanes));
      text += line("gives", std::string(kind.purpose));
      text += line("install", install_command(kind.name));
    }
  }
  return text;
}

std::string render_interpreters_json(const std::vector<facts::InterpreterKind>& kinds,
                                     const std::vector<InstalledInterpreter>& installed) {
  nlohmann::json list = nlohmann::json::array();
  for (const facts::InterpreterKind& kind : kinds) {
    nlohmann::json of_kind = nlohmann::json::array();
    for (const InstalledInterpreter& one : installed) {
      if (one.kind == kind.name) {
        of_kind.push_back({{"version", one.version},
                           {"state", to_string(one.state)},
                           {"reason", one.reason},
                           {"compiler", one.compiler},
                           {"folder", one.folder},
                           {"bytes", one.bytes},
                           {"lacks", one.lacks}});
      }
    }
    list.push_back({{"kind", kind.name},
                    {"version", kind.source.version},
                    {"lanes", kind.lanes},
                    {"purpose", kind.purpose},
                    {"install", install_command(kind.name)},
                    {"installed", std::move(of_kind)}});
  }
  const nlohmann::json document = {{"schema", facts::schema_versions::k_interpreter},
                                   {"interpreters", std::move(list)}};
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace extproof::cli
