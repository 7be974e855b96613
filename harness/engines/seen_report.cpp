// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/seen_report.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/parsers/faulthandler.hpp"
#include "harness/parsers/pytest_events.hpp"
#include "harness/parsers/stack_file.hpp"
#include "sanitizers/parsers/log.hpp"

namespace extproof::engines {
namespace {

std::string file_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// The stack that was taken for a report: ASan asks for it when the report is written, UBSan before
// its first byte, so it lies between this report's begin and the next one's.
const parsers::ReportStack* stack_of(const std::vector<parsers::ReportStack>& stacks,
                                     const std::string& log, std::size_t begin,
                                     std::size_t next_begin) {
  for (const parsers::ReportStack& one : stacks) {
    if (one.log != log || one.stack.frames.empty()) {
      continue;
    }
    const bool fits = one.moment == parsers::StackMoment::before
                          ? one.size >= begin && one.size < next_begin
                          : one.size > begin && one.size <= next_begin;
    if (fits) {
      return &one;
    }
  }
  return nullptr;
}

std::vector<SuiteMoment> allocation_of(const facts::Report& report, const std::string& log,
                                       const facts::TestEvents& events) {
  std::vector<SuiteMoment> moments;
  for (const facts::LeakContexts& leak : events.leaks) {
    if (leak.log != log || leak.offset < report.bytes.begin || leak.offset >= report.bytes.end) {
      continue;
    }
    for (const auto& [index, blocks] : leak.blocks) {
      const facts::PhaseBoundary& boundary = events.boundaries[index];
      SuiteMoment moment{.test = boundary.id, .phase = boundary.phase};
      if (std::find(moments.begin(), moments.end(), moment) == moments.end()) {
        moments.push_back(std::move(moment));
      }
    }
  }
  return moments;
}

}  // namespace

std::vector<SeenReport> see_reports(const facts::StepResult& result,
                                    const facts::TestEvents& events,
                                    std::vector<facts::Problem>& problems) {
  std::vector<parsers::ReportStack> stacks;
  for (const facts::Left* file : result.left_as("stacks")) {
    parsers::StackFile parsed = parsers::parse_stack_file(file->text.view);
    std::move(parsed.stacks.begin(), parsed.stacks.end(), std::back_inserter(stacks));
  }
  const parsers::LogTimeline timeline(events);
  std::vector<SeenReport> seen;
  for (const facts::Left* file : result.left_as("logs")) {
    const std::string name = file_name(file->path);
    sanitizers::ParsedLog log = sanitizers::parse_log(file->text.view, name);
    std::move(log.problems.begin(), log.problems.end(), std::back_inserter(problems));
    for (std::size_t i = 0; i < log.reports.size(); ++i) {
      SeenReport one;
      const std::size_t begin = log.reports[i].bytes.begin;
      const std::size_t next =
          i + 1 < log.reports.size() ? log.reports[i + 1].bytes.begin : std::string::npos;
      if (const auto* stack = stack_of(stacks, name, begin, next)) {
        one.python = stack->stack;
      }
      one.report = std::move(log.reports[i]);
      if (one.report.kind == facts::FindingKind::leak) {
        one.allocated = allocation_of(one.report, name, events);
      }
      one.log_path = file->path;
      one.log_name = name;
      if (const auto at = timeline.boundary_at(name, begin)) {
        const facts::PhaseBoundary& boundary = events.boundaries[*at];
        one.test = boundary.id;
        one.phase = boundary.phase;
      }
      seen.push_back(std::move(one));
    }
  }
  return seen;
}

std::vector<facts::Stack> crash_stacks(const facts::StepResult& process) {
  std::vector<facts::Stack> stacks;
  for (const facts::Left* file : process.left_as("crash")) {
    for (parsers::FaultStack& one : parsers::parse_faulthandler(file->text.view).stacks) {
      // The thread that died first: it is the one to look at.
      const bool first = one.is_current && !one.is_native;
      stacks.insert(first ? stacks.begin() : stacks.end(), std::move(one.stack));
    }
  }
  return stacks;
}

}  // namespace extproof::engines
