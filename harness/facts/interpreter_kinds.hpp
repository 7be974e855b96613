// SPDX-License-Identifier: Apache-2.0
//
// The interpreters that extproof can build, as closed tables. Level: facts. A kind is a row of
// interpreter_kinds.inc; an archive of CPython's source is a row of cpython_sources.inc.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace extproof::facts {

struct CpythonSource {
  std::string_view version;  // "3.14.6"
  std::string_view sha256;   // of the .tar.xz, lower case
};

struct InterpreterKind {
  std::string_view name;          // as a user writes it: "asan"
  CpythonSource source;           // the version that is built, and its archive
  std::string_view instrumented;  // as in Interpreter: "asan" or empty
  bool debug = false;
  bool free_threaded = false;
  std::vector<std::string> configure;  // arguments beside prefix, compiler and link flags
  std::string_view lanes;              // that it opens, divided by ", "
  std::string_view purpose;            // for people: what it is good for
};

// Every kind, in the order in which they are shown.
const std::vector<InterpreterKind>& interpreter_kinds();

// The kind of that name; nullptr for an unknown one.
const InterpreterKind* interpreter_kind_named(std::string_view name);

// "Python-3.14.6.tar.xz", and the folder that is in it.
std::string archive_name(const CpythonSource& source);
std::string archive_folder(const CpythonSource& source);

}  // namespace extproof::facts
