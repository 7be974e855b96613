// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/interpreter_choice.hpp"

#include <algorithm>

#include "harness/parsers/requirement.hpp"

namespace extproof::engines {
namespace {

using facts::Interpreter;

// The word for the interpreter that lanes without a preference get.
constexpr std::string_view k_stock = "stock";

std::string minor_of(const Interpreter& one) {
  return std::to_string(one.major) + "." + std::to_string(one.minor);
}

bool is_named_by_version(const Interpreter& one, const std::string& wanted) {
  const std::string flavour = one.free_threaded ? "t" : "";
  return wanted == one.version + flavour || wanted == minor_of(one) + flavour;
}

bool is_named_by_path(const Interpreter& one, const std::string& wanted) {
  return wanted == one.path ||
         std::find(one.paths.begin(), one.paths.end(), wanted) != one.paths.end();
}

bool is_release_build(const Interpreter& one) {
  return !one.debug && !one.prerelease && one.headers && one.instrumented.empty();
}

// Neither a debug build nor an instrumented one; of those that the version names, a release that
// extensions can be built for comes first, and what we built comes last.
const Interpreter* choose_named(const std::string& wanted, const facts::Toolchain& toolchain) {
  const Interpreter* best = nullptr;
  int rank_of_best = 4;
  for (const Interpreter& one : toolchain.interpreters) {
    if (is_named_by_path(one, wanted) || (!one.kind.empty() && one.kind == wanted)) {
      return &one;
    }
    if (!is_named_by_version(one, wanted) || !one.instrumented.empty() || one.debug) {
      continue;
    }
    const int rank = !one.kind.empty() ? 3 : is_release_build(one) ? 1 : 2;
    if (rank < rank_of_best) {
      best = &one;
      rank_of_best = rank;
    }
  }
  return best;
}

const Interpreter* choose_instrumented(const InterpreterWish& wish, const facts::Project& project,
                                       const facts::Toolchain& toolchain) {
  for (const Interpreter& one : toolchain.interpreters) {
    const bool fits = one.headers && !one.free_threaded && one.instrumented == wish.sanitizer &&
                      foreign_to(one, wish.sanitizer, wish.runtime).empty() &&
                      parsers::requires_python_allows(project.requires_python, one.version) &&
                      (!wish.of_project || is_named_by_version(one, *wish.of_project));
    if (fits) {
      return &one;
    }
  }
  return nullptr;
}

}  // namespace

const Interpreter* choose_interpreter(const InterpreterWish& wish, const facts::Project& project,
                                      const facts::Toolchain& toolchain) {
  const bool wants_stock = wish.of_lane == k_stock || (!wish.of_lane && wish.of_project == k_stock);
  if (wish.of_lane && !wants_stock) {
    return choose_named(*wish.of_lane, toolchain);
  }
  if (!wish.sanitizer.empty() && !wants_stock) {
    if (const Interpreter* one = choose_instrumented(wish, project, toolchain)) {
      return one;
    }
  }
  if (wish.of_project && wish.of_project != k_stock) {
    return choose_named(*wish.of_project, toolchain);
  }
  for (const Interpreter& one : toolchain.interpreters) {
    if (one.kind.empty() && !one.free_threaded && is_release_build(one) &&
        parsers::requires_python_allows(project.requires_python, one.version)) {
      return &one;
    }
  }
  return nullptr;
}

std::string foreign_to(const Interpreter& interpreter, std::string_view sanitizer,
                       const std::string& runtime) {
  if (interpreter.instrumented.empty()) {
    return {};
  }
  if (interpreter.instrumented != sanitizer) {
    return "the interpreter holds the runtime of " + interpreter.instrumented;
  }
  if (interpreter.runtime.empty()) {
    return "the interpreter is linked statically with its runtime, so extensions cannot share it";
  }
  if (interpreter.runtime != runtime) {
    return "the interpreter is linked with " + interpreter.runtime + ", the compiler links with " +
           runtime;
  }
  return {};
}

const Interpreter* choose_baseline(const Interpreter& of, const facts::Toolchain& toolchain) {
  if (of.instrumented.empty()) {
    return &of;
  }
  const Interpreter* same_minor = nullptr;
  for (const Interpreter& one : toolchain.interpreters) {
    if (!is_release_build(one) || one.free_threaded != of.free_threaded ||
        minor_of(one) != minor_of(of)) {
      continue;
    }
    if (one.version == of.version) {
      return &one;
    }
    same_minor = same_minor == nullptr ? &one : same_minor;
  }
  return same_minor;
}

}  // namespace extproof::engines
