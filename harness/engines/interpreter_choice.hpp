// SPDX-License-Identifier: Apache-2.0
//
// Which interpreter a lane runs in, and which one its baseline. Level: engines. Pure.
//
//   stock          what the machine has: the choice of every lane that asks for nothing
//   instrumented   holds a sanitizer; only a lane of that sanitizer runs in it, and prefers it
//   of a kind      built by extproof: never chosen for being the newest, only when a lane prefers
//                  it, when its kind is named, or as the baseline of its version
//
// What a user wrote names an interpreter in one of three ways: a path, a version ("3.14", "3.14t"),
// a kind ("asan"). For a lane, "stock" means what lanes without a preference get. The version of
// the whole project leaves the choice of the build to the lane; the `interpreter` of a lane is
// exact.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/facts/project.hpp"
#include "harness/facts/toolchain.hpp"

namespace extproof::engines {

struct InterpreterWish {
  std::optional<std::string> of_lane;     // `interpreter` of the lane
  std::optional<std::string> of_project;  // `python`
  std::string_view sanitizer;             // what the lane brings: "asan"; empty
  std::string runtime;                    // of that sanitizer, which the compiler links with
};

// nullptr when there is none. An instrumented interpreter that somebody named is chosen even where
// the lane cannot run in it; see foreign_to().
const facts::Interpreter* choose_interpreter(const InterpreterWish& wish,
                                             const facts::Project& project,
                                             const facts::Toolchain& toolchain);

// Why a lane of that sanitizer and runtime cannot run in the interpreter; empty when it can.
std::string foreign_to(const facts::Interpreter& interpreter, std::string_view sanitizer,
                       const std::string& runtime);

// The interpreter without instrumentation that what ran in `of` is compared with: itself, or a
// release build of the same version and ABI; nullptr when there is none.
const facts::Interpreter* choose_baseline(const facts::Interpreter& of,
                                          const facts::Toolchain& toolchain);

}  // namespace extproof::engines
