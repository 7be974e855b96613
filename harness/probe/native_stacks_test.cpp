// SPDX-License-Identifier: Apache-2.0
//
// The built probe as the reaper asks it: in children of the test, because a process answers for
// good once it does.

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "harness/facts/stack_signal.h"

namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string read_file(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool soon(const std::function<bool()>& holds) {
  for (int i = 0; i < 500 && !holds(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return holds();
}

void ask(pid_t process, pid_t thread) {
  siginfo_t info;
  std::memset(&info, 0, sizeof info);
  info.si_signo = EXTPROOF_STACK_SIGNAL;
  info.si_code = SI_QUEUE;
  info.si_value.sival_int = EXTPROOF_STACK_VALUE;
  ::syscall(SYS_rt_tgsigqueueinfo, process, thread, EXTPROOF_STACK_SIGNAL, &info);
}

std::atomic<int> g_standing{0};

// Not inlined and no tail call, so that it has a frame.
__attribute__((noinline)) int stand_still() {
  volatile int here = static_cast<int>(::syscall(SYS_gettid));
  g_standing = here;
  while (here != 0) {
  }
  return here + 1;
}
__attribute__((noinline)) int go_deep(int depth) {
  volatile int below = depth == 0 ? stand_still() : go_deep(depth - 1);  // no loop
  return below + 1;
}

class NativeStacks : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "native stacksXXXXXX").string();
    folder_ = fs::canonical(::mkdtemp(pattern.data()));
    void* const library = ::dlopen(EXTPROOF_PROBE, RTLD_NOW | RTLD_GLOBAL);
    ASSERT_NE(library, nullptr) << ::dlerror();
    answer_ = reinterpret_cast<int (*)(const char*)>(::dlsym(library, "extproof_probe_answer"));
    ASSERT_NE(answer_, nullptr);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // The status of a child that runs `body`, and its number in child_.
  int in_child(const std::function<void()>& body) {
    child_ = ::fork();
    if (child_ == 0) {
      body();
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child_, &status, 0);
    return status;
  }
  std::string said() const { return read_file(folder_ / ("native." + std::to_string(child_))); }
  // Runs `body` in a thread of a child and asks that thread as soon as it stands still.
  std::string said_of(const std::function<int()>& body) {
    in_child([&] {
      if (answer_(folder_.c_str()) != 0) {
        ::_exit(1);
      }
      std::thread thread([&] { body(); });
      soon([] { return g_standing != 0; });
      ask(::getpid(), g_standing);
      const fs::path file = folder_ / ("native." + std::to_string(::getpid()));
      const std::string end = " " + std::to_string(g_standing) + "\n";
      soon([&] {
        const std::string text = read_file(file);
        return text.find("end" + end) != text.npos || text.find("cut" + end) != text.npos;
      });
      ::_exit(0);
    });
    return said();
  }

  fs::path folder_;
  pid_t child_ = -1;
  int (*answer_)(const char*) = nullptr;
};

// The offsets behind "frame TID " in this program itself.
std::vector<std::uintptr_t> offsets_in_this_program(const std::string& text) {
  const std::string self = fs::canonical("/proc/self/exe").string();
  std::vector<std::uintptr_t> offsets;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string word;
    std::string tid;
    std::string offset;
    if (words >> word >> tid >> offset && word == "frame" && line.ends_with(" " + self)) {
      offsets.push_back(std::strtoull(offset.c_str(), nullptr, 16));
    }
  }
  return offsets;
}

bool lies_in(std::uintptr_t offset, int (*function)()) {
  Dl_info info;
  ::dladdr(reinterpret_cast<void*>(function), &info);
  const auto begin =
      reinterpret_cast<std::uintptr_t>(function) - reinterpret_cast<std::uintptr_t>(info.dli_fbase);
  return offset >= begin && offset < begin + 200;
}

TEST_F(NativeStacks, begin_where_the_thread_was_interrupted_and_not_in_the_handler) {
  const std::string text = said_of(stand_still);

  EXPECT_THAT(text, StartsWith("extproof-native 1 pid " + std::to_string(child_) + " tid "));
  EXPECT_THAT(text, HasSubstr(" python 0x7"));
  const auto offsets = offsets_in_this_program(text);
  ASSERT_FALSE(offsets.empty()) << text;
  EXPECT_TRUE(lies_in(offsets[0], stand_still)) << text;
  const std::size_t first = text.find("\nframe ");
  EXPECT_THAT(text.substr(first, text.find('\n', first + 1) - first),
              HasSubstr(fs::canonical("/proc/self/exe").string()));
  EXPECT_THAT(text, HasSubstr("libc.so"));
  EXPECT_THAT(text, HasSubstr("\nend "));
}

TEST_F(NativeStacks, of_a_deep_recursion_are_its_innermost_frames) {
  const std::string text = said_of([] { return go_deep(1000); });

  const auto offsets = offsets_in_this_program(text);
  EXPECT_EQ(offsets.size(), 128u);
  EXPECT_TRUE(lies_in(offsets.at(0), stand_still));
  EXPECT_THAT(text, HasSubstr("\ncut "));
}

TEST_F(NativeStacks, are_written_by_many_threads_at_once) {
  constexpr int k_threads = 200;
  in_child([&] {
    answer_(folder_.c_str());
    std::vector<std::thread> threads;
    for (int i = 0; i < k_threads; ++i) {
      threads.emplace_back([] {
        while (true) {
          ::pause();
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    for (const auto& task : fs::directory_iterator("/proc/self/task")) {
      ask(::getpid(), std::atoi(task.path().filename().c_str()));
    }
    const fs::path file = folder_ / ("native." + std::to_string(::getpid()));
    const auto count_of_ends = [&] {
      const std::string text = read_file(file);
      int count = 0;
      for (std::size_t at = 0; (at = text.find("\nend ", at)) != text.npos; ++at) {
        ++count;
      }
      return count;
    };
    ::_exit(soon([&] { return count_of_ends() == k_threads + 1; }) ? 0 : 1);
  });
  std::istringstream in(said());
  for (std::string line; std::getline(in, line);) {
    const bool is_whole = line.starts_with("extproof-native 1 pid ") ||
                          line.starts_with("frame ") || line.starts_with("end ");
    ASSERT_TRUE(is_whole) << line;
  }
  EXPECT_EQ(offsets_in_this_program(said()).empty(), false);
}

TEST_F(NativeStacks, are_no_answer_to_the_same_signal_from_anybody_else) {
  const int status = in_child([&] {
    answer_(folder_.c_str());
    ::raise(EXTPROOF_STACK_SIGNAL);
  });

  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), EXTPROOF_STACK_SIGNAL);
  EXPECT_EQ(said(), "");
}

TEST_F(NativeStacks, leave_a_signal_alone_that_others_handle) {
  const int status = in_child([&] {
    ::signal(EXTPROOF_STACK_SIGNAL, [](int) {});
    ::_exit(answer_(folder_.c_str()));
  });
  EXPECT_EQ(WEXITSTATUS(status), EBUSY);
}

TEST_F(NativeStacks, are_refused_for_a_folder_whose_name_is_too_long) {
  const int status = in_child([&] { ::_exit(answer_(std::string(5000, 'x').c_str())); });
  EXPECT_EQ(WEXITSTATUS(status), ENAMETOOLONG);
}

TEST_F(NativeStacks, change_neither_errno_nor_a_system_call_that_can_go_on) {
  const int status = in_child([&] {
    answer_(folder_.c_str());
    errno = EDOM;
    ask(::getpid(), static_cast<pid_t>(::syscall(SYS_gettid)));
    ::_exit(errno == EDOM ? 0 : 1);
  });
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_THAT(said(), HasSubstr("\nend "));
}

// A program with a thread that never calls anything; the runtime of ThreadSanitizer keeps signals
// back until a thread calls into it.
const char k_spins[] = R"(
#include <pthread.h>
static volatile int on = 1;
static void *spin_here(void *unused) { while (on) {} return unused; }
int main(void) {
  pthread_t thread;
  pthread_create(&thread, 0, spin_here, 0);
  pthread_join(thread, 0);
}
)";

TEST_F(NativeStacks, are_had_of_programs_that_only_name_the_folder_under_any_runtime) {
  std::ofstream(folder_ / "spins.c") << k_spins;
  for (const std::string flag : {"", "-fsanitize=thread", "-fsanitize=undefined"}) {
    const std::string program = (folder_ / "spins").string();
    const std::string build = std::string(EXTPROOF_CC) + " -g " + flag + " -pthread '" +
                              (folder_ / "spins.c").string() + "' -o '" + program + "'";
    ASSERT_EQ(std::system(build.c_str()), 0) << build;
    child_ = ::fork();
    if (child_ == 0) {
      ::setenv("EXTPROOF_LOGS", folder_.c_str(), 1);
      ::setenv("LD_PRELOAD", EXTPROOF_PROBE, 1);
      // An old runtime does not bear the layout of a new kernel.
      ::execlp("setarch", "setarch", "-R", program.c_str(), nullptr);
      ::_exit(99);
    }
    const std::string tasks = "/proc/" + std::to_string(child_) + "/task";
    const auto threads = [&] {
      std::vector<pid_t> found;
      std::error_code gone;
      for (const auto& task : fs::directory_iterator(tasks, gone)) {
        found.push_back(std::atoi(task.path().filename().c_str()));
      }
      return found;
    };
    ASSERT_TRUE(soon([&] { return threads().size() > 1; })) << flag;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    const std::vector<pid_t> all = threads();
    const pid_t last = *std::max_element(all.begin(), all.end());
    ask(child_, last);
    const std::string end = "\nend " + std::to_string(last) + "\n";
    EXPECT_TRUE(soon([&] { return said().find(end) != std::string::npos; })) << flag << said();
    EXPECT_THAT(said(), HasSubstr(" " + program + "\n")) << flag;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
}

}  // namespace
