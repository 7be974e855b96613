// SPDX-License-Identifier: Apache-2.0
//
// extproof-reaper: runs one step's process so that nothing of it survives.
//
//   extproof-reaper --control FD --status FD [--grace-ms N] [--terminal] -- ARGV...
//
// With --terminal the step is the foreground's: it keeps our session, and orders go to its process
// alone.
//
// Working folder, environment and standard streams are those that the caller gave; no other
// descriptor of the caller reaches the step. Orders are single bytes on the control descriptor:
//
//   i    SIGINT to the process group of the step's process
//   t    SIGTERM to that group
//   k    SIGKILL to everything below us
//   o    looks at the threads of everything below us: a line for each to the status descriptor
//   s    asks the same threads for their native stacks, and tells which of them answered
//   d N  the signal numbered by the byte N to the step's process alone (a dump of its stacks)
//   end  extproof is gone, by kill -9 perhaps: as k
//
// When the step's process has ended, whatever it left behind gets SIGTERM, then, after the grace
// time, SIGKILL. Then one line goes to the status descriptor and the reaper exits with 0:
//
//   end exit CODE | end signal N | failed ERRNO MESSAGE
//   followed by " wall_us N user_us N sys_us N maxrss_kb N leftovers N"
//
// A reaper that is killed itself has a guard above it (guard.hpp), so that nothing survives then
// too.
//
// wall_us ends with the step's process; the other numbers are of all its reaped descendants.
// A wrong command line, which only a defect of ours can cause, exits with 2.

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "harness/reaper/ask_stacks.hpp"
#include "harness/reaper/descriptors.hpp"
#include "harness/reaper/guard.hpp"
#include "harness/reaper/observe_threads.hpp"
#include "harness/reaper/options.hpp"
#include "harness/reaper/process_tree.hpp"
#include "harness/reaper/step_process.hpp"

namespace extproof::reaper {
namespace {

using Clock = std::chrono::steady_clock;

// How long killed processes may take to go (one that waits for a dead disk does not react) before
// the reaper gives up waiting and says how many there were.
constexpr std::chrono::seconds k_patience{10};
constexpr std::size_t k_most_processes = 64;  // whose threads are looked at

void write_all(int fd, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = write(fd, text.data() + done, text.size() - done);
    if (wrote < 0 && errno != EINTR) {
      return;  // nobody listens any more
    }
    done += wrote < 0 ? 0 : static_cast<std::size_t>(wrote);
  }
}

class Reaper {
 public:
  Reaper(const Options& options, pid_t main_pid, int child_events, Clock::time_point begin)
      : options_(options),
        main_pid_(main_pid),
        child_events_(child_events),
        begin_(begin),
        end_(begin),
        tree_(main_pid) {}

  // Until no descendant is left.
  void run() {
    while (!main_ended_) {
      wait_for_event(forced_ ? 10 : -1);
      if (forced_ && !main_ended_) {
        tree_.kill_all();
        if (Clock::now() > patience_end_) {
          return;
        }
      }
    }
    const Clock::time_point grace_end =
        end_ + std::chrono::milliseconds(forced_ ? 0 : options_.grace_ms);
    patience_end_ = grace_end + k_patience;
    while (any_child_ && Clock::now() < patience_end_) {
      if (forced_ || Clock::now() >= grace_end) {
        tree_.kill_all();
      } else {
        tree_.ask_to_end();
      }
      wait_for_event(10);
    }
  }

  std::string ending() const {
    if (!main_ended_) {
      return "end signal " + std::to_string(SIGKILL);
    }
    return WIFSIGNALED(main_status_) ? "end signal " + std::to_string(WTERMSIG(main_status_))
                                     : "end exit " + std::to_string(WEXITSTATUS(main_status_));
  }
  std::chrono::microseconds wall() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(end_ - begin_);
  }
  int leftovers() const { return tree_.count(); }

 private:
  void wait_for_event(int timeout_ms) {
    pollfd watched[2] = {{child_events_, POLLIN, 0},
                         {control_open_ ? options_.control_fd : -1, POLLIN, 0}};
    if (poll(watched, 2, timeout_ms) > 0) {
      if (watched[0].revents != 0) {
        signalfd_siginfo taken;
        while (read(child_events_, &taken, sizeof taken) > 0) {
        }
      }
      if (watched[1].revents != 0) {
        take_order();
      }
    }
    reap();
  }

  void reap() {
    while (true) {
      int status = 0;
      const pid_t pid = waitpid(-1, &status, WNOHANG);
      if (pid == 0) {
        return;
      }
      if (pid < 0) {
        any_child_ = errno != ECHILD;
        return;
      }
      // A thread that ask_stacks() traces may only have stopped.
      if (pid == main_pid_ && !WIFSTOPPED(status)) {
        main_ended_ = true;
        main_status_ = status;
        end_ = Clock::now();
      }
    }
  }

  void take_order() {
    unsigned char order = 0;
    const ssize_t got = read(options_.control_fd, &order, 1);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
      return;
    }
    if (got <= 0) {
      control_open_ = false;
      force();
    } else if (number_follows_) {
      number_follows_ = false;
      if (!main_ended_) {
        kill(main_pid_, order);
      }
    } else if (order == 'd') {
      number_follows_ = true;
    } else if (order == 'o') {
      if (!main_ended_) {
        write_all(options_.status_fd, observe_threads(looked_at()));
      }
    } else if (order == 's') {
      if (!main_ended_) {
        write_all(options_.status_fd, ask_stacks(looked_at()));
      }
    } else if (order == 'k') {
      force();
    } else if (!main_ended_ && (order == 'i' || order == 't')) {
      kill(options_.terminal ? main_pid_ : -main_pid_, order == 'i' ? SIGINT : SIGTERM);
    }
  }

  // The step's process, then those that it started.
  std::vector<pid_t> looked_at() const {
    std::vector<pid_t> processes = {main_pid_};
    for (const pid_t pid : observe_descendants()) {
      if (pid != main_pid_ && processes.size() < k_most_processes) {
        processes.push_back(pid);
      }
    }
    return processes;
  }

  void force() {
    if (!forced_) {
      forced_ = true;
      patience_end_ = Clock::now() + k_patience;
    }
    tree_.kill_all();
  }

  const Options& options_;
  pid_t main_pid_;
  int child_events_;
  Clock::time_point begin_;
  Clock::time_point end_;
  Clock::time_point patience_end_;
  ProcessTree tree_;
  int main_status_ = 0;
  bool main_ended_ = false;
  bool any_child_ = true;
  bool control_open_ = true;
  bool number_follows_ = false;
  bool forced_ = false;
};

// Ctrl-C in a terminal reaches extproof as well, which decides what becomes of the step.
int prepare_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT}) {
    signal(number, SIG_IGN);
  }
  // An ignored SIGCHLD would be inherited and reap behind our back.
  signal(SIGCHLD, SIG_DFL);
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_SETMASK, &children, nullptr);
  return signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
}

long long microseconds(const timeval& time) {
  return time.tv_sec * 1000000LL + time.tv_usec;
}

void report(int status_fd, const std::string& ending, std::chrono::microseconds wall,
            int leftovers) {
  rusage usage = {};
  getrusage(RUSAGE_CHILDREN, &usage);
  const std::string line = ending + " wall_us " + std::to_string(wall.count()) + " user_us " +
                           std::to_string(microseconds(usage.ru_utime)) + " sys_us " +
                           std::to_string(microseconds(usage.ru_stime)) + " maxrss_kb " +
                           std::to_string(usage.ru_maxrss) + " leftovers " +
                           std::to_string(leftovers) + "\n";
  write_all(status_fd, line);
}

int run(const Options& options) {
  keep_descriptors_from_children();  // the two pipes among them
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const int child_events = prepare_signals();
  if (child_events < 0) {
    const int error = errno;
    report(options.status_fd, "failed " + std::to_string(error) + " " + std::strerror(error), {},
           0);
    return 0;
  }

  const Clock::time_point begin = Clock::now();
  const Started started = start_step_process(options.argv, !options.terminal);
  if (started.exec_error != 0) {
    report(options.status_fd,
           "failed " + std::to_string(started.exec_error) + " " + std::strerror(started.exec_error),
           std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin), 0);
    return 0;
  }

  Reaper reaper(options, started.pid, child_events, begin);
  reaper.run();
  report(options.status_fd, reaper.ending(), reaper.wall(), reaper.leftovers());
  return 0;
}

}  // namespace
}  // namespace extproof::reaper

int main(int argc, char** argv) {
  extproof::reaper::Options options;
  std::string problem;
  if (!extproof::reaper::parse_options(argc, argv, options, problem)) {
    std::fprintf(stderr, "extproof-reaper: %s\n", problem.c_str());
    return 2;
  }
  if (const auto code = extproof::reaper::guard_reaper(options.control_fd, options.status_fd)) {
    return *code;
  }
  return extproof::reaper::run(options);
}
