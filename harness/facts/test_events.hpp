// SPDX-License-Identifier: Apache-2.0
//
// What the pytest plugin wrote down, as values. Level: facts. The lines themselves are described in
// harness/python/extproof/plugin.py, their schema number is schema_versions::k_events.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/facts/report.hpp"

namespace extproof::facts {

enum class Phase { configure, import, collection, setup, call, teardown, finish };
const char* to_string(Phase phase);
bool is_of_a_test(Phase phase);  // setup, call or teardown

// "passed" ...; not_run: collected, but the process ended before its outcome was written.
enum class TestOutcome { passed, failed, skipped, error, not_run };
const char* to_string(TestOutcome outcome);

// Sizes of the log files at one moment, in bytes, by file name.
using LogSizes = std::map<std::string, std::size_t, std::less<>>;

// A stretch of time that belongs to one test (or to collecting a module) and the log bytes that
// were there when it began. It lasts until the next boundary.
struct PhaseBoundary {
  std::string id;  // the test, or the module that was imported; empty for configure and finish
  Phase phase = Phase::configure;
  bool start = true;
  double seconds = 0;  // since an arbitrary moment that is the same for the whole process
  LogSizes logs;       // those that changed since the boundary before; see parsers::sizes_at
};

struct TestRecord {
  std::string id;
  TestOutcome outcome = TestOutcome::not_run;
  double seconds = 0;
  std::string message;  // of the failure, else empty
};

// Where a test failed, in words of its own file.
struct TestFailure {
  std::string file;   // relative to the root of the tests
  int line = 0;       // the innermost one in that file, else that of the test; 0 when unknown
  std::string error;  // the exception's type and the first line of its message
};

struct CollectionProblem {
  std::string id;  // of the module
  std::string message;
  bool skipped = false;  // it asked to be skipped, which is no failure
};

struct LoadedModule {
  std::string name;
  std::string file;  // after resolving links
};

// A leak of a log, and when its blocks were allocated.
struct LeakContexts {
  std::string log;         // file name
  std::size_t offset = 0;  // of the leak's line, in bytes
  // How many of its blocks, by boundary: an index into TestEvents::boundaries.
  std::map<std::size_t, std::uint64_t> blocks;
};

// A job of a zygote whose child did not come to its own end.
struct LostJob {
  std::string id;   // the test during which it ended
  std::string end;  // "signal 11 (SIGSEGV)", "exit 3", "timed out"
};

// The last words of a zygote; see harness/python/extproof/forked_tests.py.
struct ForksEnd {
  std::vector<std::string> threads;  // because of which nothing was forked
  std::size_t missing = 0;           // tests that were not collected again
  std::size_t left = 0;              // tests that there was no time for
};

struct TestEvents {
  bool has_session = false;  // the plugin started at all
  int pid = 0;               // of the process that pytest runs in
  std::string python;        // "3.13.0"
  std::string pytest;
  bool gil = true;
  std::vector<TestRecord> tests;                // in the order of collection
  std::map<std::string, TestFailure> failures;  // by id, of those whose place was written
  std::vector<PhaseBoundary> boundaries;
  std::vector<CollectionProblem> collection_problems;
  std::vector<LoadedModule> modules;
  std::vector<std::string> notes;
  bool leak_check_ran = false;
  std::vector<LeakContexts> leaks;
  std::string leaks_unfollowed;  // why no leak has contexts; empty where blocks were followed
  std::vector<LostJob> lost_jobs;
  std::optional<ForksEnd> forks;
  bool finished = false;          // the plugin wrote its last line
  int exit_status = -1;           // of pytest, when finished
  std::vector<Problem> problems;  // lines that could not be read
};

}  // namespace extproof::facts
