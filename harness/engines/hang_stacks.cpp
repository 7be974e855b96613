// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/hang_stacks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/engines/suite_steps.hpp"
#include "harness/parsers/faulthandler.hpp"
#include "harness/parsers/native_stacks.hpp"
#include "harness/parsers/symbols.hpp"

namespace extproof::engines {
namespace {

using facts::Frame;
using facts::Stack;
using facts::Step;

// Both are far above what a process has; they keep an argv and a plan in bounds.
constexpr std::size_t k_most_objects = 64;
constexpr std::size_t k_most_addresses = 5000;
constexpr double k_seconds_for_an_object = 60;

// The address of each call, by object; in the order of their names, which numbers the steps.
std::map<std::string, std::set<std::uint64_t>> addresses_of(const std::vector<TestPart>& parts) {
  std::map<std::string, std::set<std::uint64_t>> addresses;
  for (const TestPart& part : parts) {
    if (!std::holds_alternative<facts::TimedOut>(part.result->end)) {
      continue;
    }
    for (const facts::Left* file : part.result->left_as("native")) {
      for (const parsers::NativeStack& stack : parsers::parse_native_stacks(file->text.view)) {
        for (const Frame& frame : stack.frames) {
          const bool is_file = frame.module.starts_with("/");
          if (is_file && (addresses.size() < k_most_objects || addresses.contains(frame.module))) {
            addresses[frame.module].insert(frame.offset);
          }
        }
      }
    }
  }
  return addresses;
}

std::string symbol_step_name(std::size_t index) {
  return "symbols-" + std::to_string(index + 1);
}

// That of the compiler, else any of its kind, which names inlined calls better than the other one.
std::string symboliser_of(const LaneInput& input) {
  std::string found = input.configuration.compiler.runtimes.symbolizer;
  for (const facts::Compiler& compiler : input.toolchain.compilers) {
    found = found.empty() ? compiler.runtimes.symbolizer : found;
  }
  return found.empty() ? input.toolchain.tool("addr2line") : found;
}

std::vector<Frame> with_symbols(const std::vector<Frame>& frames, const Symbols& symbols) {
  std::vector<Frame> told;
  for (const Frame& frame : frames) {
    const auto object = symbols.find(frame.module);
    if (object == symbols.end() || !object->second.contains(frame.offset)) {
      told.push_back(frame);
      continue;
    }
    for (Frame call : object->second.at(frame.offset)) {
      call.module = frame.module;
      call.offset = frame.offset;
      told.push_back(std::move(call));
    }
  }
  return told;
}

}  // namespace

HangStacks hang_stacks(const facts::StepResult& process, const Symbols& symbols) {
  HangStacks stacks;
  const auto* end = std::get_if<facts::TimedOut>(&process.end);
  if (end == nullptr) {
    return stacks;
  }
  for (const facts::ThreadState& state : end->threads) {
    stacks.threads.push_back({.state = state});
  }
  const auto thread_of = [&](std::uint64_t pid, std::uint64_t tid) {
    const auto found =
        std::find_if(stacks.threads.begin(), stacks.threads.end(), [&](const HangThread& one) {
          return static_cast<std::uint64_t>(one.state.id) == tid &&
                 static_cast<std::uint64_t>(one.state.process) == pid;
        });
    return found == stacks.threads.end() ? nullptr : &*found;
  };
  // How Python numbers the threads of the step's own process, which is the one that it writes of. A
  // forked child has the same numbers.
  std::map<std::uint64_t, HangThread*> by_python;
  for (const facts::Left* file : process.left_as("native")) {
    for (const parsers::NativeStack& one : parsers::parse_native_stacks(file->text.view)) {
      HangThread* const thread = thread_of(one.pid, one.tid);
      if (thread == nullptr) {
        continue;  // it came after the look at the threads
      }
      thread->native = with_symbols(one.frames, symbols);
      if (thread->state.process == stacks.threads.front().state.process) {
        by_python[one.python] = thread;
      }
    }
  }
  for (const facts::Left* file : process.left_as("crash")) {
    for (parsers::FaultStack& one : parsers::parse_faulthandler(file->text.view).stacks) {
      const auto known = by_python.find(one.thread_number);
      if (!one.is_native && known != by_python.end() && known->second->python.empty()) {
        known->second->python = std::move(one.stack.frames);
      } else if (by_python.empty() || !one.is_native) {
        // The C stack that 3.14 adds is that of a thread whose native stack is known already.
        const bool first = one.is_current && !one.is_native;
        stacks.others.insert(first ? stacks.others.begin() : stacks.others.end(),
                             std::move(one.stack));
      }
    }
  }
  return stacks;
}

std::vector<Step> symbol_steps(const LaneInput& input, const std::vector<TestPart>& parts) {
  std::vector<Step> steps;
  const std::string tool = symboliser_of(input);
  if (tool.empty()) {
    return steps;
  }
  const bool is_llvm = tool.substr(tool.rfind('/') + 1).starts_with("llvm-");
  for (const auto& [object, addresses] : addresses_of(parts)) {
    Step step =
        bare_step(input.configuration, symbol_step_name(steps.size()), facts::StepPurpose::inspect);
    step.argv = {tool, "-a", "-f", "-i", "-C", "-e", object};
    if (is_llvm) {
      step.argv.insert(step.argv.begin() + 1, "--output-style=GNU");
    }
    for (const std::uint64_t address : addresses) {
      if (step.argv.size() < k_most_addresses) {
        step.argv.push_back(fmt::format("{:#x}", address));
      }
    }
    // A server of debug information that does not answer would stall it.
    step.environment = {{"DEBUGINFOD_URLS", ""}};
    step.limits.seconds = k_seconds_for_an_object;
    steps.push_back(std::move(step));
  }
  return steps;
}

Symbols symbols_of(const facts::Configuration& configuration, const Results& results,
                   const std::vector<TestPart>& parts) {
  Symbols symbols;
  std::size_t index = 0;
  for (const auto& [object, addresses] : addresses_of(parts)) {
    const facts::StepResult* told = results.find(step_id(configuration, symbol_step_name(index++)));
    if (told != nullptr && told->good()) {
      symbols[object] = parsers::parse_symbols(told->output.view);
    }
  }
  return symbols;
}

}  // namespace extproof::engines
