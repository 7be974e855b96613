// SPDX-License-Identifier: Apache-2.0
//
// Asking the threads of this process and of its children.

#include "harness/reaper/ask_stacks.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "harness/facts/stack_signal.h"

namespace {

using ::testing::HasSubstr;

bool soon(const std::function<bool()>& holds) {
  for (int i = 0; i < 500 && !holds(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return holds();
}

// Stands for the probe: answers with the threads that were asked.
std::atomic<int> g_answers{0};
std::atomic<int> g_value{0};
void answer(int, siginfo_t* info, void*) {
  g_value = info->si_code == SI_QUEUE ? info->si_value.sival_int : 0;
  ++g_answers;
}
void answer_from_now_on() {
  struct sigaction action = {};
  action.sa_sigaction = answer;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  ::sigaction(EXTPROOF_STACK_SIGNAL, &action, nullptr);
}
void block_all_signals() {
  sigset_t all;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

TEST(Stacks, are_asked_of_every_thread_and_whoever_keeps_signals_away_is_named) {
  answer_from_now_on();
  g_answers = 0;
  std::atomic<int> blocking{0};
  std::atomic<bool> stop{false};
  std::thread blocks([&] {
    block_all_signals();
    blocking = static_cast<int>(::syscall(SYS_gettid));
    while (!stop) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  ASSERT_TRUE(soon([&] { return blocking != 0; }));

  const std::string said = extproof::reaper::ask_stacks({::getpid()});

  stop = true;
  blocks.join();
  ::signal(EXTPROOF_STACK_SIGNAL, SIG_DFL);
  EXPECT_EQ(g_answers, 1);
  EXPECT_EQ(g_value, EXTPROOF_STACK_VALUE);
  EXPECT_THAT(said, HasSubstr("stack " + std::to_string(::getpid()) + " answered\n"));
  // No thread may trace another one of its own process.
  EXPECT_THAT(said, HasSubstr("stack " + std::to_string(blocking) + " blocked\n"));
}

TEST(Stacks, are_not_asked_of_a_process_that_the_signal_would_end) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  EXPECT_EQ(extproof::reaper::ask_stacks({child}), "");
  EXPECT_EQ(::waitpid(child, nullptr, WNOHANG), 0);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST(Stacks, are_had_of_a_child_that_keeps_signals_away_where_it_may_be_traced) {
  int ready[2];
  ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    g_answers = 0;
    answer_from_now_on();
    block_all_signals();
    [[maybe_unused]] const ssize_t wrote = ::write(ready[1], "r", 1);
    while (g_answers == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ::_exit(42);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const bool may_trace = ::ptrace(PTRACE_SEIZE, child, nullptr, nullptr) == 0;
  if (may_trace) {
    ::ptrace(PTRACE_INTERRUPT, child, nullptr, nullptr);
    ::waitpid(child, nullptr, __WALL);
    ::ptrace(PTRACE_DETACH, child, nullptr, nullptr);
  }

  const std::string said = extproof::reaper::ask_stacks({child});

  int status = 0;
  if (!may_trace) {
    ::kill(child, SIGKILL);
  }
  ::waitpid(child, &status, 0);
  ::close(ready[0]);
  ::close(ready[1]);
  EXPECT_EQ(said, "stack " + std::to_string(child) + (may_trace ? " answered\n" : " blocked\n"));
  EXPECT_EQ(may_trace, WIFEXITED(status) && WEXITSTATUS(status) == 42);
}

TEST(Stacks, are_not_waited_for_where_the_process_has_ended) {
  const pid_t child = ::fork();
  if (child == 0) {
    answer_from_now_on();
    block_all_signals();
    ::_exit(0);
  }
  siginfo_t ended;
  ::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT);
  const auto begin = std::chrono::steady_clock::now();

  extproof::reaper::ask_stacks({child});

  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(900));
  ::waitpid(child, nullptr, 0);
}

}  // namespace
