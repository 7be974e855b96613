// SPDX-License-Identifier: Apache-2.0
//
// How an interpreter is built, proven and kept in the user's cache. Level: engines. Pure: steps,
// and judgements of their results.
//
// The steps of an installation, by the last part of their id; the first is the kind:
//
//   fetch                 the archive from the net, when it is nowhere here
//   unpack                its content, once its digest was compared
//   headers               which development packages are there
//   configure, make, install    into a folder apart, below which the final path is repeated
//   describe              what the interpreter says of itself
//   quiet                 it starts and ends without a word, leak check included
//   canary, read          a read of freed memory in the interpreter's own code is reported
//   canary-cxx, throw     a C++ exception that is thrown in a loaded library is caught
//   venv, venv-python     uv makes an environment from it, which runs
//   pip                   pip runs
//
// Everything is made in one folder that is thrown away. Only what was proven is renamed into place.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/engines/lane.hpp"
#include "harness/facts/interpreter_kinds.hpp"

namespace extproof::engines {

// Where the source archive comes from.
struct ArchiveOrigin {
  std::string file;  // absolute; where it lies, or where the download puts it
  std::string url;   // empty: the file is there already
};

struct InstallInput {
  facts::InterpreterKind kind;
  facts::Compiler compiler;
  ArchiveOrigin archive;
  facts::Toolchain toolchain;  // with the tools "make", "uv", "python"
  int jobs = 1;
};

// The paths of one interpreter in the cache.
struct InterpreterPaths {
  std::string collection;  // <cache>/interpreters
  std::string home;        // <collection>/asan-3.14.6-1a2b3c4d: where it works in the end
  std::string manifest;    // in home
  std::string python;      // in home
  std::string workshop;    // <collection>/.building-asan: everything until then
  std::string source;
  std::string build;
  std::string staged;         // home, as it stands in the workshop
  std::string staged_python;  // in it
  std::string logs;           // <collection>/logs/asan: kept until the next installation
};

InterpreterPaths interpreter_paths(const InstallInput& input);

// What the folder's key is made of: version, compiler and arguments of configure, in one line each.
std::vector<std::string> configure_arguments(const InstallInput& input);

// The compiler that builds the kind: the one named, else the first that has the runtime which the
// kind needs. Errors: XP1201.
facts::Judged<facts::Compiler> choose_interpreter_compiler(const facts::InterpreterKind& kind,
                                                           const std::optional<std::string>& wanted,
                                                           const facts::Toolchain& toolchain);

// First fetch, unpack and headers; then, when nothing that is needed lacks, all others.
std::vector<facts::Step> plan_preparation(const InstallInput& input);
std::vector<facts::Step> plan_building(const InstallInput& input);

// What the preparation says. A refusal ends the installation, a warning is only shown.
// Errors: XP1205 no archive, XP1206 another digest, XP1207 headers without which nothing works.
// Warnings: XP1208 modules that the interpreter will lack.
facts::Refusals judge_preparation(const InstallInput& input, const Results& results);

// What was proven of an interpreter, and what it is.
struct InterpreterProof {
  std::vector<facts::PreflightCheck> checks;
  std::vector<std::string> lacks;  // modules of the standard library
  std::string runtime;             // the sanitizer's shared runtime in its process
  facts::Refusals refusals;        // empty: it may be used
};

// Errors: XP1209 for a step of the build that ended badly, XP1210 for a proof that failed.
InterpreterProof judge_building(const InstallInput& input, const Results& results);

// The file in the interpreter's folder that says what was proven. An interpreter without a readable
// one of this schema is broken.
struct InterpreterManifest {
  std::string kind;
  std::string version;
  std::string compiler;  // "clang-19 19.1.7"
  std::string runtime;
  std::string sha256;  // of the archive
  std::vector<std::string> configure;
  std::vector<std::string> lacks;
  std::vector<facts::PreflightCheck> checks;
  std::string built;     // UTC
  double seconds = 0;    // that building and proving took
  std::string identity;  // of the program when it was proven
};

InterpreterManifest make_manifest(const InstallInput& input, const InterpreterProof& proof);
std::string render_manifest(const InterpreterManifest& manifest);
std::optional<InterpreterManifest> parse_manifest(std::string_view text);

}  // namespace extproof::engines
