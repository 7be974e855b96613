// SPDX-License-Identifier: Apache-2.0
#include "harness/reaper/process_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <map>
#include <string>
#include <string_view>

#include "harness/reaper/small_file.hpp"

namespace extproof::reaper {
namespace {

// A program that forks in a chain can outrun this many looks only if it forks faster than one
// small file is read; the caller comes back until nothing is left.
constexpr int k_freeze_rounds = 64;

void append_children(const std::string& text, std::vector<pid_t>& found) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    pid_t child = 0;
    const auto [next, error] = std::from_chars(at, end, child);
    if (error == std::errc()) {
      found.push_back(child);
    }
    at = next == at ? at + 1 : next;
  }
}

// The state and the parent from /proc/PID/stat. The name in it can hold anything, ") R 1" too, so
// the fields are counted from its last parenthesis.
bool read_stat(pid_t pid, char& state, pid_t& parent) {
  std::string text;
  if (!read_small_file("/proc/" + std::to_string(pid) + "/stat", text)) {
    return false;
  }
  const std::size_t close_at = text.rfind(") ");
  if (close_at == std::string::npos || close_at + 4 >= text.size()) {
    return false;
  }
  state = text[close_at + 2];
  const char* const begin = text.data() + close_at + 4;
  const auto result = std::from_chars(begin, text.data() + text.size(), parent);
  return result.ec == std::errc();
}

bool kernel_lists_children() {
  static const bool known = access("/proc/thread-self/children", R_OK) == 0;
  return known;
}

std::vector<pid_t> descendants_by_lists() {
  std::vector<pid_t> found = {getpid()};
  for (std::size_t at = 0; at < found.size(); ++at) {
    const std::string tasks = "/proc/" + std::to_string(found[at]) + "/task";
    for (const pid_t task : numbers_in(tasks)) {
      std::string text;
      if (read_small_file(tasks + "/" + std::to_string(task) + "/children", text)) {
        append_children(text, found);
      }
    }
  }
  found.erase(found.begin());
  return found;
}

}  // namespace

std::vector<pid_t> observe_descendants_by_parents() {
  std::multimap<pid_t, pid_t> children;
  for (const pid_t pid : numbers_in("/proc")) {
    char state = 0;
    pid_t parent = 0;
    if (read_stat(pid, state, parent)) {
      children.emplace(parent, pid);
    }
  }
  std::vector<pid_t> found = {getpid()};
  for (std::size_t at = 0; at < found.size(); ++at) {
    const auto [first, last] = children.equal_range(found[at]);
    for (auto child = first; child != last; ++child) {
      found.push_back(child->second);
    }
    children.erase(found[at]);  // hostile or torn input must not make this a loop
  }
  found.erase(found.begin());
  return found;
}

std::vector<pid_t> observe_descendants() {
  return kernel_lists_children() ? descendants_by_lists() : observe_descendants_by_parents();
}

bool is_alive(pid_t pid) {
  char state = 0;
  pid_t parent = 0;
  return read_stat(pid, state, parent) && state != 'Z' && state != 'X';
}

void ProcessTree::note(pid_t pid) {
  if (pid != main_pid_ && counted_.count(pid) == 0 && is_alive(pid)) {
    counted_.insert(pid);
  }
}

void ProcessTree::ask_to_end() {
  for (const pid_t pid : observe_descendants()) {
    if (asked_.insert(pid).second) {
      note(pid);
      kill(pid, SIGTERM);
      kill(pid, SIGCONT);
    }
  }
}

void ProcessTree::kill_all() {
  std::set<pid_t> frozen;
  for (int round = 0; round < k_freeze_rounds; ++round) {
    bool grew = false;
    for (const pid_t pid : observe_descendants()) {
      if (frozen.insert(pid).second) {
        // Stop first and count after: the count may be slow, a fork is not.
        kill(pid, SIGSTOP);
        grew = true;
      }
    }
    if (!grew) {
      break;
    }
  }
  for (const pid_t pid : frozen) {
    note(pid);
  }
  for (const pid_t pid : frozen) {
    kill(pid, SIGKILL);
  }
}

}  // namespace extproof::reaper
