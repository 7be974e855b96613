// SPDX-License-Identifier: Apache-2.0
//
// Call stacks, native and Python, as a report shows them. Level: facts.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace extproof::facts {

enum class Language { native, python };

// One call. Everything that the report did not name is empty or zero.
struct Frame {
  Language language = Language::native;
  std::string function;  // as the symboliser prints it, demangled, with parameters if it had them
  std::string file;      // as reported: absolute, relative or empty
  int line = 0;          // 1-based; 0 when unknown
  int column = 0;        // 1-based; 0 when unknown
  std::string module;    // path of the loaded object, when it was printed
  std::uint64_t offset = 0;  // in that module, when it was printed
  bool own = false;          // the project wrote it; `file` is then relative to the project
  // What the compiler read when `file` is what that was generated from (Cython); else empty and 0.
  std::string generated_file;
  int generated_line = 0;

  friend bool operator==(const Frame&, const Frame&) = default;
};

enum class StackRole { access, free, allocation, other_thread, python };
enum class Access { none, read, write };

struct Stack {
  StackRole role = StackRole::access;
  Access access = Access::none;
  std::string thread;         // "T1", "main thread"; empty when there is only one
  std::vector<Frame> frames;  // innermost first

  friend bool operator==(const Stack&, const Stack&) = default;
};

// "access", "free", "allocation", "other-thread", "python".
const char* to_string(StackRole role);
// "", "read", "write".
const char* to_string(Access access);
// "c++", "python".
const char* to_string(Language language);

}  // namespace extproof::facts
