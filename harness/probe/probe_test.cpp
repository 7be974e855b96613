// SPDX-License-Identifier: Apache-2.0
//
// The built probe without any runtime, by calling what a runtime calls; and with the real runtimes
// of the compiler that built it, in a real Python.

#include <dlfcn.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

int g_stack_fd = -1;
int g_handled_by = 0;
void (*g_report)() = nullptr;

// Stands for Python's fault handler: appends to the same descriptor.
void write_stack(int) {
  g_handled_by = static_cast<int>(::syscall(SYS_gettid));
  const char text[] = "Stack\n";
  [[maybe_unused]] const ssize_t wrote = ::write(g_stack_fd, text, sizeof text - 1);
  if (g_report != nullptr) {
    g_report();  // a report inside a report
  }
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Output {
  int code = -1;
  std::string text;
};

Output shell(const std::string& command) {
  Output output;
  std::FILE* const pipe = ::popen(("{ " + command + "\n} 2>&1").c_str(), "r");
  char buffer[4096];
  std::size_t got = 0;
  while ((got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0) {
    output.text.append(buffer, got);
  }
  const int status = ::pclose(pipe);
  output.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

class Probe : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "probe testXXXXXX").string();
    folder_ = fs::canonical(::mkdtemp(pattern.data()));
    g_stack_fd =
        ::open((folder_ / "stacks").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    library_ = ::dlopen(EXTPROOF_PROBE, RTLD_NOW | RTLD_GLOBAL);
    ASSERT_NE(library_, nullptr) << ::dlerror();
    start_ = reinterpret_cast<Start>(::dlsym(library_, "extproof_probe_start"));
    report_ = reinterpret_cast<void (*)()>(::dlsym(library_, "__ubsan_on_report"));
    g_handled_by = 0;
    g_report = nullptr;
    ::signal(k_signal, write_stack);
  }
  void TearDown() override {
    start_("", -1, 0);
    ::signal(k_signal, SIG_DFL);
    ::close(g_stack_fd);
    fs::remove_all(folder_);
  }
  std::string stacks() { return read_file(folder_ / "stacks"); }
  static std::string header(int pid, int tid, int size) {
    return "extproof-stack 1 pid " + std::to_string(pid) + " tid " + std::to_string(tid) +
           " runtime ubsan when before log san." + std::to_string(pid) + " size " +
           std::to_string(size) + "\n";
  }

  using Start = int (*)(const char*, int, int);
  static constexpr int k_signal = SIGUSR2;
  fs::path folder_;
  void* library_ = nullptr;
  Start start_ = nullptr;
  void (*report_)() = nullptr;
};

TEST_F(Probe, tells_its_version) {
  const auto version = reinterpret_cast<int (*)()>(::dlsym(library_, "extproof_probe_version"));
  EXPECT_EQ(version(), 1);
}

TEST_F(Probe, does_nothing_before_it_is_started_nor_after_it_is_switched_off) {
  report_();
  EXPECT_EQ(start_(folder_.c_str(), g_stack_fd, 0), 0);
  report_();
  EXPECT_EQ(start_(folder_.c_str(), g_stack_fd, k_signal), 0);
  EXPECT_EQ(start_(folder_.c_str(), g_stack_fd, 0), 0);
  report_();
  EXPECT_EQ(stacks(), "");
}

TEST_F(Probe, writes_a_header_with_the_size_of_the_log_and_then_the_stack_follows) {
  ASSERT_EQ(start_(folder_.c_str(), g_stack_fd, k_signal), 0);
  const int pid = ::getpid();
  report_();
  std::ofstream(folder_ / ("san." + std::to_string(pid))) << "12345";
  report_();
  EXPECT_EQ(stacks(), header(pid, pid, 0) + "Stack\n" + header(pid, pid, 5) + "Stack\n");
}

TEST_F(Probe, raises_the_signal_in_the_reporting_thread_even_where_it_is_blocked) {
  ASSERT_EQ(start_(folder_.c_str(), g_stack_fd, k_signal), 0);
  int tid = 0;
  bool blocked_again = false;
  std::thread([&] {
    sigset_t blocked;
    sigfillset(&blocked);
    ::pthread_sigmask(SIG_SETMASK, &blocked, nullptr);
    tid = static_cast<int>(::syscall(SYS_gettid));
    errno = EDOM;
    report_();
    EXPECT_EQ(errno, EDOM);
    sigset_t after;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
    blocked_again = sigismember(&after, k_signal) == 1;
  }).join();
  EXPECT_EQ(g_handled_by, tid);
  EXPECT_NE(tid, ::getpid());
  EXPECT_TRUE(blocked_again);
  EXPECT_EQ(stacks(), header(::getpid(), tid, 0) + "Stack\n");
}

TEST_F(Probe, ignores_a_report_inside_a_report) {
  ASSERT_EQ(start_(folder_.c_str(), g_stack_fd, k_signal), 0);
  g_report = report_;
  report_();
  EXPECT_EQ(stacks(), header(::getpid(), ::getpid(), 0) + "Stack\n");
}

TEST_F(Probe, names_a_forked_child_by_its_own_number) {
  ASSERT_EQ(start_(folder_.c_str(), g_stack_fd, k_signal), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    report_();
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(stacks(), header(child, child, 0) + "Stack\n");
}

TEST_F(Probe, shows_the_stack_of_the_calling_thread_to_whoever_asks) {
  const auto show = reinterpret_cast<void (*)()>(::dlsym(library_, "extproof_probe_show_stack"));
  ASSERT_NE(show, nullptr);
  show();
  EXPECT_EQ(stacks(), "");
  ASSERT_EQ(start_(folder_.c_str(), g_stack_fd, k_signal), 0);
  show();
  EXPECT_THAT(stacks(), HasSubstr(" runtime none when before log san."));
  EXPECT_THAT(stacks(), ::testing::EndsWith("\nStack\n"));
}

TEST_F(Probe, refuses_a_folder_whose_name_is_too_long_and_a_signal_that_does_not_exist) {
  EXPECT_EQ(start_(std::string(5000, 'x').c_str(), g_stack_fd, k_signal), ENAMETOOLONG);
  EXPECT_EQ(start_("x", g_stack_fd, 1000), EINVAL);
  EXPECT_EQ(start_("x", g_stack_fd, -1), EINVAL);
}

// What Python does in a lane, on a canary. The folder is argv[1].
const char k_script[] = R"(
import ctypes, faulthandler, os, signal, sys
folder, probe, canary, function = sys.argv[1:]
fd = os.open(os.path.join(folder, "stacks"), os.O_WRONLY | os.O_APPEND)
number = signal.SIGRTMAX - 3
faulthandler.register(number, file=fd, all_threads=False, chain=False)
library = ctypes.CDLL(probe, mode=ctypes.RTLD_GLOBAL)
assert library.extproof_probe_start(folder.encode(), fd, number) == 0
def where_it_happens():
    return getattr(ctypes.CDLL(canary), function)(0)
print("result", where_it_happens(), flush=True)
)";

struct Lane {
  const char* source;
  const char* flags;
  const char* gcc_runtime;
  const char* clang_runtime;
  bool probe_first;
};

class RealRuntime : public Probe {
 protected:
  // Builds the canary with the compiler of this build and runs it with the runtime preloaded.
  Output run(const Lane& lane, const std::string& more_flags, const std::string& function,
             const std::string& script = k_script) {
    const std::string compiler = EXTPROOF_CC;
    const bool clang = std::string(EXTPROOF_CC_ID) == "Clang";
    const std::string canary = (folder_ / "canary.so").string();
    const std::string build = compiler + " -g -fno-omit-frame-pointer -shared -fPIC " + lane.flags +
                              (clang ? " -shared-libsan " : " ") + more_flags + " '" +
                              EXTPROOF_SOURCE_DIR + "/harness/probe/canary/" + lane.source +
                              "' -o '" + canary + "'";
    const Output built = shell(build);
    EXPECT_EQ(built.code, 0) << built.text;
    std::string runtime =
        shell(compiler + " -print-file-name=" + (clang ? lane.clang_runtime : lane.gcc_runtime))
            .text;
    runtime.pop_back();
    const std::string preload =
        lane.probe_first ? std::string(EXTPROOF_PROBE) + ":" + runtime : runtime;
    std::ofstream(folder_ / "script.py") << script;
    const std::string options = "log_path=\"" + (folder_ / "san").string() + "\"";
    return shell("python=$(" + std::string(EXTPROOF_PYTHON) +
                 " -c 'import os, sys; print(os.path.realpath(sys.executable))'); env "
                 "PYTHONMALLOC=malloc LD_PRELOAD='" +
                 preload + "' ASAN_OPTIONS='" + options + "' UBSAN_OPTIONS='" + options +
                 "' $python '" + (folder_ / "script.py").string() + "' '" + folder_.string() +
                 "' '" + EXTPROOF_PROBE + "' '" + canary + "' " + function);
  }
  // The text of the runtime's only log; "" when there is none.
  std::string log() {
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (entry.path().filename().string().rfind("san.", 0) == 0) {
        return read_file(entry.path());
      }
    }
    return "";
  }
};

const Lane k_asan = {"asan.c", "-fsanitize=address", "libasan.so", "libclang_rt.asan-x86_64.so",
                     false};
const Lane k_ubsan = {"ubsan.c", "-fsanitize=undefined", "libubsan.so",
                      "libclang_rt.ubsan_standalone-x86_64.so", true};

TEST_F(RealRuntime, of_address_sanitizer_reports_the_overflow_and_python_says_where) {
  for (const char* const level : {"-O1", "-O2", "-O3"}) {
    const Output output = run(k_asan, level, "extproof_canary");
    EXPECT_NE(output.code, 0) << output.text;
    EXPECT_THAT(log(), HasSubstr("heap-buffer-overflow"));
    EXPECT_THAT(log(), HasSubstr("extproof_canary"));
    EXPECT_THAT(stacks(), HasSubstr(" runtime asan when after log san."));
    EXPECT_THAT(stacks(), HasSubstr("where_it_happens"));
    TearDown();
    SetUp();
  }
}

TEST_F(RealRuntime, of_address_sanitizer_finds_the_lost_block) {
  for (const char* const level : {"-O1", "-O2", "-O3"}) {
    run(k_asan, level, "extproof_canary_leak");
    EXPECT_THAT(log(), HasSubstr("Direct leak of 4321 byte(s)"));
    EXPECT_THAT(log(), HasSubstr("lose_block"));
    TearDown();
    SetUp();
  }
}

// Blocks of two contexts, one freed, one grown, one of a thread; the answer for each.
const char k_blocks_script[] = R"(
import ctypes, os, sys, threading
probe = ctypes.CDLL(sys.argv[2], mode=ctypes.RTLD_GLOBAL)
probe.extproof_probe_context.restype = ctypes.POINTER(ctypes.c_uint32)
probe.extproof_probe_context_of.argtypes = [ctypes.c_size_t]
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.realloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
libc.realloc.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
context_of = probe.extproof_probe_context_of
before = libc.malloc(8)
assert probe.extproof_probe_follow_blocks() == 0
assert probe.extproof_probe_follow_blocks() == 0  # asked twice is asked once
context = probe.extproof_probe_context().contents
none = libc.malloc(8)
context.value = 7
blocks = [libc.malloc(size) for size in range(1, 30000)]
context.value = 9
other = libc.malloc(8)
grown = libc.realloc(blocks[0], 5000)
for block in blocks[1::2]:
    libc.free(block)
made = []
thread = threading.Thread(target=lambda: made.append(libc.malloc(8)))
thread.start()
thread.join()
print([context_of(block) for block in (before, none, other, grown, made[0])])
print({context_of(block) for block in blocks[2::2]}, {context_of(block) for block in blocks[1::2]})
child = os.fork()
if child == 0:
    os._exit(context_of(libc.malloc(8)))  # a child follows nothing
print(os.WEXITSTATUS(os.waitpid(child, 0)[1]), flush=True)
os._exit(0)  # without a leak check
)";

TEST_F(RealRuntime, of_address_sanitizer_tells_when_a_block_was_allocated) {
  const Output output = run(k_asan, "-O1", "extproof_canary", k_blocks_script);
  EXPECT_EQ(output.text, "[0, 0, 9, 9, 9]\n{7} {0}\n0\n");
}

TEST_F(Probe, follows_no_blocks_without_a_runtime) {
  const Output output = shell(std::string(EXTPROOF_PYTHON) +
                              " -c 'import ctypes, errno, sys; print(ctypes.CDLL(sys.argv[1])"
                              ".extproof_probe_follow_blocks() == errno.ENOSYS)' '" +
                              EXTPROOF_PROBE + "'");
  EXPECT_EQ(output.text, "True\n");
}

TEST_F(RealRuntime, of_undefined_behavior_sanitizer_reports_and_python_says_where) {
  for (const char* const level : {"-O1", "-O2", "-O3"}) {
    const Output output = run(k_ubsan, level, "extproof_canary");
    EXPECT_EQ(output.text, "result 0\n");
    EXPECT_THAT(log(), HasSubstr("signed integer overflow"));
    EXPECT_THAT(stacks(), HasSubstr(" runtime ubsan when before log san."));
    EXPECT_THAT(stacks(), HasSubstr("where_it_happens"));
    TearDown();
    SetUp();
  }
}

TEST_F(RealRuntime, of_undefined_behavior_sanitizer_is_silent_where_overflow_is_defined) {
  const Output output = run(k_ubsan, "-O1 -fwrapv", "extproof_canary");
  EXPECT_EQ(output.text, "result 0\n");
  EXPECT_EQ(log(), "");
  EXPECT_EQ(stacks(), "");
}

}  // namespace
