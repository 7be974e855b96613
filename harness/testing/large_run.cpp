// SPDX-License-Identifier: Apache-2.0
#include "harness/testing/large_run.hpp"

#include <cstdio>
#include <string>

#include "harness/testing/sample_runs.hpp"

namespace extproof::testing {
namespace {

facts::Frame frame_of(std::size_t finding, std::size_t depth, facts::Language language) {
  const std::string number = std::to_string((finding * 7 + depth * 13) % 211);
  facts::Frame frame;
  frame.language = language;
  frame.own = depth % 5 == 0;
  frame.line = static_cast<int>(10 + (finding * 31 + depth * 17) % 900);
  if (language == facts::Language::python) {
    frame.function = "test_case_" + number;
    frame.file = frame.own ? "tests/test_part_" + number + ".py"
                           : "/usr/lib/python3.13/site-packages/_pytest/python.py";
  } else {
    frame.function = frame.own ? "matrix::part_" + number + "::apply(matrix::view const&, long)"
                               : "_PyEval_EvalFrameDefault";
    frame.file = frame.own ? "src/part_" + number + ".cpp" : "/usr/src/python/Python/ceval.c";
    frame.column = 9;
    frame.module = ".extproof/build/asan/env/lib/matrix/_core.abi3.so";
  }
  return frame;
}

facts::Stack stack_of(std::size_t finding, facts::StackRole role) {
  const bool is_python = role == facts::StackRole::python;
  facts::Stack stack = {.role = role, .frames = {}};
  for (std::size_t depth = 0; depth < (is_python ? 12U : 20U); ++depth) {
    stack.frames.push_back(
        frame_of(finding, depth, is_python ? facts::Language::python : facts::Language::native));
  }
  return stack;
}

}  // namespace

facts::RunReport run_with_many_findings(std::size_t count) {
  facts::RunReport run = run_with_findings();
  const facts::Finding sample = run.findings.front();
  run.findings.clear();
  for (std::size_t i = 0; i < count; ++i) {
    facts::Finding finding = sample;
    finding.id = "F" + std::to_string(i + 1);
    finding.group = "D" + std::to_string(i / 2 + 1);
    char digits[33] = {};
    std::snprintf(digits, sizeof digits, "%032zx", i + 1);
    finding.fingerprint = digits;
    finding.stacks = {stack_of(i, facts::StackRole::access), stack_of(i, facts::StackRole::free),
                      stack_of(i, facts::StackRole::allocation),
                      stack_of(i, facts::StackRole::python)};
    const facts::Frame& first = finding.stacks.front().frames.front();
    finding.location = {.file = first.file, .line = first.line, .function = first.function};
    finding.sightings.assign(4, sample.sightings.front());
    for (std::size_t j = 0; j < finding.sightings.size(); ++j) {
      finding.sightings[j].test = "tests/test_part_" + std::to_string((i + j) % 211) +
                                  ".py::test_case[" + std::to_string(j) + "]";
    }
    run.findings.push_back(std::move(finding));
  }
  return run;
}

}  // namespace extproof::testing
