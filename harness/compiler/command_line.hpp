// SPDX-License-Identifier: Apache-2.0
//
// Reads a command line of a C or C++ compiler driver (gcc or clang, GNU style): which arguments
// belong together, which are inputs, and what kind of work the whole asks for. Pure: never opens a
// file, never looks at the environment.
//
// Everything here holds views into the arguments that it was given: they must live longer.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace extproof::compiler {

enum class Driver { c, cxx };

// Which driver a program name asks for: the part after the last slash holds `++` or it does not.
Driver driver_of(std::string_view called_as);

// One option with its value, or one input.
struct Argument {
  std::size_t first = 0;  // index of its first argument
  std::size_t count = 1;  // 2 when the value is an argument of its own
  std::string_view
      option;              // as written, without a value that follows it; "-D" for "-DX" and "-D X"
  std::string_view value;  // of the options that we look into; the second argument when count is 2
  bool input = false;      // a file name, or "-"
};

struct Arguments {
  std::vector<Argument> list;     // each argument of the command line is in exactly one entry
  std::size_t end_of_options;     // where a further option may stand: before "--", else at the end
  bool value_is_missing = false;  // the last option wants a value and has none
};

// Groups `args` (without the program name). No error: any list is a command line to us.
Arguments parse_arguments(const std::vector<std::string>& args);

// One word that the driver hands to the linker: an element of -Wl,a,b or the value of -Xlinker.
struct LinkerWord {
  std::size_t argument = 0;  // index into Arguments::list
  std::string_view text;
  bool is_value = false;  // of the linker option before it, as "defs" in -Wl,-z,defs
};

// All linker words in the order in which the linker sees them. `-z X` of the driver is two words.
std::vector<LinkerWord> linker_words(const Arguments& arguments);

// Calls `visit` with each element between the commas of "-Wl,a,b" (and -Wp, -Wa).
template <typename Visit>
void for_each_element(std::string_view list, Visit visit) {
  std::size_t at = list.find(',');
  while (at != std::string_view::npos) {
    const std::size_t next = list.find(',', at + 1);
    visit(list.substr(at + 1, next == std::string_view::npos ? next : next - at - 1));
    at = next;
  }
}

// True when linker word `word` is option `name`, which is given with one dash: the linkers take
// long options with one dash or two.
bool is_linker_option(std::string_view word, std::string_view name);

enum class Kind {
  query,             // asks the compiler about itself: --version, -print-..., -###
  preprocess,        // -E, -M, -MM
  assemble,          // assembler sources and no link
  compile,           // C or C++ sources, also to a precompiled header; no link of ours to change
  link,              // a shared object or an executable, from objects and libraries
  compile_and_link,  // both with one command
  relocatable,       // -r: objects joined to an object
  other_language,    // Fortran, CUDA, Go, Objective-C, LLVM IR, ...
  nothing,           // no inputs, or a command line that the compiler will refuse
};

enum class LinkOutput { none, executable, shared, relocatable };

struct CommandLine {
  Kind kind = Kind::nothing;
  LinkOutput output_kind = LinkOutput::none;
  std::vector<std::string_view> sources;  // the C and C++ inputs, "-" included
  std::string_view output;                // of -o, empty without
  bool to_object = false;                 // -c decides where the work stops
  bool language_is_set = false;           // -x holds for what would follow the last argument
  bool is_without_libraries = false;      // -nodefaultlibs, -nostdlib: it names all that it wants
};

// Ensures: sources is not empty exactly when kind is compile or compile_and_link;
//          output_kind is shared or executable exactly when kind is link or compile_and_link.
CommandLine classify(const std::vector<std::string>& args, const Arguments& arguments);

constexpr bool compiles(Kind kind) {
  return kind == Kind::compile || kind == Kind::compile_and_link;
}
constexpr bool links(Kind kind) {
  return kind == Kind::link || kind == Kind::compile_and_link;
}

// The name of a kind, as tests and golden files show it.
std::string_view to_string(Kind kind);

}  // namespace extproof::compiler
