// SPDX-License-Identifier: Apache-2.0
//
// Every parser of this project whose text comes from outside, as one function of bytes, with the
// laws that must hold whatever the bytes are. For the fuzzer (fuzzer.cpp) and for the unit test.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace extproof::fuzz {

struct Outcome {
  bool read = false;       // the bytes had a meaning for the parser
  std::string broken_law;  // that did not hold, as a sentence; empty when all did
};

struct Parser {
  std::string_view name;  // [a-z-] only; its own inputs to begin with lie in testdata/NAME
  // Folders and files below the project that hold more of them.
  std::vector<std::string_view> seeds;
  // Bytes of memory that it may need for each byte of input, beside what any small input needs.
  std::size_t most_memory_per_byte;
  // Any bytes; throws nothing that the parser does not throw.
  Outcome (*run)(std::string_view bytes);
};

// In order of their names.
const std::vector<Parser>& parsers();

// The one of that name; nullptr when there is none.
const Parser* find_parser(std::string_view name);

}  // namespace extproof::fuzz
