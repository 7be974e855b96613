// SPDX-License-Identifier: Apache-2.0
//
// For the reaper's tests: a process that is hard to catch. It forks, its parent exits at once, and
// the child does the same again, each in a session of its own and deaf to SIGTERM. It ends by
// itself after 20 seconds, so that a failed test leaves nothing behind.

#include <signal.h>
#include <unistd.h>

#include <ctime>

int main() {
  signal(SIGTERM, SIG_IGN);
  const std::time_t end = std::time(nullptr) + 20;
  while (std::time(nullptr) < end) {
    const pid_t child = fork();
    if (child > 0) {
      _exit(0);
    }
    if (child == 0) {
      setsid();
    }
  }
  return 0;
}
