// SPDX-License-Identifier: Apache-2.0
//
// What a compiler writes into the debug information of each unit that it compiles: its own name and
// version and, when it was asked to, its flags. Level: parsers. Pure.

#pragma once

#include <string_view>

namespace extproof::parsers {

// Whether `text` is such a line, of a compiler that turns source into code: gcc, clang, rustc. The
// assembler's is none, nor is that of the parts that gcc brings along (libgcc).
bool is_producer(std::string_view text);

// Whether such a line is of rustc, whose stable releases instrument nothing.
bool is_of_rust(std::string_view producer);

// Whether the unit was compiled with -fsanitize=`sanitizer`, alone or in a list, and nothing behind
// it took that back. A line without flags gives false.
bool was_sanitized(std::string_view producer, std::string_view sanitizer);

}  // namespace extproof::parsers
