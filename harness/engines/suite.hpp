// SPDX-License-Identifier: Apache-2.0
//
// How a project is built in one configuration and its suite run there: what all lanes that run a
// suite share. Level: engines. Pure; the three functions of a lane call these three.
//
// The steps of a configuration, by the last part of their id:
//
//   sync            sources -> tree/                          every run
//   make, requires  the shared build environment (id begins with "build-env-")
//   build-requires  what the backend asks for beyond pyproject.toml
//   build-tools     installs that, when it is anything
//   build           tree/ -> dist/*.whl, through the wrapper
//   env, interpreter, requirements   the environment of the tests, with the launcher as `python`
//   canary          the canary's source -> a shared object, through the wrapper
//   install         dist/*.whl -> env/
//   modules         which native modules it brought
//   inspect         their symbols, build-ids and debug lines
//   run-tree        sources without the package -> run/       every run
//   preflight       proof that the lane would see a bug
//   tests           the suite                                 every run
//   tests-2, ...    what a process that ended early left      when one did
//   symbols-1, ...  functions of native stacks, per object    when a process hung
//   forked-tests    tests of further processes, one by one    when there are reports of a runtime
//                   that tells a place once
//   lines           the source lines that reports name        when there are reports
//
// All but those marked are skipped while nothing that decides them has changed.
//
// Where CMake builds the project itself (cmake_steps.hpp), there is no build environment and no
// wheel; instead of the steps from make to install there are:
//
//   configure, build   tree/ -> cmake/, through the wrapper
//   stage, install     cmake/ -> install/

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/engines/instrumentation.hpp"
#include "harness/engines/lane.hpp"

namespace extproof::engines {

std::vector<facts::Step> plan_suite(const LaneInput& input, const Instrumentation& instrumentation);

std::vector<facts::Step> next_suite(const LaneInput& input, const Instrumentation& instrumentation,
                                    const Results& results);

LaneInterpretation interpret_suite(const facts::Configuration& configuration,
                                   const Instrumentation& instrumentation, const Results& results);

// The id of a configuration's step: "asan" and "tests" give "asan/tests".
std::string step_id(const facts::Configuration& configuration, std::string_view last_part);

}  // namespace extproof::engines
