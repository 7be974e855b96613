// SPDX-License-Identifier: Apache-2.0
//
// For the tests beside it: the results of a suite's steps in one configuration, made up so that
// everything went well, to be changed by a test into what it is about.

#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "harness/engines/instrumentation.hpp"
#include "harness/engines/suite.hpp"
#include "harness/engines/suite_paths.hpp"
#include "harness/testing/sample_machine.hpp"

namespace extproof::engines {

inline std::string canary_report(const std::string& frame) {
  return "==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000020 at pc "
         "0x7f01 bp 0x7ffd sp 0x7ffd\nWRITE of size 1 at 0x602000000020 thread T0\n    #0 0x7f01 "
         "in " +
         frame + "\n\nSUMMARY: AddressSanitizer: heap-buffer-overflow\n==1==ABORTING\n";
}

inline std::string leak_report(int bytes) {
  return "\n==1==ERROR: LeakSanitizer: detected memory leaks\n\nDirect leak of " +
         std::to_string(bytes) +
         " byte(s) in 1 object(s) allocated from:\n    #0 0x7f01 in malloc (/x/libasan.so.8+0x1)\n"
         "    #1 0x7f02 in lose_block /parts/canary/asan.c:26:5\n\nSUMMARY: AddressSanitizer: " +
         std::to_string(bytes) + " byte(s) leaked in 1 allocation(s).\n";
}

class SuiteScene {
 public:
  SuiteScene() {
    instrumentation = {.compile = {"-fsanitize=address"},
                       .preload = {"/parts/libextproof_probe.so", "/usr/lib/libasan.so"},
                       .options = {{"ASAN_OPTIONS", "halt_on_error=0"}},
                       .kind = "asan",
                       .canary = "asan.c",
                       .canary_kind = facts::FindingKind::heap_buffer_overflow,
                       .evidence = {"__asan_"},
                       .sanitizer = "address",
                       .leak_check = true,
                       .blind_spots = {"something"}};
    module_file = paths().site_packages + "/demo/_core.so";
  }

  facts::Configuration configuration = testing::sample_configuration();
  Instrumentation instrumentation;
  Results results;

  // What the made-up steps say; change before good_until().
  std::string module_file;
  std::string modules =
      R"({"name":"demo","version":"1.0","top_level":["demo"],"native":[{"module":"demo._core",)"
      R"("file":"demo/_core.so"}]})";
  std::string undefined = R"(["PyInit","__asan_init"])";
  std::string producers = R"(["GNU C17 12.2.0 -g -fsanitize=address"])";
  std::string has_debug_lines = "true";
  std::string canary_log = canary_report("extproof_canary /parts/canary/asan.c:20:16");
  std::string leak_log = leak_report(4321);
  std::string canary_stack = "extproof_canary_caller";
  std::vector<std::string> failed_checks;
  std::string imported;  // path that Python loads; that of the wheel when empty
  std::string import_error;
  bool dies_importing = false;
  std::string import_log;  // what the runtime wrote during the import
  facts::StepEnd preflight_end = facts::Exited{0};
  std::string events;    // of the tests
  std::string test_log;  // of the runtime during the tests
  std::string crash_file;
  std::string native_file;
  facts::StepEnd tests_end = facts::Exited{0};

  SuitePaths paths() const { return paths_of(configuration); }
  LaneInput input() const {
    facts::Config config;
    return {configuration, testing::sample_project(), config, testing::sample_machine()};
  }

  // In the order in which they end.
  static std::vector<std::string> parts() {
    return {"sync",         "wrapper",        "canary",    "env",     "interpreter",
            "requirements", "build-requires", "build",     "install", "modules",
            "inspect",      "run-tree",       "preflight", "tests"};
  }

  // Adds the result of each step up to `last`, which went well as far as the members say.
  void good_until(const std::string& last) {
    for (const std::string& part : parts()) {
      add(good(part));
      if (part == last) {
        return;
      }
    }
  }

  void add(facts::StepResult result) { results.add(std::move(result)); }

  facts::StepResult bare(const std::string& part, facts::StepEnd end = facts::Exited{0},
                         const std::string& output = "", const std::string& errors = "") const {
    facts::StepResult result;
    result.step_id = step_id(configuration, part);
    result.end = std::move(end);
    result.output = facts::make_text(output);
    result.errors = facts::make_text(errors);
    result.output_path = paths().layout.step_output(7, "asan", result.step_id);
    result.errors_path = paths().layout.step_errors(7, "asan", result.step_id);
    return result;
  }

  facts::StepResult good(const std::string& part) const {
    if (part == "build-requires") {
      return bare(part, facts::Exited{0}, "noise of the backend\n{\"requires\":[]}\n");
    }
    if (part == "build") {
      facts::StepResult build = bare(part);
      build.seconds = 3;
      build.left = {{"wheel", paths().folder.dist() + "/demo-1.0-cp313.whl", facts::make_text("")}};
      return build;
    }
    if (part == "modules") {
      return bare(part, facts::Exited{0}, modules);
    }
    if (part == "inspect") {
      return bare(part, facts::Exited{0},
                  R"({"objects":[{"file":")" + module_file + R"(","undefined":)" + undefined +
                      R"(,"producers":)" + producers + R"(,"has_debug_lines":)" + has_debug_lines +
                      "}]}");
    }
    if (part == "preflight") {
      return preflight();
    }
    if (part == "tests") {
      return tests();
    }
    return bare(part);
  }

  facts::StepResult preflight() const {
    const std::string before_import = canary_log + leak_log;
    const auto logs = [](std::size_t size) {
      return R"("logs":{"san.1":)" + std::to_string(size) + "}}\n";
    };
    std::string out = R"({"event":"preflight","schema":1})"
                      "\n";
    for (const char* name : {"probe", "runtime", "allocator", "leak-checker"}) {
      const bool ok =
          std::find(failed_checks.begin(), failed_checks.end(), name) == failed_checks.end();
      out += R"({"event":"check","name":")" + std::string(name) + R"(","ok":)" +
             (ok ? "true" : "false") + R"(,"detail":"as seen"})" + "\n";
    }
    out += R"({"event":"canary","stage":"begin",)" + logs(0);
    out += R"({"event":"canary","stage":"end",)" + logs(canary_log.size());
    out += R"({"event":"noise","stage":"begin",)" + logs(canary_log.size());
    out += R"({"event":"noise","stage":"end",)" + logs(canary_log.size());
    out += R"({"event":"canary-leak","stage":"begin",)" + logs(canary_log.size());
    out += R"({"event":"canary-leak","stage":"end",)" + logs(before_import.size());
    out += R"({"event":"import","name":"demo._core","edge":"start",)" + logs(before_import.size());
    if (!import_error.empty()) {
      out += R"({"event":"import-error","name":"demo._core","message":")" + import_error + "\"}\n";
    }
    if (!dies_importing) {
      const std::string file = imported.empty() ? module_file : imported;
      out += R"({"event":"import","name":"demo._core","edge":"end",)" +
             (import_error.empty() ? R"("realpath":")" + file + "\"," : std::string()) +
             logs(before_import.size());
    }
    facts::StepResult result = bare("preflight", preflight_end, "", "last words\n");
    const std::string folder = paths().preflight_logs;
    result.left = {
        {"out", paths().preflight_out, facts::make_text(out)},
        {"logs", folder + "/san.1", facts::make_text(before_import + import_log)},
        {"stacks", folder + "/stacks.1",
         facts::make_text("extproof-stack 1 pid 1 tid 1 runtime asan when after log san.1 size " +
                          std::to_string(canary_log.size()) +
                          "\nStack (most recent call first):\n  File \"preflight.py\", line 9 in " +
                          canary_stack + "\n")}};
    return result;
  }

  facts::StepResult tests() const {
    facts::StepResult result = bare("tests", tests_end, "", "last words\n");
    result.seconds = 5;
    const std::string folder = paths().logs;
    result.left = {{"events", paths().events, facts::make_text(events)},
                   {"logs", folder + "/san.1", facts::make_text(test_log)},
                   {"native", folder + "/native.1", facts::make_text(native_file)},
                   {"crash", folder + "/crash.1", facts::make_text(crash_file)}};
    return result;
  }
};

}  // namespace extproof::engines
