// SPDX-License-Identifier: Apache-2.0
//
// The part of SightingMaker that is about hangs.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/engines/hang_verdict.hpp"
#include "harness/engines/sightings.hpp"

namespace extproof::engines {
namespace {

using facts::Finding;
using facts::Frame;
using facts::Owner;
using facts::Stack;
using facts::StackRole;

// A report with more stacks helps nobody; all of them are in the log's folder.
constexpr std::size_t k_most_stacks = 24;
constexpr std::size_t k_most_names = 3;  // of threads that share a stack

bool is_about(const std::vector<int>& about, const HangThread& thread) {
  return std::find(about.begin(), about.end(), thread.state.id) != about.end();
}

std::string label_of(const std::vector<const HangThread*>& threads) {
  std::string label;
  for (std::size_t i = 0; i < threads.size() && i < k_most_names; ++i) {
    label += (i == 0 ? "" : ", ") + thread_label(threads[i]->state);
  }
  return threads.size() <= k_most_names
             ? label
             : label + fmt::format(" and {} more", threads.size() - k_most_names);
}

}  // namespace

HangThread SightingMaker::at_its_source(HangThread thread) const {
  for (Frame& frame : thread.native) {
    frame = at_its_source(std::move(frame));
  }
  return thread;
}

// Where in the project the thread is: in what the project compiled, else in its Python.
const Frame* SightingMaker::own_frame(const HangThread& thread) const {
  for (const std::vector<Frame>* frames : {&thread.native, &thread.python}) {
    for (const Frame& frame : *frames) {
      if (ownership_.project_file(frame)) {
        return &frame;
      }
    }
  }
  return nullptr;
}

// From the function on by which the extension was entered: what it calls meanwhile is another
// function at each look. Without the frames inside of that; all of them when it has none.
std::vector<Frame> SightingMaker::from_entry(const std::vector<Frame>& frames) const {
  auto entry = frames.end();
  for (auto frame = frames.begin(); frame != frames.end(); ++frame) {
    if (ownership_.project_file(*frame)) {
      entry = frame;
    } else if (entry != frames.end() && ownership_.owner_of(*frame) == Owner::interpreter) {
      break;
    }
  }
  return entry == frames.end() ? frames : std::vector<Frame>(entry, frames.end());
}

std::vector<Stack> SightingMaker::placing_stacks(const HangThread& thread, bool is_at_work) const {
  const bool has_own = std::any_of(thread.native.begin(), thread.native.end(), [&](const Frame& f) {
    return ownership_.project_file(f).has_value();
  });
  std::vector<Stack> stacks;
  if (has_own || thread.python.empty()) {
    stacks.push_back({.role = StackRole::access,
                      .frames = is_at_work ? from_entry(thread.native) : thread.native});
  }
  stacks.push_back({.role = StackRole::python, .frames = thread.python});
  return stacks;
}

// Those of the first thread in `about`, then the others that it is about, then the rest. Threads
// that stand at the same place in every frame share a stack, unless it is about them.
std::vector<Stack> SightingMaker::shown_stacks(const std::vector<HangThread>& threads,
                                               const std::vector<int>& about) const {
  std::vector<std::vector<const HangThread*>> groups;
  for (const int id : about) {
    for (const HangThread& thread : threads) {
      if (thread.state.id == id) {
        groups.push_back({&thread});
      }
    }
  }
  const std::size_t alone = groups.size();
  for (const HangThread& thread : threads) {
    if (is_about(about, thread) || (thread.native.empty() && thread.python.empty())) {
      continue;
    }
    const auto same = std::find_if(
        groups.begin() + static_cast<std::ptrdiff_t>(alone), groups.end(), [&](const auto& group) {
          return group.front()->native == thread.native && group.front()->python == thread.python;
        });
    if (same != groups.end()) {
      same->push_back(&thread);
    } else if (groups.size() < k_most_stacks) {
      groups.push_back({&thread});
    }
  }
  std::vector<Stack> stacks;
  for (const auto& group : groups) {
    const HangThread& thread = *group.front();
    if (!thread.native.empty()) {
      stacks.push_back(shown({.role = stacks.empty() ? StackRole::access : StackRole::other_thread,
                              .thread = label_of(group),
                              .frames = thread.native}));
    }
    if (!thread.python.empty()) {
      stacks.push_back(
          shown({.role = StackRole::python, .thread = label_of(group), .frames = thread.python}));
    }
  }
  return stacks;
}

LaneSighting SightingMaker::of_hang(const facts::TimedOut& end, const std::string& test,
                                    facts::Phase phase, const HangStacks& stacks,
                                    const std::string& log) const {
  std::vector<HangThread> threads;
  HangPlaces places;
  for (const HangThread& thread : stacks.threads) {
    threads.push_back(at_its_source(thread));
    if (const Frame* own = own_frame(threads.back())) {
      const Stack here = shown({.frames = {*own}});
      places.place[thread.state.id] = fmt::format("{}:{} {}", here.frames[0].file, own->line,
                                                  own->function.substr(0, own->function.find('(')));
    }
    const auto telling =
        std::find_if(threads.back().native.begin(), threads.back().native.end(),
                     [&](const Frame& frame) { return ownership_.owner_of(frame).has_value(); });
    if (telling != threads.back().native.end() &&
        ownership_.owner_of(*telling) != Owner::interpreter) {
      places.outside_python.insert(thread.state.id);
    }
  }
  HangVerdict verdict = judge_hang(end.threads, places);
  const auto thread_of = [&](int id) {
    return std::find_if(threads.begin(), threads.end(),
                        [&](const HangThread& one) { return one.state.id == id; });
  };
  // Of several threads in a circle each could stand first: the main one of its process does, or
  // else what is written first, so that the next run names the same.
  std::sort(verdict.about.begin(), verdict.about.end(), [&](int one, int other) {
    const auto key = [&](int id) {
      const bool known = places.place.contains(id);
      const auto thread = thread_of(id);
      const bool is_main = thread != threads.end() && thread->state.process == id;
      return std::make_tuple(!known, !is_main, known ? places.place.at(id) : std::string(), id);
    };
    return key(one) < key(other);
  });
  Finding finding = {.kind = facts::FindingKind::hang,
                     .rule = verdict.rule,
                     .title = (phase == facts::Phase::finish ? "the process did not end for "
                                                             : "no test finished for ") +
                              std::to_string(static_cast<int>(end.seconds)) + " s" +
                              (verdict.what.empty() ? "" : ": " + verdict.what),
                     .explanation = verdict.explanation};
  const bool is_at_work = verdict.what == "still at work";
  auto placed = verdict.about.empty() ? threads.end() : thread_of(verdict.about.front());
  if (placed != threads.end() && !places.place.contains(placed->state.id) &&
      places.place.contains(threads.front().state.id)) {
    placed = threads.begin();  // no code of the project is in it: then where the test is
  }
  if (placed != threads.end() && !(placed->native.empty() && placed->python.empty())) {
    finding.stacks = placing_stacks(*placed, is_at_work);
  } else {
    finding.stacks = stacks.others;
  }
  finding = with_place(std::move(finding), nullptr, is_at_work);
  finding.severity = "error";
  finding.stacks = shown_stacks(threads, verdict.about);
  for (const Stack& other : stacks.others) {
    finding.stacks.push_back(shown(other));
  }
  return sighting(std::move(finding), test, phase, log, {});
}

}  // namespace extproof::engines
