// SPDX-License-Identifier: Apache-2.0
//
// What was found on this machine. Level: facts. Observed once per run by the platform; every
// decision about it is made elsewhere, so that it can be tested with made-up machines.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace extproof::facts {

enum class CompilerFamily { clang, gcc };
const char* to_string(CompilerFamily family);

// The shared runtimes of one compiler. An empty path means that it was not found.
struct Runtimes {
  std::string asan;
  std::string ubsan;
  std::string libstdcxx;  // what C++ code built by it loads
  std::string
      symbolizer;  // llvm-symbolizer of the same LLVM; empty for gcc, whose runtimes need none
};

struct Compiler {
  CompilerFamily family = CompilerFamily::clang;
  std::string name;     // as a user writes it: "clang-19", "gcc"
  std::string version;  // "19.1.7"
  int major = 0;
  std::string cc;                  // absolute
  std::string cxx;                 // absolute; empty when there is no C++ driver
  std::vector<std::string> paths;  // every path that leads to it, sorted
  Runtimes runtimes;
  std::string identity;  // changes when the program does; part of keys
};

struct Interpreter {
  std::string path;     // absolute, of the base interpreter, never of a virtual environment
  std::string version;  // "3.13.0"
  int major = 0;
  int minor = 0;
  bool prerelease = false;
  std::string tag;  // "cp313", "cp313t", "cp314d"
  bool free_threaded = false;
  bool debug = false;
  bool headers = true;             // Python.h is there, so extensions can be built
  std::string instrumented;        // "asan", "tsan" or empty
  std::string runtime;             // of that sanitizer, shared, links resolved; empty: static
  std::string kind;                // of interpreter_kinds.inc when extproof built it
  std::vector<std::string> paths;  // every path that leads to it, sorted
  std::string identity;            // changes when the program does
};

// "3.13.0", "3.14.6t", "3.14.6-asan": how people tell one interpreter from another.
std::string build_of(const Interpreter& interpreter);

struct Tool {
  std::string name;  // "uv", "ccache", "git"
  std::string path;  // absolute; empty when not found
};

// Where extproof's own parts lie.
struct Parts {
  std::string reaper;
  std::string worker;
  std::string launcher;
  std::string wrapper;
  std::string probe;
  std::string canaries;  // folder with asan.c, ubsan.c, none.c
  std::string python;    // folder with run_tests.py, preflight.py, ...
};

struct Toolchain {
  std::vector<Compiler> compilers;        // newest clang first, then gcc
  std::vector<Interpreter> interpreters;  // newest first
  std::vector<Tool> tools;
  Parts parts;
  std::string kernel;  // release and settings that decide whether a lane works
  std::string cache;   // the user's cache folder for extproof
  int processors = 1;
  // Variables of the caller's environment that compilers and build backends read, such as CFLAGS.
  std::map<std::string, std::string> build_variables;

  // The tool's path; empty when it was not found.
  std::string tool(const std::string& name) const;
};

}  // namespace extproof::facts
