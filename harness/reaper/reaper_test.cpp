// SPDX-License-Identifier: Apache-2.0
//
// The built reaper with real processes.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "harness/reaper/descriptors.hpp"
#include "harness/reaper/observe_threads.hpp"
#include "harness/reaper/process_tree.hpp"

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// A process that is not there, or is a zombie, does nothing any more.
bool is_running(int pid) {
  const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t at = stat.rfind(") ");
  return at != std::string::npos && stat[at + 2] != 'Z';
}

bool soon(const std::function<bool()>& holds) {
  for (int i = 0; i < 1000; ++i) {
    if (holds()) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

int number_after(const std::string& line, const std::string& word) {
  const std::size_t at = line.find(" " + word + " ");
  return at == std::string::npos ? -1 : std::atoi(line.c_str() + at + word.size() + 2);
}

class Reaper : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "reaperXXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override {
    close_control();
    if (reaper_ > 0) {
      ::waitpid(reaper_, nullptr, 0);
    }
    if (status_ >= 0) {
      ::close(status_);
    }
    std::filesystem::remove_all(folder_);
  }

  // Starts the reaper on argv; the control and status pipes are ours.
  void start(const std::vector<std::string>& argv, const std::string& grace = "300",
             bool terminal = false) {
    int control[2];
    int status[2];
    ASSERT_EQ(::pipe2(control, O_CLOEXEC), 0);
    ASSERT_EQ(::pipe2(status, O_CLOEXEC), 0);
    reaper_ = ::fork();
    if (reaper_ == 0) {
      become_reaper(control[0], status[1], argv, grace, terminal);
    }
    ::close(control[0]);
    ::close(status[1]);
    control_ = control[1];
    status_ = status[0];
  }
  void start_shell(const std::string& script, const std::string& grace = "300") {
    start({"/bin/sh", "-c", "cd '" + folder_.string() + "'; " + script}, grace);
  }

  [[noreturn]] static void become_reaper(int control, int status,
                                         const std::vector<std::string>& argv,
                                         const std::string& grace, bool terminal) {
    ::fcntl(control, F_SETFD, 0);
    ::fcntl(status, F_SETFD, 0);
    std::vector<std::string> words = {
        EXTPROOF_REAPER, "--control", std::to_string(control), "--status", std::to_string(status),
        "--grace-ms",    grace};
    if (terminal) {
      words.emplace_back("--terminal");
    }
    words.emplace_back("--");
    words.insert(words.end(), argv.begin(), argv.end());
    std::vector<char*> pointers;
    for (std::string& word : words) {
      pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    ::execv(pointers[0], pointers.data());
    ::_exit(99);
  }

  void order(const std::string& bytes) {
    ASSERT_EQ(::write(control_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  void close_control() {
    if (control_ >= 0) {
      ::close(control_);
      control_ = -1;
    }
  }
  // Everything on the status pipe, up to its end.
  std::string status_line() {
    std::string text;
    char buffer[512];
    ssize_t got = 0;
    while ((got = ::read(status_, buffer, sizeof buffer)) > 0) {
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }
  // The number that the step writes to the file `name`.
  int pid_in(const std::string& name) {
    EXPECT_TRUE(soon([&] { return read_file(folder_ / name).find('\n') != std::string::npos; }))
        << name;
    return std::atoi(read_file(folder_ / name).c_str());
  }

  std::filesystem::path folder_;
  pid_t reaper_ = -1;
  int control_ = -1;
  int status_ = -1;
};

// Two processes that no process group reaches: a child in its own session, and an orphan of a
// double fork in another. Their numbers are in the files "child" and "orphan".
const std::string k_escapees =
    "setsid sh -c 'echo $$ > child; exec sleep 100' & "
    "(setsid sh -c 'echo $$ > orphan; exec sleep 100' &) ; "
    "while [ ! -s child ] || [ ! -s orphan ]; do sleep 0.01; done; ";

TEST_F(Reaper, reports_the_exact_exit_code) {
  for (const int code : {0, 1, 42, 255}) {
    start_shell("exit " + std::to_string(code));
    const std::string line = status_line();
    EXPECT_THAT(line, StartsWith("end exit " + std::to_string(code) + " wall_us "));
    EXPECT_EQ(number_after(line, "leftovers"), 0);
    EXPECT_EQ(line.back(), '\n');
    TearDown();
    SetUp();
  }
}

TEST_F(Reaper, hands_nothing_on_but_the_standard_streams) {
  const int theirs = ::fcntl(::open("/dev/null", O_RDONLY | O_CLOEXEC), F_DUPFD, 300);
  ASSERT_GE(theirs, 300);
  start_shell("for fd in /proc/$$/fd/*; do [ -e \"$fd\" ] && echo ${fd##*/}; done > seen; exit 0");
  ::close(theirs);

  EXPECT_THAT(status_line(), StartsWith("end exit 0 "));
  const std::string seen = read_file(folder_ / "seen");
  // The shell keeps the stream that it redirected, at 10 or above; the names are sorted as texts.
  EXPECT_THAT(seen, ::testing::MatchesRegex("0\n1\n(1[0-9]\n)?2\n"));
}

TEST(Descriptors, are_marked_one_by_one_where_the_kernel_lacks_the_call) {
  const int low = ::open("/dev/null", O_RDONLY);
  const int far = ::fcntl(low, F_DUPFD, 300);

  ASSERT_TRUE(extproof::reaper::keep_listed_descriptors_from_children());

  for (const int fd : {low, far}) {
    EXPECT_EQ(::fcntl(fd, F_GETFD), FD_CLOEXEC) << fd;
    ::close(fd);
  }
  EXPECT_EQ(::fcntl(2, F_GETFD), 0);
}

TEST_F(Reaper, reports_the_exact_signal) {
  for (const int number : {SIGSEGV, SIGKILL, SIGABRT, SIGTERM}) {
    start_shell("ulimit -c 0; kill -" + std::to_string(number) + " $$; sleep 100");
    EXPECT_THAT(status_line(), StartsWith("end signal " + std::to_string(number) + " wall_us "));
    TearDown();
    SetUp();
  }
}

TEST_F(Reaper, reports_that_a_program_does_not_exist) {
  start({"/nonexistent/program"});
  EXPECT_THAT(status_line(), StartsWith("failed 2 No such file or directory wall_us "));
}

TEST_F(Reaper, reports_that_a_file_may_not_be_executed) {
  const std::string path = (folder_ / "plain").string();
  std::ofstream(path) << "text";
  start({path});
  EXPECT_THAT(status_line(), StartsWith("failed 13 Permission denied wall_us "));
}

TEST_F(Reaper, refuses_a_command_line_without_pipes) {
  const std::string command = std::string(EXTPROOF_REAPER) + " -- /bin/true 2>/dev/null";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 2);
}

TEST_F(Reaper, measures_processor_time_and_memory_of_the_whole_tree) {
  // The loop runs in a grandchild.
  start_shell("(sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done')");
  const std::string line = status_line();
  EXPECT_GT(number_after(line, "user_us"), 10000);
  EXPECT_GE(number_after(line, "wall_us"), number_after(line, "user_us") / 2);
  EXPECT_GT(number_after(line, "maxrss_kb"), 100);
}

TEST_F(Reaper, ends_and_counts_what_was_left_behind) {
  start_shell(k_escapees + "exit 5");
  const std::string line = status_line();
  EXPECT_THAT(line, StartsWith("end exit 5 "));
  EXPECT_EQ(number_after(line, "leftovers"), 2);
  EXPECT_FALSE(is_running(pid_in("child")));
  EXPECT_FALSE(is_running(pid_in("orphan")));
}

TEST_F(Reaper, ends_a_leftover_that_ignores_the_polite_signal_after_the_grace_time) {
  start_shell(
      "sh -c 'trap \"\" TERM; echo $$ > deaf; while :; do sleep 1; done' & "
      "while [ ! -s deaf ]; do sleep 0.01; done");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_GE(number_after(status_line(), "leftovers"), 1);
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_FALSE(is_running(pid_in("deaf")));
  EXPECT_GE(took, std::chrono::milliseconds(250));
  EXPECT_LT(took, std::chrono::seconds(5));
}

TEST_F(Reaper, gives_a_leftover_the_time_to_end_by_itself) {
  start_shell(
      "sh -c 'trap \"echo bye > farewell; exit\" TERM; echo $$ > polite; "
      "while :; do sleep 0.02; done' & while [ ! -s polite ]; do sleep 0.01; done",
      "5000");
  status_line();
  EXPECT_EQ(read_file(folder_ / "farewell"), "bye\n");
}

TEST_F(Reaper, ends_a_stopped_leftover_politely_too) {
  start_shell("sleep 100 & echo $! > stopped; kill -STOP $!", "8000");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(number_after(status_line(), "leftovers"), 1);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
}

TEST_F(Reaper, kills_everything_when_the_control_pipe_ends) {
  start_shell(k_escapees + "echo $$ > main; sleep 100");
  const int main_pid = pid_in("main");
  close_control();
  EXPECT_THAT(status_line(), StartsWith("end signal 9 "));
  EXPECT_FALSE(is_running(main_pid));
  EXPECT_FALSE(is_running(pid_in("child")));
  EXPECT_FALSE(is_running(pid_in("orphan")));
}

TEST_F(Reaper, kills_everything_on_order_also_what_is_deaf) {
  start_shell("trap '' TERM INT HUP; " + k_escapees + "echo $$ > main; sleep 100");
  const int main_pid = pid_in("main");
  order("k");
  EXPECT_THAT(status_line(), StartsWith("end signal 9 "));
  EXPECT_FALSE(is_running(main_pid));
  EXPECT_FALSE(is_running(pid_in("orphan")));
}

TEST_F(Reaper, kills_during_the_grace_time_when_the_control_pipe_ends) {
  start_shell(
      "sh -c 'trap \"\" TERM; echo $$ > deaf; while :; do sleep 1; done' & "
      "while [ ! -s deaf ]; do sleep 0.01; done; exit 3",
      "60000");
  const int deaf = pid_in("deaf");
  close_control();
  status_line();
  EXPECT_FALSE(is_running(deaf));
}

TEST_F(Reaper, leaves_nothing_when_its_parent_is_killed) {
  const pid_t parent = ::fork();
  if (parent == 0) {
    start_shell(k_escapees + "echo $$ > main; sleep 100");
    ::pause();
    ::_exit(0);
  }
  const int main_pid = pid_in("main");
  const int child = pid_in("child");
  const int orphan = pid_in("orphan");
  ASSERT_TRUE(is_running(main_pid));
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  EXPECT_TRUE(soon([&] { return !is_running(main_pid); }));
  EXPECT_TRUE(soon([&] { return !is_running(child); }));
  EXPECT_TRUE(soon([&] { return !is_running(orphan); }));
}

TEST_F(Reaper, leaves_nothing_when_it_is_killed_itself) {
  start_shell(k_escapees + "echo $PPID > reaper; echo $$ > main; exec sleep 100");
  const int main_pid = pid_in("main");
  const int child = pid_in("child");
  const int orphan = pid_in("orphan");
  const int reaper = pid_in("reaper");
  ASSERT_NE(reaper, reaper_) << "the process that was started is the guard";
  ::kill(reaper, SIGKILL);
  EXPECT_EQ(status_line(), "");
  ::waitpid(reaper_, nullptr, 0);
  reaper_ = -1;
  EXPECT_FALSE(is_running(main_pid));
  EXPECT_FALSE(is_running(child));
  EXPECT_FALSE(is_running(orphan));
}

TEST_F(Reaper, goes_on_when_its_guard_is_killed) {
  start_shell("echo $$ > main; while [ ! -e go ]; do sleep 0.02; done; exit 7");
  pid_in("main");
  ::kill(reaper_, SIGKILL);
  std::ofstream(folder_ / "go") << "\n";
  EXPECT_THAT(status_line(), StartsWith("end exit 7 "));
}

TEST_F(Reaper, catches_a_chain_of_forks_that_flees) {
  start({EXTPROOF_FORK_CHAIN}, "50");
  const auto begin = std::chrono::steady_clock::now();
  const std::string line = status_line();
  EXPECT_THAT(line, StartsWith("end exit 0 "));
  EXPECT_GE(number_after(line, "leftovers"), 1);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
}

TEST_F(Reaper, passes_an_interrupt_to_the_process_group) {
  start_shell(
      "trap 'echo group > seen' INT; sh -c 'trap \"echo member > inner; exit\" INT; "
      "echo $$ > ready; while :; do sleep 0.02; done'; exit 6");
  pid_in("ready");
  order("i");
  EXPECT_THAT(status_line(), StartsWith("end exit 6 "));
  EXPECT_EQ(read_file(folder_ / "seen"), "group\n");
  EXPECT_EQ(read_file(folder_ / "inner"), "member\n");
}

TEST_F(Reaper, passes_a_termination_to_the_process_group) {
  start_shell("echo $$ > ready; exec sleep 100");
  pid_in("ready");
  order("t");
  EXPECT_THAT(status_line(), StartsWith("end signal 15 "));
}

TEST_F(Reaper, delivers_a_numbered_signal_to_the_main_process_alone) {
  start_shell(
      "trap 'exit 7' USR1; sh -c 'trap \"echo member > inner\" USR1; echo $$ > ready; "
      "while :; do sleep 0.02; done' & while :; do sleep 0.02; done");
  pid_in("ready");
  order(std::string("d") + static_cast<char>(SIGUSR1));
  EXPECT_THAT(status_line(), StartsWith("end exit 7 "));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "inner"));
}

TEST_F(Reaper, ignores_what_the_terminal_sends_to_it) {
  start_shell("echo $$ > ready; while [ ! -e go ]; do sleep 0.01; done; exit 4");
  pid_in("ready");
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    ::kill(reaper_, number);
  }
  std::ofstream(folder_ / "go") << "go";
  EXPECT_THAT(status_line(), StartsWith("end exit 4 "));
}

TEST_F(Reaper, starts_the_step_with_default_signals_and_an_empty_mask_in_its_own_session) {
  const auto old_handler = ::signal(SIGUSR2, SIG_IGN);
  start_shell(
      "grep -E '^Sig(Ign|Blk)' /proc/self/status > signals; "
      "cut -d' ' -f 5,6 /proc/$$/stat > groups; echo $$ > ready");
  ::signal(SIGUSR2, old_handler);
  EXPECT_THAT(status_line(), StartsWith("end exit 0 "));
  EXPECT_EQ(read_file(folder_ / "signals"),
            "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  const std::string pid = std::to_string(pid_in("ready"));
  EXPECT_EQ(read_file(folder_ / "groups"), pid + " " + pid + "\n");
}

TEST_F(Reaper, leaves_a_step_that_has_the_terminal_in_its_own_session_and_group) {
  const std::string groups = std::to_string(::getpgrp()) + " " + std::to_string(::getsid(0)) + "\n";
  start({"/bin/sh", "-c",
         "cd '" + folder_.string() + "'; cut -d' ' -f 5,6 /proc/$$/stat > groups; " + k_escapees +
             "trap 'exit 7' TERM; echo $$ > ready; while :; do sleep 0.01; done"},
        "300", true);
  pid_in("ready");
  EXPECT_EQ(read_file(folder_ / "groups"), groups);
  // An order goes to its process alone: ours, in the same group, is not ended.
  order("t");

  EXPECT_THAT(status_line(), StartsWith("end exit 7 "));
  EXPECT_TRUE(soon([&] { return !is_running(pid_in("child")); }));
  EXPECT_TRUE(soon([&] { return !is_running(pid_in("orphan")); }));
}

TEST_F(Reaper, keeps_its_own_pipes_from_the_step) {
  start_shell("ls -l /proc/$$/fd > open");
  std::vector<std::string> pipes;
  for (const int fd : {control_, status_}) {
    pipes.push_back(std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd)).string());
  }
  status_line();
  const std::string open_files = read_file(folder_ / "open");
  EXPECT_THAT(open_files, HasSubstr("/open"));
  for (const std::string& pipe : pipes) {
    EXPECT_THAT(open_files, Not(HasSubstr(pipe)));
  }
}

TEST(ProcessTree, is_the_same_read_from_lists_of_children_and_from_parents) {
  int ready[2];
  ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const pid_t grandchild = ::fork();
    if (grandchild > 0) {
      [[maybe_unused]] const ssize_t wrote = ::write(ready[1], &grandchild, sizeof grandchild);
    }
    ::pause();
    ::_exit(0);
  }
  pid_t grandchild = 0;
  ASSERT_EQ(::read(ready[0], &grandchild, sizeof grandchild),
            static_cast<ssize_t>(sizeof grandchild));
  EXPECT_THAT(extproof::reaper::observe_descendants(), ElementsAre(child, grandchild));
  EXPECT_THAT(extproof::reaper::observe_descendants_by_parents(), ElementsAre(child, grandchild));
  EXPECT_TRUE(extproof::reaper::is_alive(grandchild));
  ::kill(grandchild, SIGKILL);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(extproof::reaper::is_alive(child));
  ::close(ready[0]);
  ::close(ready[1]);
}

// The words behind "thread ID" in what is said of it.
std::string said_of(int thread, const std::string& lines) {
  const std::string head = "thread " + std::to_string(thread) + " ";
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(head, 0) == 0) {
      return line;
    }
  }
  return "";
}

TEST(Threads, tell_whom_they_wait_for_and_which_of_them_work) {
  const auto own_id = [] { return static_cast<int>(::syscall(SYS_gettid)); };
  const int main_id = own_id();
  std::mutex held;
  std::atomic<int> waiting{0};
  std::atomic<int> working{0};
  std::atomic<int> joining{0};
  std::atomic<bool> stop{false};
  std::unique_lock<std::mutex> lock(held);
  std::thread waits([&] {
    ::prctl(PR_SET_NAME, "wai\nts");
    waiting = own_id();
    const std::lock_guard<std::mutex> mine(held);
  });
  std::thread works([&] {
    working = own_id();
    while (!stop) {
    }
  });
  std::thread joins([&] {
    joining = own_id();
    waits.join();
  });
  ASSERT_TRUE(soon([&] { return waiting != 0 && working != 0 && joining != 0; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));

  const std::string lines = extproof::reaper::observe_threads({::getpid()});

  lock.unlock();
  joins.join();
  stop = true;
  works.join();
  const std::string waiter = said_of(waiting, lines);
  EXPECT_EQ(number_after(waiter, "waits_for"), main_id) << lines;
  EXPECT_THAT(waiter, HasSubstr(" sleeps_in futex "));
  EXPECT_THAT(waiter, HasSubstr(" name wai?ts"));
  EXPECT_EQ(number_after(said_of(joining, lines), "joins"), waiting) << lines;
  EXPECT_GT(number_after(said_of(working, lines), "cpu_permille"), 50) << lines;
  EXPECT_EQ(number_after(waiter, "cpu_permille"), 0) << lines;
}

TEST_F(Reaper, looks_at_the_children_of_the_step_too) {
  start_shell("echo $$ > pid; sleep 60 & wait");
  const int shell = pid_in("pid");
  std::string children;
  ASSERT_TRUE(soon([&] {
    children = read_file("/proc/" + std::to_string(shell) + "/task/" + std::to_string(shell) +
                         "/children");
    return !children.empty();
  }));
  order("osk");
  const std::string said = status_line();
  EXPECT_EQ(number_after(said_of(shell, said), "process"), shell) << said;
  const int child = std::atoi(children.c_str());
  EXPECT_EQ(number_after(said_of(child, said), "process"), child) << said;
  EXPECT_THAT(said, HasSubstr("end signal 9 "));
}

TEST_F(Reaper, says_on_demand_what_the_threads_of_the_step_do) {
  start_shell("echo $$ > pid; exec sleep 60");
  const std::string comm = "/proc/" + std::to_string(pid_in("pid")) + "/comm";
  ASSERT_TRUE(soon([&] { return read_file(comm) == "sleep\n"; }));
  order("o");
  order("k");
  const std::string said = status_line();
  EXPECT_THAT(said, StartsWith("thread "));
  EXPECT_THAT(said, HasSubstr(" name sleep\nend signal 9 wall_us "));
  EXPECT_THAT(said, testing::AnyOf(HasSubstr(" sleeps_in clock_nanosleep "),
                                   HasSubstr(" sleeps_in nanosleep ")));
}

}  // namespace
