// SPDX-License-Identifier: Apache-2.0
#include "harness/reaper/observe_threads.hpp"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <vector>

#include "harness/reaper/small_file.hpp"

namespace extproof::reaper {
namespace {

constexpr long k_look_ms = 400;
constexpr std::size_t k_most_threads = 2000;

struct CallName {
  long number;
  const char* name;
};

// Those in which a thread can sleep for long.
constexpr CallName k_calls[] = {
    {SYS_futex, "futex"},
    {SYS_read, "read"},
    {SYS_readv, "readv"},
    {SYS_write, "write"},
    {SYS_ppoll, "ppoll"},
    {SYS_pselect6, "pselect"},
    {SYS_epoll_pwait, "epoll_pwait"},
    {SYS_recvfrom, "recvfrom"},
    {SYS_recvmsg, "recvmsg"},
    {SYS_sendto, "sendto"},
    {SYS_accept, "accept"},
    {SYS_accept4, "accept4"},
    {SYS_connect, "connect"},
    {SYS_wait4, "wait4"},
    {SYS_waitid, "waitid"},
    {SYS_nanosleep, "nanosleep"},
    {SYS_clock_nanosleep, "clock_nanosleep"},
    {SYS_flock, "flock"},
    {SYS_fcntl, "fcntl"},
    {SYS_rt_sigtimedwait, "sigwait"},
    {SYS_rt_sigsuspend, "sigsuspend"},
#ifdef SYS_poll
    {SYS_poll, "poll"},
    {SYS_select, "select"},
    {SYS_epoll_wait, "epoll_wait"},
    {SYS_pause, "pause"},
#endif
};

struct Counters {
  unsigned long long cpu_ns = 0;
  unsigned long long sleeps = 0;
};

// The number behind `label` in a text of lines "label: number".
unsigned long long number_behind(const std::string& text, const char* label) {
  const std::size_t at = text.find(label);
  return at == std::string::npos
             ? 0
             : std::strtoull(text.c_str() + at + std::strlen(label), nullptr, 10);
}

std::string folder_of(pid_t pid, pid_t thread) {
  return "/proc/" + std::to_string(pid) + "/task/" + std::to_string(thread);
}

bool read_counters(pid_t pid, pid_t thread, Counters& counters) {
  std::string text;
  if (!read_small_file(folder_of(pid, thread) + "/schedstat", text)) {
    return false;
  }
  counters.cpu_ns = std::strtoull(text.c_str(), nullptr, 10);
  if (!read_small_file(folder_of(pid, thread) + "/status", text)) {
    return false;
  }
  counters.sleeps = number_behind(text, "\nvoluntary_ctxt_switches:");
  return true;
}

struct Wait {
  std::string call = "-";
  pid_t owner = 0;
  pid_t joins = 0;
};

// What a thread in futex(address, operation, value) waits for.
void read_futex(pid_t pid, const std::array<unsigned long long, 3>& arguments,
                const std::map<pid_t, Counters>& threads, Wait& wait) {
  const unsigned long long operation =
      arguments[1] & ~static_cast<unsigned long long>(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
  if (operation != FUTEX_WAIT && operation != FUTEX_WAIT_BITSET) {
    return;
  }
  const std::string path = "/proc/" + std::to_string(pid) + "/mem";
  const int memory = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::array<std::int32_t, 3> words = {};
  const ssize_t got =
      memory < 0 ? -1 : pread(memory, words.data(), sizeof words, static_cast<off_t>(arguments[0]));
  if (memory >= 0) {
    close(memory);
  }
  if (got != static_cast<ssize_t>(sizeof words)) {
    return;
  }
  const auto expected = static_cast<std::int32_t>(arguments[2]);
  if (words[0] != expected) {
    return;  // woken meanwhile
  }
  // pthread_join waits for the word of the thread's number, which the kernel clears at its end.
  if (expected > 2 && threads.count(expected) != 0) {
    wait.joins = expected;
  } else if (expected == 2 && words[2] > 0) {
    wait.owner = words[2];
  }
}

Wait read_wait(pid_t pid, pid_t thread, const std::map<pid_t, Counters>& threads) {
  Wait wait;
  std::string text;
  if (!read_small_file(folder_of(pid, thread) + "/syscall", text)) {
    wait.call = "?";
    return wait;
  }
  // "202 0x7f... 0x80 0x2 ...", "-1 ..." outside of a call, "running".
  char* at = nullptr;
  const long number = std::strtol(text.c_str(), &at, 10);
  if (at == text.c_str() || number < 0) {
    return wait;
  }
  std::array<unsigned long long, 3> arguments = {};
  for (unsigned long long& argument : arguments) {
    argument = std::strtoull(at, &at, 16);
  }
  wait.call = std::to_string(number);
  for (const CallName& call : k_calls) {
    if (call.number == number) {
      wait.call = call.name;
    }
  }
  if (number == SYS_futex) {
    read_futex(pid, arguments, threads, wait);
  }
  return wait;
}

std::string name_of(pid_t pid, pid_t thread) {
  std::string name;
  read_small_file(folder_of(pid, thread) + "/comm", name);
  while (!name.empty() && name.back() == '\n') {
    name.pop_back();
  }
  for (char& c : name) {
    c = static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  }
  return name;
}

}  // namespace

std::string observe_threads(const std::vector<pid_t>& processes) {
  std::vector<std::map<pid_t, Counters>> before(processes.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < processes.size(); ++i) {
    for (const pid_t thread : numbers_in("/proc/" + std::to_string(processes[i]) + "/task")) {
      Counters counters;
      if (count < k_most_threads && read_counters(processes[i], thread, counters)) {
        before[i][thread] = counters;
        ++count;
      }
    }
  }
  timespec pause = {0, k_look_ms * 1000000L};
  while (nanosleep(&pause, &pause) != 0) {
  }
  std::string lines;
  for (std::size_t i = 0; i < processes.size(); ++i) {
    const pid_t pid = processes[i];
    for (const auto& [thread, first] : before[i]) {
      Counters last;
      if (!read_counters(pid, thread, last)) {
        continue;
      }
      const Wait wait = read_wait(pid, thread, before[i]);
      const unsigned long long permille = (last.cpu_ns - first.cpu_ns) / (k_look_ms * 1000ULL);
      lines += "thread " + std::to_string(thread) + " process " + std::to_string(pid) +
               " cpu_permille " + std::to_string(permille) + " wakeups " +
               std::to_string((last.sleeps - first.sleeps) * 1000 / k_look_ms) + " waits_for " +
               std::to_string(wait.owner) + " joins " + std::to_string(wait.joins) + " sleeps_in " +
               wait.call + " name " + name_of(pid, thread) + "\n";
    }
  }
  return lines;
}

}  // namespace extproof::reaper
