// SPDX-License-Identifier: Apache-2.0
//
// Reads of an ELF file what tells how it was built and what it needs. Level: parsers. Pure: works
// on bytes that somebody else read. 32 and 64 bits, both byte orders.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.hpp"

namespace extproof::parsers {

struct ElfObject {
  std::string build_id;  // hexadecimal; empty without one
  std::string soname;
  std::string runpath;  // DT_RUNPATH, else DT_RPATH
  std::vector<std::string> needed;
  std::vector<std::string> undefined;  // dynamic symbols that others have to define, sorted
  std::vector<std::string> defined;    // dynamic symbols of its own, sorted
  bool has_debug_lines = false;        // a table that maps addresses to lines of source
  // What the compilers of its units say of themselves in the debug information, with their flags;
  // each text once, sorted. Empty as well where those texts are compressed or lie in another file.
  std::vector<std::string> producers;
};

struct ElfProblem {
  std::string reason;  // for people, one line
};

// Errors: it is no ELF file, or something in it lies outside of it. Any bytes are safe: every
// offset and count of the file is checked against its size before it is used.
base::Result<ElfObject, ElfProblem> parse_elf(std::string_view bytes);

}  // namespace extproof::parsers
