// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/interpreter_kinds.hpp"

#include <algorithm>

#include "harness/base/text.hpp"

namespace extproof::facts {
namespace {

CpythonSource source_of(std::string_view version) {
  const std::vector<CpythonSource> sources = {
#define EXTPROOF_CPYTHON_SOURCE(version, sha256) {version, sha256},
#include "harness/facts/cpython_sources.inc"
#undef EXTPROOF_CPYTHON_SOURCE
  };
  const auto found = std::find_if(sources.begin(), sources.end(),
                                  [&](const auto& one) { return one.version == version; });
  return found == sources.end() ? CpythonSource{version, ""} : *found;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> all;
  for (const std::string_view word : base::split(text, ' ')) {
    all.emplace_back(word);
  }
  return all;
}

}  // namespace

const std::vector<InterpreterKind>& interpreter_kinds() {
  static const std::vector<InterpreterKind> k_kinds = {
#define EXTPROOF_INTERPRETER_KIND(name, version, sanitizer, debug, free_threaded, configure, \
                                  lanes, purpose)                                            \
  {#name, source_of(version), sanitizer, debug, free_threaded, words(configure), lanes, purpose},
#include "harness/facts/interpreter_kinds.inc"
#undef EXTPROOF_INTERPRETER_KIND
  };
  return k_kinds;
}

const InterpreterKind* interpreter_kind_named(std::string_view name) {
  for (const InterpreterKind& kind : interpreter_kinds()) {
    if (kind.name == name) {
      return &kind;
    }
  }
  return nullptr;
}

std::string archive_folder(const CpythonSource& source) {
  return "Python-" + std::string(source.version);
}

std::string archive_name(const CpythonSource& source) {
  return archive_folder(source) + ".tar.xz";
}

}  // namespace extproof::facts
