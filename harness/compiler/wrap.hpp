// SPDX-License-Identifier: Apache-2.0
//
// The wrapper as a function: a lane's profile and a compiler command line give the command line of
// the real compiler and what the compile database gains. Pure but for the reader handed in.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/compiler/command_line.hpp"
#include "harness/compiler/profile.hpp"
#include "harness/compiler/response_file.hpp"

namespace extproof::compiler {

struct Call {
  std::string called_as;          // argv[0]: its name decides between cc and cxx
  std::vector<std::string> args;  // the rest, as given
  std::string folder;             // the working folder
};

struct Wrapped {
  // To execute; the first is an absolute path. Response files are expanded in it when the call was
  // changed, and left alone when it was not.
  std::vector<std::string> argv;

  // How many at the front of `argv` must stay on the command line (ccache, the compiler) when the
  // rest goes to a response file.
  std::size_t programs = 1;

  // What the rest of `argv` reads as a response file; empty when `argv` is short enough as it is.
  std::string response_text;

  // Lines for the compile database, each with its newline; empty when there is nothing to add.
  // schema 1: {"schema", "lane", "directory", "file", "output", "arguments", "dropped"}, where
  // arguments begin at the compiler (without ccache), response files are expanded, output is
  // absent where nothing says what it is, and bytes that are not UTF-8 read as U+FFFD.
  std::string database_lines;
};

// Above this many bytes a command line goes through a response file.
inline constexpr std::size_t k_longest_command_line = 100'000;

// Ensures: queries, preprocessing, assembling, relocatable links, other languages and command
//          lines without inputs go through unchanged but for the program;
//          the flags of the profile come last, in its order, compile before link.
Wrapped wrap(const Profile& profile, const Call& call, const ReadText& read);

}  // namespace extproof::compiler
