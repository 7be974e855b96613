// SPDX-License-Identifier: Apache-2.0
#include "harness/reaper/step_process.hpp"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace extproof::reaper {
namespace {

void restore_signals() {
  for (int number = 1; number < NSIG; ++number) {
    signal(number, SIG_DFL);  // fails for SIGKILL, SIGSTOP and libc's own, which need nothing
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become_step(char** argv, bool own_session, pid_t reaper, int error_fd) {
  if (own_session) {
    setsid();
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != reaper) {
    _exit(127);  // the reaper died before the line above took effect
  }
  restore_signals();
  execvp(argv[0], argv);
  const int error = errno;
  // The result does not matter: without it the reader sees an early end instead.
  [[maybe_unused]] const ssize_t written = write(error_fd, &error, sizeof error);
  _exit(127);
}

}  // namespace

Started start_step_process(char** argv, bool own_session) {
  Started started;
  int error_pipe[2];
  if (pipe2(error_pipe, O_CLOEXEC) != 0) {
    started.exec_error = errno;
    return started;
  }
  const pid_t reaper = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    become_step(argv, own_session, reaper, error_pipe[1]);
  }
  const int fork_error = errno;
  close(error_pipe[1]);
  if (pid < 0) {
    started.exec_error = fork_error;
  } else {
    started.pid = pid;
    int error = 0;
    ssize_t got = 0;
    do {
      got = read(error_pipe[0], &error, sizeof error);
    } while (got < 0 && errno == EINTR);
    if (got == static_cast<ssize_t>(sizeof error)) {
      started.exec_error = error;
      while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
  }
  close(error_pipe[0]);
  return started;
}

}  // namespace extproof::reaper
