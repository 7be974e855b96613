// SPDX-License-Identifier: Apache-2.0
//
// The real runner: the suite of all runners, and what only real processes can show.
#include "harness/platform/step_runner.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "harness/base/text.hpp"
#include "harness/platform/files.hpp"
#include "harness/testing/conformance/step_runner_suite.hpp"

namespace extproof::platform {
namespace {

namespace fs = std::filesystem;
using engines::StopFlag;
using engines::StopRequest;
using facts::Step;
using facts::StepResult;
using testing::Behaviour;

std::string quoted(const std::string& word) {
  return base::render_command({word});
}

// The behaviour as a script of the shell.
std::string script_of(const Behaviour& behaviour) {
  std::string script;
  const auto print = [&script](const std::string& text, const std::string& to) {
    if (!text.empty()) {
      script += "printf %s " + quoted(text) + to + "\n";
    }
  };
  print(behaviour.output, "");
  print(behaviour.errors, " >&2");
  for (const auto& [path, content] : behaviour.writes) {
    script += "printf %s " + quoted(content) + " > " + quoted(path) + "\n";
  }
  if (behaviour.grows) {
    for (int i = 0; i < behaviour.grows->times; ++i) {
      std::ostringstream pause;
      pause << behaviour.grows->every;
      script += behaviour.grows->every > 0 ? "sleep " + pause.str() + "\n" : "";
      print(behaviour.grows->piece, " >> " + quoted(behaviour.grows->path));
    }
  }
  script += behaviour.waits ? "sleep 1000\n" : "";
  return script + "exit " + std::to_string(behaviour.code) + "\n";
}

class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& stem) {
    std::string pattern = (fs::temp_directory_path() / (stem + "XXXXXX")).string();
    path_ = fs::canonical(::mkdtemp(pattern.data())).string();
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

constexpr Patience k_quick = {.after_interrupt = 0.3, .after_terminate = 0.3, .after_abort = 0.3};

Environment plain_environment() {
  return {{"PATH", "/usr/bin:/bin"}};
}

class PosixRig final : public testing::StepRunnerRig {
 public:
  engines::StepRunner& runner() override { return runner_; }
  std::string folder() const override { return folder_.path(); }
  std::vector<std::string> program(const Behaviour& behaviour) override {
    return {"/bin/sh", "-c", script_of(behaviour)};
  }
  void put(const std::string& path, const std::string& content) override {
    EXPECT_EQ(write_file(path, content), "");
  }
  std::optional<std::string> content(const std::string& path) const override {
    const auto text = read_text(path);
    return text ? std::optional(std::string(text->view)) : std::nullopt;
  }
  void remove(const std::string& path) override { fs::remove_all(path); }

 private:
  TemporaryFolder folder_{"runner suite "};
  PosixStepRunner runner_{EXTPROOF_TEST_REAPER, plain_environment(), k_quick};
};

std::unique_ptr<testing::StepRunnerRig> make_posix_rig() {
  return std::make_unique<PosixRig>();
}

}  // namespace
}  // namespace extproof::platform

namespace extproof::testing {
INSTANTIATE_TEST_SUITE_P(posix, StepRunnerSuite,
                         ::testing::Values(&extproof::platform::make_posix_rig));
}  // namespace extproof::testing

namespace extproof::platform {
namespace {

class PosixRunner : public ::testing::Test {
 protected:
  Step shell(const std::string& script) const {
    Step step;
    step.id = "a";
    step.argv = {"/bin/sh", "-c", script};
    step.cwd = folder_.path();
    step.output_path = folder_.path() + "/out/a.out";
    step.errors_path = folder_.path() + "/out/a.err";
    return step;
  }
  StepResult run(const Step& step, const Environment& own = plain_environment()) {
    PosixStepRunner runner(EXTPROOF_TEST_REAPER, own, k_quick);
    return runner.run(step, stop_, watcher_);
  }
  static std::string text(const facts::Text& text) { return std::string(text.view); }
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

  // Waits for the file that says a process number, and returns it.
  static int process_in(const std::string& file) {
    for (int i = 0; i < 200; ++i) {
      if (const auto text = read_text(file); text && text->view.ends_with("\n")) {
        return std::stoi(std::string(text->view));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return 0;
  }

  TemporaryFolder folder_{"posix runner "};
  StopFlag stop_ = StopRequest::none;
  testing::MemoryWatcher watcher_;
};

TEST_F(PosixRunner, a_signal_that_ends_a_step_is_told) {
  const StepResult result = run(shell("kill -SEGV $$"));

  const auto* ended = std::get_if<facts::Signalled>(&result.end);
  ASSERT_NE(ended, nullptr) << describe(result.end);
  EXPECT_EQ(ended->signal, SIGSEGV);
}

TEST_F(PosixRunner, no_process_of_a_stopped_step_is_left) {
  for (const StopRequest request : {StopRequest::finish_soon, StopRequest::at_once}) {
    stop_ = StopRequest::none;
    fs::remove(path("child"));
    // The grandchild leaves its session and heeds no signal that it can refuse.
    const Step step = shell(
        "trap '' INT TERM\n"
        "setsid sh -c 'trap \"\" INT TERM HUP; echo $$ > child; sleep 1000; sleep 1000' &\n"
        "sleep 1000");
    StepResult result;
    std::thread running([&] { result = run(step); });
    const int child = process_in(path("child"));
    stop_ = request;
    running.join();

    ASSERT_GT(child, 0);
    EXPECT_TRUE(std::holds_alternative<facts::Stopped>(result.end)) << describe(result.end);
    EXPECT_NE(::kill(child, 0), 0) << "process " << child << " is still there";
  }
}

TEST_F(PosixRunner, what_a_step_leaves_in_the_background_is_ended_and_counted) {
  const StepResult result = run(shell("sleep 1000 & echo $! > child; exit 3"));

  ASSERT_TRUE(std::holds_alternative<facts::Exited>(result.end)) << describe(result.end);
  EXPECT_EQ(std::get<facts::Exited>(result.end).code, 3);
  EXPECT_EQ(result.leftovers, 1);
  EXPECT_NE(::kill(process_in(path("child")), 0), 0);
}

TEST_F(PosixRunner, a_silent_step_is_aborted_first_so_that_it_can_tell_why) {
  Step silent = shell("trap 'echo told; exit 1' ABRT; sleep 1000 & wait");
  silent.limits = {.silent_seconds = 0.3};

  const StepResult result = run(silent);

  EXPECT_TRUE(std::holds_alternative<facts::TimedOut>(result.end)) << describe(result.end);
  EXPECT_EQ(text(result.output), "told\n");
}

TEST_F(PosixRunner, time_and_memory_are_measured) {
  const StepResult result = run(shell("sleep 0.2"));

  EXPECT_GE(result.seconds, 0.2);
  EXPECT_LT(result.seconds, 10);
  EXPECT_GT(result.max_rss_kib, 0);
}

TEST_F(PosixRunner, variables_that_reach_into_a_tested_process_are_left_out) {
  const Environment own = {{"PATH", "/usr/bin:/bin"}, {"LD_PRELOAD", ""},  {"PYTHONPATH", "/x"},
                           {"CC", "false"},           {"HOME", "/home/x"}, {"EXTPROOF_LOGS", "/x"}};
  Step step = shell("env | grep -v '^_=\\|^PWD=\\|^SHLVL=\\|^OLDPWD=' | sort");
  step.environment = {{"CC", "extproof-cc"}, {"EMPTY", ""}};

  EXPECT_EQ(text(run(step, own).output),
            "CC=extproof-cc\nEMPTY=\nHOME=/home/x\nPATH=/usr/bin:/bin\n");
}

TEST_F(PosixRunner, a_plus_puts_a_value_in_front_of_the_inherited_one) {
  Step step = shell("echo $PATH; echo $NEW");
  step.environment = {{"PATH+", "/first:/second"}, {"NEW+", "alone"}};

  EXPECT_EQ(text(run(step).output), "/first:/second:/usr/bin:/bin\nalone\n");
}

TEST_F(PosixRunner, paths_and_arguments_may_hold_any_byte) {
  const std::string hostile = path("a folder\nwith 'quotes' and \xff and $(false)");
  Step step = shell("");
  step.argv = {"/bin/sh", "-c", "printf '%s|' \"$@\"; pwd", "sh", "a b", "", "\n", "$HOME", "\xff"};
  step.folders = {hostile};
  step.cwd = hostile;
  step.output_path = hostile + "/out put";
  step.errors_path = hostile + "/err\nors";

  EXPECT_EQ(text(run(step).output), "a b||\n|$HOME|\xff|" + hostile + "\n");
}

TEST_F(PosixRunner, a_folder_that_cannot_be_made_is_a_reason_with_its_path) {
  ASSERT_EQ(write_file(path("file"), ""), "");
  Step step = shell("exit 0");
  step.output_path = path("file/a.out");

  const StepResult result = run(step);

  const auto* refused = std::get_if<facts::NotStarted>(&result.end);
  ASSERT_NE(refused, nullptr) << describe(result.end);
  EXPECT_EQ(refused->reason, path("file") + ": Not a directory");
}

TEST_F(PosixRunner, an_output_file_that_cannot_be_opened_is_a_reason_with_its_path) {
  Step step = shell("exit 0");
  step.output_path = path("folder");
  fs::create_directory(step.output_path);

  const StepResult result = run(step);

  const auto* refused = std::get_if<facts::NotStarted>(&result.end);
  ASSERT_NE(refused, nullptr) << describe(result.end);
  EXPECT_EQ(refused->reason, path("folder") + ": Is a directory");
}

TEST_F(PosixRunner, a_working_folder_that_is_gone_is_a_reason_with_its_path) {
  Step step = shell("exit 0");
  step.cwd = path("gone");

  const StepResult result = run(step);

  const auto* refused = std::get_if<facts::NotStarted>(&result.end);
  ASSERT_NE(refused, nullptr) << describe(result.end);
  EXPECT_EQ(refused->reason, path("gone") + ": No such file or directory");
}

TEST_F(PosixRunner, a_missing_reaper_is_a_reason) {
  PosixStepRunner runner(path("no reaper"), plain_environment(), k_quick);

  const StepResult result = runner.run(shell("exit 0"), stop_, watcher_);

  EXPECT_TRUE(std::holds_alternative<facts::NotStarted>(result.end)) << describe(result.end);
}

TEST_F(PosixRunner, a_watched_link_is_not_followed) {
  ASSERT_EQ(write_file(path("secret"), "secret"), "");
  fs::create_symlink(path("secret"), path("events"));
  Step step = shell("exit 0");
  step.limits.watch = path("events");

  ASSERT_TRUE(run(step).good());

  EXPECT_EQ(watcher_.seen("a"), "");
}

TEST_F(PosixRunner, no_descriptor_is_left_open_or_handed_on) {
  const auto open_here = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  Step watched = shell("ls -l /proc/$$/fd > listed; grep -c pipe listed; echo line > events");
  watched.limits.watch = path("events");
  Step missing = shell("");
  missing.argv = {path("no such program")};
  Step nowhere = shell("exit 0");
  nowhere.cwd = path("gone");
  run(watched);
  const auto before = open_here();

  for (int i = 0; i < 5; ++i) {
    run(missing);
    run(nowhere);
    run(watched);
  }

  EXPECT_EQ(open_here(), before);
  EXPECT_EQ(text(run(watched).output), "0\n");  // none of the pipes to the reaper
}

TEST_F(PosixRunner, a_step_has_no_descriptor_of_the_callers) {
  ASSERT_EQ(write_file(path("secret"), "secret"), "");
  // Without O_CLOEXEC, as a caller's own caller may have left it; one low and one far number.
  const int low = ::open(path("secret").c_str(), O_RDONLY);
  const int far = ::fcntl(low, F_DUPFD, 500);
  ASSERT_GE(far, 500);

  const StepResult result = run(shell("for fd in /proc/$$/fd/*; do readlink \"$fd\"; done"));
  ::close(low);
  ::close(far);

  // The shell's own /proc/... is gone when it looks; what is left are its three streams.
  EXPECT_EQ(text(result.output),
            "/dev/null\n" + path("out/a.out") + "\n" + path("out/a.err") + "\n");
}

}  // namespace
}  // namespace extproof::platform
