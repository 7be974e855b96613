// SPDX-License-Identifier: Apache-2.0
#include "harness/reaper/guard.hpp"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "harness/reaper/process_tree.hpp"

namespace extproof::reaper {
namespace {

using Clock = std::chrono::steady_clock;

// As the reaper's own patience with killed processes that do not go.
constexpr std::chrono::seconds k_patience{10};
constexpr std::chrono::milliseconds k_pause{5};

void kill_what_is_left(pid_t reaper) {
  ProcessTree tree(reaper);
  const Clock::time_point end = Clock::now() + k_patience;
  while (Clock::now() < end) {
    tree.kill_all();
    pid_t reaped = 0;
    do {
      reaped = waitpid(-1, nullptr, WNOHANG);
    } while (reaped > 0);
    if (reaped < 0 && errno == ECHILD) {
      return;
    }
    std::this_thread::sleep_for(k_pause);
  }
}

}  // namespace

std::optional<int> guard_reaper(int control_fd, int status_fd) {
  // What a killed reaper had below it comes to the nearest subreaper above.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  // Before the fork: a signal between it and a later call would end the guard alone.
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT}) {
    signal(number, SIG_IGN);
  }
  signal(SIGCHLD, SIG_DFL);
  const pid_t reaper = fork();
  if (reaper <= 0) {
    return std::nullopt;
  }
  close(control_fd);
  close(status_fd);
  int status = 0;
  while (waitpid(reaper, &status, 0) < 0) {
    if (errno != EINTR) {
      return 0;
    }
  }
  if (WIFEXITED(status)) {
    return WEXITSTATUS(status);
  }
  kill_what_is_left(reaper);
  return 0;
}

}  // namespace extproof::reaper
