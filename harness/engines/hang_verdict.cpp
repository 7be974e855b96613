// SPDX-License-Identifier: Apache-2.0
#include "harness/engines/hang_verdict.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "harness/base/text.hpp"

namespace extproof::engines {
namespace {

using facts::ThreadState;

constexpr double k_busy = 0.3;  // of a processor
// Python asks for its lock every 5 ms unless sys.setswitchinterval says otherwise: 200 times in a
// second. A machine under load manages less.
constexpr double k_least_asking = 60;
constexpr double k_most_asking = 400;
constexpr std::size_t k_threads_told = 32;

const ThreadState* thread_of(const std::vector<ThreadState>& threads, int id) {
  const auto found = std::find_if(threads.begin(), threads.end(),
                                  [&](const ThreadState& one) { return one.id == id; });
  return found == threads.end() ? nullptr : &*found;
}

bool asks_for_python(const ThreadState& thread) {
  return thread.sleeps_in == "futex" && thread.waits_for == 0 && thread.joins == 0 &&
         thread.wakeups >= k_least_asking && thread.wakeups <= k_most_asking;
}

// Of each process the thread that can hold Python's lock, if there is one.
using Holders = std::map<int, int>;

// Whom `thread` waits for, if that is known: by a mutex, by a join, or by Python's lock where one
// thread alone can have it.
int waits_for(const ThreadState& thread, const Holders& holders) {
  if (thread.waits_for != 0) {
    return thread.waits_for;
  }
  if (thread.joins != 0) {
    return thread.joins;
  }
  return asks_for_python(thread) ? holders.at(thread.process) : 0;
}

std::string wait_in_words(const ThreadState& thread) {
  return thread.waits_for == thread.id ? "waits for a lock that it holds itself"
         : thread.waits_for != 0 ? "waits for a lock of thread " + std::to_string(thread.waits_for)
         : thread.joins != 0     ? "waits for the end of thread " + std::to_string(thread.joins)
         : asks_for_python(thread)
             ? "waits for Python's own lock (it asks " +
                   std::to_string(static_cast<int>(thread.wakeups)) + " times a second)"
         : thread.cpu >= k_busy
             ? "is at work, with " + std::to_string(static_cast<int>(thread.cpu * 100 + 0.5)) +
                   " % of a processor"
         : thread.sleeps_in == "?"     ? "does what the system hides"
         : thread.sleeps_in == "futex" ? "waits for a lock, a condition or a semaphore"
         : thread.sleeps_in.empty()    ? "runs, but hardly"
                                       : "waits in " + thread.sleeps_in;
}

// The one thread that can hold Python's lock while others ask for it: of those that do not ask, the
// one that is at work or waits for a mutex or for another's end. 0 when there is none or more than
// one. A thread that sleeps in any other way has given the lock back, as Python's own calls do.
int holder_of_python(const std::vector<ThreadState>& threads, int process) {
  int holder = 0;
  for (const ThreadState& thread : threads) {
    const bool can_hold = thread.waits_for != 0 || thread.joins != 0 || thread.cpu >= k_busy;
    if (thread.process == process && !asks_for_python(thread) && can_hold) {
      if (holder != 0) {
        return 0;
      }
      holder = thread.id;
    }
  }
  return holder;
}

Holders holders_of_python(const std::vector<ThreadState>& threads) {
  Holders holders;
  for (const ThreadState& thread : threads) {
    if (!holders.contains(thread.process)) {
      holders[thread.process] = holder_of_python(threads, thread.process);
    }
  }
  return holders;
}

// The threads of a circle of waiting, in its order; empty when there is none.
std::vector<const ThreadState*> find_circle(const std::vector<ThreadState>& threads,
                                            const Holders& holders) {
  for (const ThreadState& start : threads) {
    std::vector<const ThreadState*> way;
    std::set<int> seen;
    const ThreadState* at = &start;
    while (at != nullptr && seen.insert(at->id).second) {
      way.push_back(at);
      at = thread_of(threads, waits_for(*at, holders));
    }
    if (at != nullptr) {
      way.erase(way.begin(), std::find(way.begin(), way.end(), at));
      return way;
    }
  }
  return {};
}

// The one thread that waits for something else while it keeps Python's lock from those that ask for
// it; nullptr when that is not certain.
const ThreadState* keeper_of_python(const std::vector<ThreadState>& threads, const Holders& holders,
                                    const HangPlaces& places) {
  for (const ThreadState& asks : threads) {
    if (!asks_for_python(asks) || holders.at(asks.process) != 0) {
      continue;
    }
    const ThreadState* keeper = nullptr;
    bool is_certain = true;
    for (const ThreadState& thread : threads) {
      if (thread.process != asks.process || asks_for_python(thread)) {
        continue;
      }
      const bool is_known = thread.stack == facts::StackAnswer::answered;
      const bool is_outside = places.outside_python.contains(thread.id);
      is_certain = is_certain && is_known && !(is_outside && keeper != nullptr);
      keeper = is_outside ? &thread : keeper;
    }
    if (is_certain && keeper != nullptr) {
      return keeper;
    }
  }
  return nullptr;
}

// A lock whose owner does not exist. In a child that is not of ours the word that says who owns it
// may mean anything: such a process is not asked for its stacks.
bool waits_for_nobody(const ThreadState& thread, const std::vector<ThreadState>& threads) {
  const bool is_ours =
      thread.process == threads.front().process || thread.stack != facts::StackAnswer::not_asked;
  return is_ours && thread.waits_for != 0 && thread_of(threads, thread.waits_for) == nullptr;
}

std::string line_of(const ThreadState& thread, int own_process, const HangPlaces& places) {
  std::string line = base::escape_line(thread_label(thread));
  if (thread.process != own_process) {
    line += " of process " + std::to_string(thread.process);
  }
  line += " " + wait_in_words(thread);
  if (const auto place = places.place.find(thread.id); place != places.place.end()) {
    line += ", at " + base::escape_line(place->second);
  }
  return line + (thread.stack == facts::StackAnswer::blocked
                     ? "; it blocks all signals, so that its "
                       "native stack is not known"
                 : thread.stack == facts::StackAnswer::late
                     ? "; it did not answer, so that its native stack is not known"
                     : "");
}

}  // namespace

std::string thread_label(const ThreadState& thread) {
  return "thread " + std::to_string(thread.id) +
         (thread.name.empty() ? "" : " (" + thread.name + ")");
}

HangVerdict judge_hang(const std::vector<ThreadState>& threads, const HangPlaces& places) {
  HangVerdict verdict;
  if (threads.empty()) {
    return verdict;
  }
  const Holders holders = holders_of_python(threads);
  const auto circle = find_circle(threads, holders);
  const ThreadState* keeper = keeper_of_python(threads, holders, places);
  const auto orphan = std::find_if(threads.begin(), threads.end(), [&](const ThreadState& one) {
    return waits_for_nobody(one, threads);
  });
  const auto busy = std::max_element(
      threads.begin(), threads.end(),
      [](const ThreadState& one, const ThreadState& other) { return one.cpu < other.cpu; });
  std::vector<const ThreadState*> first = circle;
  std::string sentence;
  if (!circle.empty()) {
    verdict.rule = verdict.what = "deadlock";
    sentence = circle.size() == 1 ? "a thread waits for itself" : "threads wait for each other";
  } else if (orphan != threads.end()) {
    verdict.rule = verdict.what = "deadlock";
    first = {&*orphan};
    sentence = "a lock is held by thread " + std::to_string(orphan->waits_for) +
               ", which is none of this process: it ended with the lock, or a fork left it behind";
  } else if (busy->cpu >= k_busy) {
    verdict.what = "still at work";
    first = {&*busy};
    sentence = "slow work, or an endless loop";
  } else {
    verdict.what = "every thread waits";
    first = {keeper != nullptr ? keeper : &threads.front()};
    sentence = keeper != nullptr ? "a thread waits and keeps Python's own lock from others"
                                 : "no thread is at work";
  }
  for (const ThreadState* thread : first) {
    verdict.about.push_back(thread->id);
  }
  // Those that the sentence is about, then the others.
  for (const ThreadState& thread : threads) {
    if (std::find(first.begin(), first.end(), &thread) == first.end()) {
      first.push_back(&thread);
    }
  }
  verdict.explanation = sentence + ":";
  for (std::size_t i = 0; i < first.size() && i < k_threads_told; ++i) {
    verdict.explanation += "\n" + line_of(*first[i], threads.front().process, places);
  }
  if (first.size() > k_threads_told) {
    verdict.explanation +=
        "\nand " + std::to_string(first.size() - k_threads_told) + " threads more";
  }
  return verdict;
}

}  // namespace extproof::engines
