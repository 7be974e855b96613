// SPDX-License-Identifier: Apache-2.0
//
// From what was seen in one lane to findings with one sighting each: owner, place, fingerprint and
// words. Level: engines. Pure.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/engines/hang_stacks.hpp"
#include "harness/engines/lane.hpp"
#include "harness/engines/ownership.hpp"
#include "harness/engines/seen_report.hpp"
#include "harness/facts/step.hpp"

namespace extproof::engines {

// The text of a source line without outer white space, and how many equal lines stand before it in
// the same file.
struct SourceLine {
  std::string text;
  int ordinal = 0;
  bool generated = false;  // the file was made of another (Cython)
  std::string source;      // of which; empty for a line that the generator added on its own
  int source_line = 0;
};
// By file as the report names it, and line.
using SourceLines = std::map<std::pair<std::string, int>, SourceLine>;

// Reads what the step "lines" printed; nothing for an output that cannot be read.
SourceLines parse_source_lines(std::string_view output);

class SightingMaker {
 public:
  // Requires: `configuration` and `ownership` outlive it.
  SightingMaker(const facts::Configuration& configuration, const Ownership& ownership,
                SourceLines lines);

  // Whether the report concerns the extension at all; only leaks can fail to.
  bool concerns_extension(const facts::Report& report) const;

  LaneSighting of_report(const SeenReport& seen) const;

  // A test process that ended by itself without any report: `stacks` are the Python stacks that
  // the fault handler wrote.
  LaneSighting of_crash(const std::string& what, const std::string& test, facts::Phase phase,
                        const std::vector<facts::Stack>& stacks, const std::string& log) const;

  // The same after the last test, while the interpreter took itself apart.
  LaneSighting of_late_crash(const std::string& what, const std::vector<facts::Stack>& stacks,
                             const std::string& log) const;

  // A test that ended neither way in time, or, in the phase `finish`, a process that did not end
  // behind its last test. Its place is that of the thread that the verdict is about.
  LaneSighting of_hang(const facts::TimedOut& end, const std::string& test, facts::Phase phase,
                       const HangStacks& stacks, const std::string& log) const;

 private:
  // Of what a line's text says about the place of a finding: `by_function` leaves it out, for a
  // thread that is elsewhere in its function each time.
  facts::Finding with_place(facts::Finding finding, const facts::Report* report,
                            bool by_function = false) const;
  HangThread at_its_source(HangThread thread) const;
  const facts::Frame* own_frame(const HangThread& thread) const;
  std::vector<facts::Frame> from_entry(const std::vector<facts::Frame>& frames) const;
  std::vector<facts::Stack> placing_stacks(const HangThread& thread, bool is_at_work) const;
  std::vector<facts::Stack> shown_stacks(const std::vector<HangThread>& threads,
                                         const std::vector<int>& about) const;
  facts::Frame at_its_source(facts::Frame frame) const;
  facts::Stack at_its_source(facts::Stack stack) const;
  const facts::Frame* first_own_frame(const facts::Stack& stack) const;
  facts::Stack shown(facts::Stack stack) const;
  LaneSighting sighting(facts::Finding finding, const std::string& test, facts::Phase phase,
                        const std::string& log, base::ByteRange bytes) const;

  const facts::Configuration& configuration_;
  const Ownership& ownership_;
  SourceLines lines_;
};

}  // namespace extproof::engines
