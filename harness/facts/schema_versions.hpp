// SPDX-License-Identifier: Apache-2.0
//
// The number of every format that is written to disk or printed as JSON. A number never changes
// its meaning; each has its history here. Level: facts.

#pragma once

namespace extproof::facts::schema_versions {

// Event lines of the pytest plugin. 1: first. 2: a failure has file, line and error. 3: a leak
// check says when lost blocks were allocated. 4: jobs of a zygote. The older ones are read too.
inline constexpr int k_events = 4;
// store.sqlite (user_version). 1: first; frames need not have own, which was added unnumbered.
// 2: findings have after and hint; a sighting without a place in its log has null for its bytes.
// 3: findings have reason, issue and until. Added since: generated of frames, in sources of Cython;
// threads of a process that was ended for its silence, and then process and stack of those.
inline constexpr int k_store = 3;
// `extproof report --format json`. 1: first. Added since, which changes no meaning: after and hint
// of findings; null for bytes where there are none; generated of frames.
inline constexpr int k_report = 1;
// `extproof plan --json`. 1: first. Added since: pytest_arguments of configurations.
inline constexpr int k_plan = 1;
// `extproof doctor --json`. 1: first.
inline constexpr int k_doctor = 1;
// What a further process of a suite is told. 1: first. harness/python/extproof/continuation.py has
// the same number.
inline constexpr int k_continuation = 1;
// What a debugger's session is told. 1: first. harness/python/extproof/gdb_session.py has the same
// number.
inline constexpr int k_debug = 1;
// The file that says which process to become. 1: first.
inline constexpr int k_start = 1;
// Which tests of a suite run again in forks. 1: first. harness/python/extproof/forked_tests.py has
// the same number.
inline constexpr int k_forked_tests = 1;
// The wrapper's profile. 1: first.
inline constexpr int k_wrapper = 1;
// The stamp beside the result of a step that can be reused. 1: first.
inline constexpr int k_stamp = 1;
// What the worker prints. 1: first. 2: producers of objects. 3: origins of
// lines. Added since: stage, built-modules.
inline constexpr int k_worker = 3;
// What was proven of an interpreter that was built here, and `extproof interpreters list --json`.
// 1: first.
inline constexpr int k_interpreter = 1;
// The cache of what is known about compilers and interpreters. 1: first. 2: headers of
// interpreters. 3: runtimes of instrumented interpreters.
inline constexpr int k_observed = 3;

}  // namespace extproof::facts::schema_versions
