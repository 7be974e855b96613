// SPDX-License-Identifier: Apache-2.0
#include "harness/reaper/ask_stacks.hpp"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "harness/facts/stack_signal.h"
#include "harness/reaper/small_file.hpp"

namespace extproof::reaper {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds k_patience{1000};
// After this a thread that blocks the signal is taken to do so for good.
constexpr milliseconds k_until_unblocking{200};
constexpr milliseconds k_until_stopped{100};
// A handler that has been entered but does not yet run with its mask looks like one that is done.
constexpr int k_quiet_looks = 3;
constexpr std::size_t k_most_threads = 2000;
constexpr std::uint64_t k_bit = std::uint64_t{1} << (EXTPROOF_STACK_SIGNAL - 1);

enum class Standing { answered, in_handler, blocked, late };

struct Asked {
  pid_t process = 0;
  pid_t thread = 0;
  Standing standing = Standing::late;
  int quiet_looks = 0;  // one after another at which it seemed to have answered
};

void pause_for(milliseconds time) {
  timespec pause = {0, static_cast<long>(time.count()) * 1000000L};
  while (nanosleep(&pause, &pause) != 0 && errno == EINTR) {
  }
}

std::string status_file(pid_t process, pid_t thread) {
  return "/proc/" + std::to_string(process) + "/task/" + std::to_string(thread) + "/status";
}

// Whether the signal is in the set behind `label` in the text of a status file.
bool has_signal(const std::string& text, const char* label) {
  const std::size_t at = text.find(label);
  return at != std::string::npos &&
         (std::strtoull(text.c_str() + at + std::strlen(label), nullptr, 16) & k_bit) != 0;
}

// Of a thread that has ended; others of its process may go on.
bool has_ended(const std::string& text) {
  return text.find("\nState:\tZ") != std::string::npos ||
         text.find("\nState:\tX") != std::string::npos;
}

bool handles_signal(pid_t process) {
  std::string text;
  return read_small_file(status_file(process, process), text) && has_signal(text, "\nSigCgt:");
}

bool ask(pid_t process, pid_t thread) {
  siginfo_t info;
  std::memset(&info, 0, sizeof info);
  info.si_signo = EXTPROOF_STACK_SIGNAL;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  info.si_value.sival_int = EXTPROOF_STACK_VALUE;
  return syscall(SYS_rt_tgsigqueueinfo, process, thread, EXTPROOF_STACK_SIGNAL, &info) == 0;
}

// The handler itself runs with the signal blocked, but then it is no longer pending.
Standing standing_of(const Asked& one) {
  std::string text;
  if (!read_small_file(status_file(one.process, one.thread), text) || has_ended(text)) {
    return Standing::answered;  // nobody waits for it
  }
  const bool is_pending = has_signal(text, "\nSigPnd:");
  const bool is_blocked = has_signal(text, "\nSigBlk:");
  return is_pending ? (is_blocked ? Standing::blocked : Standing::late)
                    : (is_blocked ? Standing::in_handler : Standing::answered);
}

// Takes the signal out of the mask of a thread that waits for it for ever. Only where tracing is
// allowed: nothing is lost where it is not.
void unblock(pid_t thread) {
  if (ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) != 0) {
    return;
  }
  ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
  const Clock::time_point end = Clock::now() + k_until_stopped;
  while (Clock::now() < end) {
    siginfo_t stop = {};
    // Its end, if that comes now, stays for whoever reaps.
    if (waitid(P_PID, static_cast<id_t>(thread), &stop, WSTOPPED | WNOHANG | __WALL) != 0) {
      return;
    }
    if (stop.si_pid == thread) {
      std::uint64_t mask = 0;
      if (ptrace(PTRACE_GETSIGMASK, thread, sizeof mask, &mask) == 0) {
        mask &= ~k_bit;
        ptrace(PTRACE_SETSIGMASK, thread, sizeof mask, &mask);
      }
      ptrace(PTRACE_DETACH, thread, nullptr, nullptr);
      return;
    }
    pause_for(milliseconds(1));
  }
}

const char* word_for(Standing standing) {
  return standing == Standing::answered  ? "answered"
         : standing == Standing::blocked ? "blocked"
                                         : "late";
}

}  // namespace

std::string ask_stacks(const std::vector<pid_t>& processes) {
  std::vector<Asked> asked;
  for (const pid_t process : processes) {
    if (!handles_signal(process)) {
      continue;
    }
    for (const pid_t thread : numbers_in("/proc/" + std::to_string(process) + "/task")) {
      if (asked.size() < k_most_threads && ask(process, thread)) {
        asked.push_back({.process = process, .thread = thread});
      }
    }
  }
  const Clock::time_point begin = Clock::now();
  bool has_unblocked = false;
  while (true) {
    bool all_answered = true;
    for (Asked& one : asked) {
      if (one.quiet_looks < k_quiet_looks) {
        one.standing = standing_of(one);
        one.quiet_looks = one.standing == Standing::answered ? one.quiet_looks + 1 : 0;
        all_answered = all_answered && one.quiet_looks == k_quiet_looks;
      }
    }
    const auto waited = Clock::now() - begin;
    if (all_answered || waited > k_patience) {
      break;
    }
    if (!has_unblocked && waited > k_until_unblocking) {
      has_unblocked = true;
      for (const Asked& one : asked) {
        if (one.standing == Standing::blocked) {
          unblock(one.thread);
        }
      }
    }
    pause_for(milliseconds(5));
  }
  std::string lines;
  for (const Asked& one : asked) {
    lines += "stack " + std::to_string(one.thread) + " " + word_for(one.standing) + "\n";
  }
  return lines;
}

}  // namespace extproof::reaper
