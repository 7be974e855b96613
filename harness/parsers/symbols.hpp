// SPDX-License-Identifier: Apache-2.0
//
// Reads what llvm-symbolizer and addr2line print of addresses of one object, with -a -f -i in the
// style of GNU. Level: parsers.
//
//   0x0000000000001131
//   inner(int)
//   /project/a.cpp:3
//   ns::outer(int)
//   /project/a.cpp:6 (discriminator 2)

#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "harness/facts/stack.hpp"

namespace extproof::parsers {

// For each address the calls that lie there, the inlined ones first, with function, file and line
// as far as they are known. An address of which nothing is known is not in it.
std::map<std::uint64_t, std::vector<facts::Frame>> parse_symbols(std::string_view text);

}  // namespace extproof::parsers
