// SPDX-License-Identifier: Apache-2.0
#include "harness/testing/sample_runs.hpp"

namespace extproof::testing {
namespace {

using facts::FindingKind;
using facts::LaneOutcome;
using facts::LaneReport;
using facts::Phase;
using facts::RunReport;
using facts::StackRole;
using facts::TestOutcome;

bool is_relative(std::string_view file) {
  return !file.empty() && file.front() != '/' && file.front() != '<';
}

facts::Frame native(const char* function, const char* file, int line, int column = 0) {
  return {.language = facts::Language::native,
          .function = function,
          .file = file,
          .line = line,
          .column = column,
          .module = ".extproof/build/asan/env/lib/matrix/_core.abi3.so",
          .offset = 0x11c0,
          .own = is_relative(file)};
}

facts::Frame python(const char* function, const char* file, int line) {
  return {.language = facts::Language::python,
          .function = function,
          .file = file,
          .line = line,
          .own = is_relative(file)};
}

facts::Stack python_stack() {
  return {.role = StackRole::python,
          .frames = {python("test_fill", "tests/test_matrix.py", 31),
                     python("pytest_pyfunc_call",
                            "/usr/lib/python3/site-packages/_pytest/python.py", 194)}};
}

RunReport begun() {
  return {.number = 7,
          .started = "2026-11-21T09:30:00Z",
          .project_name = "matrix",
          .project_root = "/home/me/matrix",
          .commit = "3f2c1ab09d1e",
          .modules = {"matrix._core"}};
}

LaneReport baseline() {
  return {.name = "release",
          .outcome = LaneOutcome::passed,
          .requested = false,
          .compiler = "gcc 12.2.0",
          .interpreter = "3.13.0 /usr/bin/python3.13",
          .flags = {"-g", "-O2"},
          .counts = {.passed = 14, .skipped = 1},
          .tests = {{"tests/test_matrix.py::test_fill", TestOutcome::passed, 0.01, ""},
                    {"tests/test_matrix.py::test_big", TestOutcome::skipped, 0, "needs 8 GiB"}},
          .modules = {"matrix._core"},
          .build_seconds = 2.13,
          .test_seconds = 0.41,
          .log = ".extproof/runs/7/release/test.out"};
}

LaneReport lane(const char* name, LaneOutcome outcome) {
  return {.name = name,
          .outcome = outcome,
          .compiler = "clang-19 19.1.7",
          .interpreter = "3.13.0 /usr/bin/python3.13",
          .flags = {"-fsanitize=address", "-g", "-O1"},
          .preflight = {{"instrumented", true, "matrix._core calls __asan_init"},
                        {"canary", true, "heap-buffer-overflow at asan.c:14"}},
          .counts = {.passed = 14, .skipped = 1},
          .tests = {{"tests/test_matrix.py::test_fill", TestOutcome::passed, 0.02, ""}},
          .modules = {"matrix._core"},
          .build_seconds = 12.06,
          .test_seconds = 3.38,
          .log = std::string(".extproof/runs/7/") + name + "/test.out"};
}

facts::Finding overflow() {
  return {
      .id = "F1",
      .fingerprint = "5d1c0e6fb1f84a0c9a56e2f4c07a6b11",
      .kind = FindingKind::heap_buffer_overflow,
      .group = "D1",
      .title = "write of 4 bytes past a 40-byte block",
      .explanation =
          "0x604000000038 is located 0 bytes after 40-byte region\n"
          "[0x604000000010,0x604000000038)",
      .location = {.file = "src/_core.c", .line = 214, .function = "fill_row"},
      .sightings = {{.lane = "asan",
                     .test = "tests/test_matrix.py::test_fill",
                     .phase = Phase::call,
                     .log = ".extproof/runs/7/asan/logs/asan.4711",
                     .bytes = {1021, 4890}},
                    {.lane = "asan/gcc",
                     .test = "tests/test_matrix.py::test_fill_slice[negative step]",
                     .phase = Phase::teardown,
                     .log = ".extproof/runs/7/asan-gcc/logs/asan.4802",
                     .bytes = {0, 3577}}},
      .stacks = {{.role = StackRole::access,
                  .access = facts::Access::write,
                  .frames = {native("fill_row", "src/_core.c", 214, 17),
                             native("Matrix_fill", "src/_core.c", 388, 9),
                             native("cfunction_call", "/usr/src/python/Objects/methodobject.c",
                                    540),
                             {.function = "_PyObject_MakeTpCall",
                              .module = "/usr/bin/python3.13",
                              .offset = 0x15f0a2}}},
                 {.role = StackRole::allocation,
                  .frames = {native("malloc", "", 0), native("new_row", "src/_core.c", 120, 12),
                             native("Matrix_new", "src/_core.c", 96)}},
                 python_stack()},
      .again = {"extproof", "run", "asan", "--", "tests/test_matrix.py::test_fill"},
  };
}

facts::Finding signed_overflow() {
  return {
      .id = "F2",
      .fingerprint = "0b7733aa64f14f0e8a3d29c1f5b0e942",
      .kind = FindingKind::undefined_behavior,
      .rule = "signed-integer-overflow",
      .group = "D2",
      .title = "2147483647 + 1 cannot be represented in type 'int'",
      .location = {.file = "src/index.hpp",
                   .line = 31,
                   .function = "matrix::index<long, matrix::row_major>::advance(long, long) const"},
      .sightings = {{.lane = "ubsan",
                     .test = "tests/test_index.py",
                     .phase = Phase::import,
                     .log = ".extproof/runs/7/ubsan/logs/ubsan.4720",
                     .bytes = {0, 611}}},
      .stacks = {{.role = StackRole::access,
                  .frames = {native("matrix::index<long, matrix::row_major>::advance(long, long) "
                                    "const",
                                    "src/index.hpp", 31, 20),
                             native("PyInit__core", "src/module.cpp", 12)}}},
      .again = {"extproof", "run", "ubsan", "--", "tests/test_index.py"},
  };
}

facts::Finding use_after_free() {
  facts::Finding finding = overflow();
  finding.id = "F3";
  finding.fingerprint = "c4a1d70f22be4b57b8ce6d1b93a4f008";
  finding.kind = FindingKind::use_after_free;
  finding.title = "read of 8 bytes in a freed 40-byte block";
  finding.explanation = "";
  finding.sightings.resize(1);
  finding.sightings.front().bytes = {4890, 9000};
  finding.stacks = {
      {.role = StackRole::access,
       .access = facts::Access::read,
       .thread = "T1",
       .frames = {native("fill_row", "src/_core.c", 214, 17)}},
      {.role = StackRole::free,
       .thread = "main thread",
       .frames = {native("free", "", 0), native("Matrix_clear", "src/_core.c", 301)}},
      {.role = StackRole::allocation, .frames = {native("new_row", "src/_core.c", 120)}},
      {.role = StackRole::other_thread,
       .thread = "T1",
       .frames = {native("start_worker", "src/pool.cpp", 55)}}};
  return finding;
}

facts::Finding known_leak() {
  return {.id = "F4",
          .fingerprint = "77aa0000000000000000000000000001",
          .kind = FindingKind::leak,
          .group = "D3",
          .state = facts::FindingState::accepted,
          .title = "64 bytes in 1 block never freed",
          .location = {.file = "src/cache.c", .line = 77, .function = "cache_make"},
          .sightings = {{.lane = "asan", .phase = Phase::finish}}};
}

facts::Finding leak_of_numpy() {
  return {.id = "F5",
          .fingerprint = "77aa0000000000000000000000000002",
          .kind = FindingKind::leak,
          .group = "D4",
          .severity = "warning",
          .owner = facts::Owner::third_party,
          .title = "1024 bytes in 2 blocks never freed",
          .location = {.file = "/env/site-packages/numpy/alloc.c", .line = 9, .function = "new_dt"},
          .sightings = {{.lane = "asan", .phase = Phase::finish},
                        {.lane = "asan/gcc", .phase = Phase::finish}}};
}

}  // namespace

std::string hostile_text(std::string_view label) {
  std::string text(label);
  text += std::string("\0", 1);
  text += "\n\r\t\x1b[31m\x1b]8;;http://x/\x07<script>alert(1)</script>&\"'`$(x)";
  text += "\xe2\x80\xae\xc2\x9b\xff\xc3(\xed\xa0\x80::error::%0A \xf0\x9f\x90\x8d";
  return text;
}

RunReport empty_run() {
  RunReport run = begun();
  run.number = 1;
  run.commit = "";
  run.modules = {};
  run.outcome = "unfinished";
  run.exit_code = facts::ExitCode::cannot_judge;
  return run;
}

RunReport quiet_run() {
  RunReport run = begun();
  run.lanes = {baseline(), lane("asan", LaneOutcome::passed), lane("ubsan", LaneOutcome::passed)};
  run.lanes[1].blind_spots = {
      "leaks: the leak checker needs ptrace, which this kernel forbids to child processes",
      "memory of numpy arrays: numpy's own allocator is not instrumented"};
  run.outcome = "passed";
  run.seconds = 31.4;
  return run;
}

RunReport run_with_findings() {
  RunReport run = begun();
  run.lanes = {baseline(), lane("asan", LaneOutcome::failed), lane("asan/gcc", LaneOutcome::failed),
               lane("ubsan", LaneOutcome::failed)};
  run.lanes[2].compiler = "gcc 12.2.0";
  run.findings = {overflow(), signed_overflow(), use_after_free(), known_leak(), leak_of_numpy()};
  run.outcome = "findings";
  run.exit_code = facts::ExitCode::findings;
  run.seconds = 58.25;
  return run;
}

RunReport run_with_refused_lane() {
  RunReport run = begun();
  run.lanes = {baseline(), lane("asan", LaneOutcome::refused), lane("ubsan", LaneOutcome::passed)};
  LaneReport& asan = run.lanes[1];
  asan.reason = "matrix._core was built without AddressSanitizer";
  asan.preflight = {{"instrumented", false, "no symbol of the instrumentation"}};
  asan.counts = {};
  asan.tests = {};
  asan.test_seconds = 0;
  asan.refusals = {
      {.code = "XP3107",
       .headline = "lane \"asan\" cannot judge _core: it was built without AddressSanitizer",
       .place = "",
       .excerpt = {},
       .notes = {{"module", ".extproof/build/asan/env/lib/matrix/_core.abi3.so"},
                 {"looked", "for symbols that the instrumentation adds; found none"},
                 {"so", "3 steps of this lane were not run; the lane is refused, not passed"},
                 {"try",
                  "give the build the flags that \"extproof plan asan\" prints\n"
                  "or leave _core out with [tool.extproof.lane.asan] modules = [...]"}}}};
  run.lanes[2].refusals = {{.code = "XP2005",
                            .headline = "the suite runs in one process",
                            .place = "pyproject.toml:31:1",
                            .excerpt = {"31 | addopts = \"-n 4\""},
                            .notes = {{"so", "-n0 was added"}},
                            .severity = facts::Severity::warning}};
  run.outcome = "cannot-judge";
  run.exit_code = facts::ExitCode::cannot_judge;
  run.seconds = 20;
  return run;
}

RunReport run_with_crash() {
  RunReport run = begun();
  run.lanes = {baseline(), lane("asan", LaneOutcome::crashed)};
  LaneReport& asan = run.lanes[1];
  asan.reason = "the suite ended by SIGSEGV in tests/test_matrix.py::test_deep";
  asan.counts = {.passed = 2, .failed = 1, .not_run = 4};
  asan.tests = {{"tests/test_matrix.py::test_fill", TestOutcome::passed, 0.02, ""},
                {"tests/test_matrix.py::test_row", TestOutcome::passed, 0.02, ""}};
  asan.tests.push_back({"tests/test_matrix.py::test_deep", TestOutcome::failed, 0,
                        "the process ended during its call, by crash: ended by SIGSEGV"});
  for (const char* name : {"one", "two", "three", "four"}) {
    asan.tests.push_back({std::string("tests/test_matrix.py::test_") + name, TestOutcome::not_run});
  }
  asan.collection_problems = {
      {"tests/test_plot.py", "ModuleNotFoundError: No module named 'matplotlib'\n\nmore", false},
      {"tests/test_gpu.py", "Skipped: no device", true}};
  run.findings = {{.id = "F1",
                   .fingerprint = "9f9f0000000000000000000000000009",
                   .kind = FindingKind::crash,
                   .rule = "SEGV",
                   .group = "D1",
                   .title = "ended by SIGSEGV: address 0x000000000008 is not mapped",
                   .sightings = {{.lane = "asan",
                                  .test = "tests/test_matrix.py::test_deep",
                                  .phase = Phase::call}},
                   .stacks = {{.role = StackRole::access,
                               .frames = {{.function = "",
                                           .module = "/usr/lib/libblas.so.3",
                                           .offset = 0x40c1}}}},
                   .again = {"extproof", "run", "asan", "--", "tests/test_matrix.py::test_deep"}}};
  run.outcome = "findings";
  run.exit_code = facts::ExitCode::findings;
  run.seconds = 18.9;
  return run;
}

RunReport run_with_failing_tests() {
  RunReport run = begun();
  run.lanes = {baseline(), lane("asan", LaneOutcome::failed)};
  for (LaneReport& one : run.lanes) {
    one.outcome = LaneOutcome::failed;
    one.counts = {.passed = 7, .failed = 6, .errors = 1};
    one.tests = {{"tests/test_io.py::test_open", TestOutcome::error, 0.1, "fixture failed"}};
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
      one.tests.push_back({std::string("tests/test_io.py::test_") + name, TestOutcome::failed, 0.1,
                           "assert 1 == 2"});
    }
  }
  run.lanes[1].reason = "7 tests did not pass";
  run.outcome = "findings";
  run.exit_code = facts::ExitCode::findings;
  run.seconds = 18.9;
  return run;
}

RunReport interrupted_run() {
  RunReport run = begun();
  run.lanes = {baseline(), lane("asan", LaneOutcome::skipped),
               lane("ubsan", LaneOutcome::timed_out)};
  run.lanes[1].reason = "interrupted: the run ended before its tests";
  run.lanes[1].counts = {};
  run.lanes[1].tests = {};
  run.lanes[1].preflight = {};
  run.lanes[1].build_seconds = 0;
  run.lanes[1].test_seconds = 0;
  run.lanes[2].reason = "no test finished for 120 s";
  run.lanes[2].counts = {.passed = 1, .not_run = 1};
  run.lanes[2].tests = {{"tests/test_matrix.py::test_fill", TestOutcome::passed, 0.02, ""},
                        {"tests/test_matrix.py::test_wait", TestOutcome::not_run, 0, ""}};
  run.outcome = "interrupted";
  run.exit_code = facts::ExitCode::interrupted;
  run.seconds = 140.02;
  return run;
}

RunReport hostile_run() {
  const auto h = [](std::string_view label) { return hostile_text(label); };
  const facts::Frame frame = {.function = h("function"),
                              .file = h("file"),
                              .line = 1,
                              .column = 2,
                              .module = h("module"),
                              .offset = 0xffffffffffffffff};
  facts::Frame python_frame = frame;
  python_frame.language = facts::Language::python;
  RunReport run = {.number = 2,
                   .started = h("started"),
                   .project_name = h("project"),
                   .project_root = h("root"),
                   .commit = h("commit"),
                   .modules = {h("module"), ""},
                   .outcome = h("outcome"),
                   .exit_code = facts::ExitCode::findings,
                   .seconds = 1.5};
  run.lanes = {{.name = h("lane"),
                .outcome = LaneOutcome::crashed,
                .reason = h("reason"),
                .compiler = h("compiler"),
                .interpreter = h("interpreter"),
                .flags = {h("flag")},
                .preflight = {{h("check"), false, h("detail")}},
                .counts = {.failed = 1, .errors = 1, .not_run = 1},
                .tests = {{h("failed"), TestOutcome::failed, 0.5, h("message")},
                          {h("error"), TestOutcome::error, 0, h("message")},
                          {h("not run"), TestOutcome::not_run, 0, ""}},
                .collection_problems = {{h("collected"), h("message"), false}},
                .blind_spots = {h("blind")},
                .modules = {h("module")},
                .build_seconds = 1,
                .test_seconds = 2,
                .log = h("log"),
                .refusals = {{.code = "XP3001",
                              .headline = h("headline"),
                              .place = h("place"),
                              .excerpt = {h("excerpt")},
                              .notes = {{"try", h("note")}}}}}};
  run.findings = {{.id = "F1",
                   .fingerprint = h("fingerprint"),
                   .kind = FindingKind::unknown,
                   .rule = h("rule"),
                   .group = h("group"),
                   .severity = h("severity"),
                   .title = h("title"),
                   .explanation = h("explanation"),
                   .location = {.file = h("file"), .line = -1, .function = h("function")},
                   .sightings = {{.lane = h("lane"),
                                  .test = h("test"),
                                  .phase = Phase::setup,
                                  .log = h("log"),
                                  .bytes = {3, 1}}},
                   .stacks = {{.role = StackRole::access, .thread = h("thread"), .frames = {frame}},
                              {.role = StackRole::python, .frames = {python_frame}}},
                   .again = {"extproof", h("again")},
                   .after = h("after"),
                   .hint = h("hint")}};
  return run;
}

std::vector<NamedRun> sample_runs() {
  return {{"empty", empty_run()},
          {"quiet", quiet_run()},
          {"findings", run_with_findings()},
          {"refused", run_with_refused_lane()},
          {"crash", run_with_crash()},
          {"failing_tests", run_with_failing_tests()},
          {"interrupted", interrupted_run()},
          {"hostile", hostile_run()}};
}

std::vector<facts::Step> sample_steps() {
  const auto h = [](std::string_view label) { return hostile_text(label); };
  return {{.id = "asan/synchronise", .lane = "asan", .argv = {"/usr/bin/true"}, .cwd = "/"},
          {.id = "asan/build",
           .lane = "asan",
           .purpose = facts::StepPurpose::build,
           .argv = {"/usr/bin/env", "", h("argument")},
           .environment = {{"CC", "/wrap/cc"}, {h("NAME"), h("value")}},
           .cwd = h("/cwd"),
           .needs = {"asan/synchronise"},
           .inputs = {h("/input")},
           .facts = {h("fact")},
           .stamp = h("/stamp"),
           .makes = {h("/makes")},
           .files = {{h("/file"), h("content")}, {"/empty", ""}},
           .fresh_folders = {h("/fresh")},
           .folders = {h("/folder")},
           .leaves = {{.name = "wheel", .path = "/dist", .prefix = ""},
                      {.name = h("events"), .path = h("/events")},
                      {.name = "logs", .path = "/logs", .prefix = h("asan.")}},
           .output_path = h("/out"),
           .errors_path = h("/err"),
           .limits = {.seconds = 600.25, .silent_seconds = 0.1, .watch = h("/watch")}}};
}

std::vector<facts::StepResult> sample_results() {
  const std::vector<facts::StepEnd> ends = {facts::Exited{3},
                                            facts::Signalled{11},
                                            facts::TimedOut{.seconds = 120.5, .silent = true},
                                            facts::Stopped{},
                                            facts::NotStarted{hostile_text("reason"), "asan/build"},
                                            facts::Reused{},
                                            facts::Lost{}};
  std::vector<facts::StepResult> results;
  for (const facts::StepEnd& end : ends) {
    results.push_back({.step_id = "asan/step-" + std::to_string(results.size()),
                       .end = end,
                       .seconds = 1.0 / 3,
                       .user_seconds = 0.25,
                       .system_seconds = 1e-9,
                       .max_rss_kib = 1L << 40,
                       .leftovers = 2,
                       .output_path = hostile_text("/out"),
                       .errors_path = "/err",
                       .left = {{.name = "events", .path = hostile_text("/left")},
                                {.name = "events", .path = "/left/2"}}});
  }
  return results;
}

}  // namespace extproof::testing
