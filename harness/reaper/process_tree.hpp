// SPDX-License-Identifier: Apache-2.0
//
// The processes that descend from this one, and how to end them. Linux: read from /proc.
//
// Because this process is a subreaper, whatever a descendant does (double fork, a session of its
// own, the death of its parent), it stays below us in the tree of parents.

#pragma once

#include <sys/types.h>

#include <set>
#include <vector>

namespace extproof::reaper {

// Every living or dead and unreaped descendant, parents before their children. Reads the lists of
// children where the kernel has them, else the parent of every process in /proc.
std::vector<pid_t> observe_descendants();
// The second way, for kernels without those lists. Slower: a fast chain of forks can flee from it.
std::vector<pid_t> observe_descendants_by_parents();

// False for a process that has ended and only waits to be reaped, or is gone.
bool is_alive(pid_t pid);

class ProcessTree {
 public:
  // `main_pid` is the step's own process; it is never counted as left behind.
  explicit ProcessTree(pid_t main_pid) : main_pid_(main_pid) {}

  // SIGTERM, once, to each descendant that has not had it yet; SIGCONT too, for a stopped one
  // would not notice.
  void ask_to_end();

  // Stops all descendants, looking again until no new one appears, so that none can fork away
  // while the others are killed; then SIGKILL to all of them.
  void kill_all();

  // How many processes other than the main one were told to end.
  int count() const { return static_cast<int>(counted_.size()); }

 private:
  void note(pid_t pid);

  pid_t main_pid_;
  std::set<pid_t> asked_;
  std::set<pid_t> counted_;
};

}  // namespace extproof::reaper
