// SPDX-License-Identifier: Apache-2.0
//
// From a line of C that Cython wrote back to the line that it was written for. Cython says so in
// comments before each statement:
//
//   /* "pkg/core.pyx":16
//    *     cdef int sum = 0
//    *     for i in range(self.n):             # <<<<<<<<<<<<<<
//    ...
//
// Level: parsers. Pure.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace extproof::parsers {

struct CythonOrigin {
  std::string file;       // as Cython names it: relative to where it ran, or to its own includes
  std::int64_t line = 0;  // 1-based
  friend bool operator==(const CythonOrigin&, const CythonOrigin&) = default;
};

// True when Cython wrote `source`, by its first line.
bool is_of_cython(std::string_view source);

// What line `number` (1-based) was written for; none for what Cython adds on its own: type slots,
// module tables, its library of helpers. `lines` are those of a source that is_of_cython.
std::optional<CythonOrigin> find_cython_origin(const std::vector<std::string_view>& lines,
                                               std::int64_t number);

}  // namespace extproof::parsers
