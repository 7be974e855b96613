// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/step_runner.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

#include "harness/base/text.hpp"
#include "harness/facts/stamp.hpp"
#include "harness/platform/files.hpp"
#include "harness/platform/spawned.hpp"

namespace extproof::platform {
namespace {

using Clock = std::chrono::steady_clock;
using engines::StopFlag;
using engines::StopRequest;
using facts::Step;
using facts::StepResult;

// Descriptors of the reaper's protocol, as numbers in the reaper.
constexpr int k_control = 3;
constexpr int k_status = 4;
constexpr int k_poll_milliseconds = 100;
constexpr double k_look_seconds = 2;  // the reaper's look at the threads, their answers, and more

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::string error_text(int number) {
  return std::error_code(number, std::generic_category()).message();
}

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }
  int get() const { return fd_; }
  void reset() {
    if (fd_ >= 0) {
      close(fd_);
    }
    fd_ = -1;
  }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
};

std::optional<Pipe> make_pipe() {
  std::array<int, 2> ends = {-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return std::nullopt;
  }
  // High numbers, so that they never are the ones that the reaper is to find its own under.
  Pipe pipe;
  pipe.read = Descriptor(fcntl(ends[0], F_DUPFD_CLOEXEC, 10));
  pipe.write = Descriptor(fcntl(ends[1], F_DUPFD_CLOEXEC, 10));
  close(ends[0]);
  close(ends[1]);
  if (pipe.read.get() < 0 || pipe.write.get() < 0) {
    return std::nullopt;
  }
  return pipe;
}

// What the reaper's last line says.
struct ReapedEnd {
  std::string word;  // "exit", "signal", "failed"
  long number = 0;
  std::string message;  // of "failed"
  long wall_us = 0;
  long user_us = 0;
  long sys_us = 0;
  long maxrss_kb = 0;
  long leftovers = 0;
};

std::optional<ReapedEnd> parse_reaped(std::string_view line) {
  const std::size_t numbers = line.rfind(" wall_us ");
  if (numbers == std::string_view::npos) {
    return std::nullopt;
  }
  ReapedEnd end;
  const auto head = base::split(line.substr(0, numbers), ' ');
  std::size_t number_at = 2;
  if (head.size() == 3 && head[0] == "end") {
    end.word = head[1];
  } else if (head.size() >= 2 && head[0] == "failed") {
    end.word = "failed";
    number_at = 1;
    for (std::size_t i = 2; i < head.size(); ++i) {
      end.message += (i > 2 ? " " : "") + std::string(head[i]);
    }
  } else {
    return std::nullopt;
  }
  end.number = base::to_integer(head[number_at]).value_or(-1);
  const auto tail = base::split(base::trim(line.substr(numbers)), ' ');
  for (std::size_t i = 0; i + 1 < tail.size(); i += 2) {
    const long value = base::to_integer(tail[i + 1]).value_or(0);
    const std::string_view name = tail[i];
    long* const target = name == "wall_us"     ? &end.wall_us
                         : name == "user_us"   ? &end.user_us
                         : name == "sys_us"    ? &end.sys_us
                         : name == "maxrss_kb" ? &end.maxrss_kb
                         : name == "leftovers" ? &end.leftovers
                                               : nullptr;
    if (target != nullptr) {
      *target = value;
    }
  }
  return end;
}

// A line of reaper/observe_threads.hpp.
std::optional<facts::ThreadState> parse_thread(std::string_view line) {
  constexpr std::string_view k_name = " name ";
  const std::size_t name_at = line.find(k_name);
  if (!line.starts_with("thread ") || name_at == std::string_view::npos) {
    return std::nullopt;
  }
  const auto words = base::split(line.substr(0, name_at), ' ');
  facts::ThreadState thread = {.name = std::string(line.substr(name_at + k_name.size()))};
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const std::string_view label = words[i];
    const auto number = static_cast<int>(base::to_integer(words[i + 1]).value_or(0));
    if (label == "thread") {
      thread.id = number;
    } else if (label == "process") {
      thread.process = number;
    } else if (label == "cpu_permille") {
      thread.cpu = number / 1000.0;
    } else if (label == "wakeups") {
      thread.wakeups = number;
    } else if (label == "waits_for") {
      thread.waits_for = number;
    } else if (label == "joins") {
      thread.joins = number;
    } else if (label == "sleeps_in" && words[i + 1] != "-") {
      thread.sleeps_in = words[i + 1];
    }
  }
  return thread;
}

// A line of reaper/ask_stacks.hpp: what became of the question, for the thread that it names.
bool take_stack_answer(std::string_view line, std::vector<facts::ThreadState>& threads) {
  const auto words = base::split(line, ' ');
  if (words.size() != 3 || words[0] != "stack") {
    return false;
  }
  const auto answer = facts::stack_answer_named(words[2]);
  for (facts::ThreadState& thread : threads) {
    if (answer && thread.id == base::to_integer(words[1])) {
      thread.stack = *answer;
    }
  }
  return true;
}

// Follows a growing file and hands on what was appended.
class Follower {
 public:
  explicit Follower(std::string path) : path_(std::move(path)) {}

  // Whether it has grown since the last call.
  bool follow(const Step& step, engines::StepWatcher& watcher) {
    if (path_.empty()) {
      return false;
    }
    if (file_.get() < 0) {
      file_ = Descriptor(open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    }
    bool grown = false;
    std::array<char, 65536> buffer = {};
    while (file_.get() >= 0) {
      const ssize_t got = read(file_.get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got <= 0) {
        break;
      }
      grown = true;
      watcher.grown(step, {buffer.data(), static_cast<std::size_t>(got)});
    }
    return grown;
  }

 private:
  std::string path_;
  Descriptor file_;
};

// One running reaper and what has been asked of it.
class Supervision {
 public:
  Supervision(const Step& step, const StopFlag& stop, engines::StepWatcher& watcher,
              const Patience& patience, Descriptor control, Descriptor status)
      : step_(step),
        stop_(stop),
        watcher_(watcher),
        patience_(patience),
        control_(std::move(control)),
        status_(std::move(status)),
        follower_(step.limits.watch),
        begin_(Clock::now()),
        last_sign_(begin_) {}

  // Until the reaper has written its last line and closed the pipe: that line.
  std::string wait() {
    std::string said;
    while (true) {
      pollfd readable = {.fd = status_.get(), .events = POLLIN, .revents = 0};
      const int ready = poll(&readable, 1, k_poll_milliseconds);
      if (ready > 0) {
        std::array<char, 512> buffer = {};
        const ssize_t got = read(status_.get(), buffer.data(), buffer.size());
        if (got > 0) {
          said.append(buffer.data(), static_cast<std::size_t>(got));
        } else if (got == 0 || errno != EINTR) {
          break;
        }
      }
      if (follower_.follow(step_, watcher_)) {
        last_sign_ = Clock::now();
      }
      heed_stop();
      heed_limits();
    }
    follower_.follow(step_, watcher_);
    std::string last;
    std::vector<facts::ThreadState> threads;
    for (const std::string_view line : base::lines(said)) {
      if (auto thread = parse_thread(line)) {
        threads.push_back(std::move(*thread));
      } else if (!take_stack_answer(line, threads)) {
        last = line;
      }
    }
    if (timed_out_) {
      timed_out_->threads = std::move(threads);
    }
    return last;
  }

  bool stopped() const { return stopped_; }
  const std::optional<facts::TimedOut>& timed_out() const { return timed_out_; }

 private:
  void order(std::string_view bytes) {
    // The reaper may be gone already; then there is nothing to order (SIGPIPE is ignored).
    [[maybe_unused]] const ssize_t written = write(control_.get(), bytes.data(), bytes.size());
  }

  void escalate(std::string_view first, double until_terminate) {
    if (escalation_ == 0) {
      order(first);
      asked_ = Clock::now();
      escalation_ = 1;
    } else if (escalation_ == 1 && seconds_since(asked_) > until_terminate) {
      order("t");
      asked_ = Clock::now();
      escalation_ = 2;
    } else if (escalation_ == 2 && seconds_since(asked_) > patience_.after_terminate) {
      order("k");
      escalation_ = 3;
    }
  }

  void heed_stop() {
    const StopRequest request = stop_.load();
    if (request == StopRequest::none) {
      return;
    }
    stopped_ = true;
    if (request == StopRequest::at_once && escalation_ < 3) {
      order("k");
      escalation_ = 3;
    } else if (escalation_ < 3) {
      escalate("i", patience_.after_interrupt);
    }
  }

  void heed_limits() {
    const facts::Limits& limits = step_.limits;
    const double silent = seconds_since(last_sign_);
    if (!timed_out_ && !stopped_) {
      if (limits.silent_seconds > 0 && silent > limits.silent_seconds) {
        timed_out_ = facts::TimedOut{.seconds = silent, .silent = true};
      } else if (limits.seconds > 0 && seconds_since(begin_) > limits.seconds) {
        timed_out_ = facts::TimedOut{.seconds = limits.seconds, .silent = false};
      }
    }
    if (timed_out_) {
      // First what the threads do, then their native stacks; then SIGABRT to the process alone: its
      // fault handler writes the Python stacks of all threads.
      const std::array<char, 4> abort_order = {'o', 's', 'd', static_cast<char>(SIGABRT)};
      escalate({abort_order.data(), abort_order.size()}, k_look_seconds + patience_.after_abort);
    }
  }

  const Step& step_;
  const StopFlag& stop_;
  engines::StepWatcher& watcher_;
  const Patience& patience_;
  Descriptor control_;
  Descriptor status_;
  Follower follower_;
  Clock::time_point begin_;
  Clock::time_point last_sign_;
  Clock::time_point asked_;
  int escalation_ = 0;
  bool stopped_ = false;
  std::optional<facts::TimedOut> timed_out_;
};

std::string key_of(const Step& step) {
  std::vector<facts::Text> texts;
  std::vector<std::optional<std::string_view>> contents;
  for (const std::string& input : step.inputs) {
    auto text = read_text(input);
    contents.push_back(text ? std::optional(text->view) : std::nullopt);
    if (text) {
      texts.push_back(std::move(*text));
    }
  }
  return facts::stamp_key(step, contents);
}

bool still_holds(const Step& step, const std::string& key) {
  const auto stamp = read_text(step.stamp);
  if (!stamp || facts::parse_stamp(stamp->view) != key) {
    return false;
  }
  for (const std::string& path : step.makes) {
    if (!exists(path)) {
      return false;
    }
  }
  return true;
}

void load_texts(const Step& step, StepResult& result) {
  result.output_path = step.output_path;
  result.errors_path = step.errors_path;
  result.output = read_text(step.output_path).value_or(facts::make_text(""));
  result.errors = read_text(step.errors_path).value_or(facts::make_text(""));
  for (const facts::Leaving& leaving : step.leaves) {
    if (!leaving.prefix) {
      if (auto text = read_text(leaving.path)) {
        result.left.push_back({leaving.name, leaving.path, std::move(*text)});
      }
      continue;
    }
    for (const std::string& name : names_in(leaving.path)) {
      const std::string path = leaving.path + "/" + name;
      if (name.starts_with(*leaving.prefix)) {
        if (auto text = read_text(path)) {
          result.left.push_back({leaving.name, path, std::move(*text)});
        }
      }
    }
  }
}

// What must be there before the process starts; an error text when it cannot be had.
std::string prepare(const Step& step) {
  for (const std::string& folder : step.fresh_folders) {
    if (std::string error = make_fresh_folder(folder); !error.empty()) {
      return folder + ": " + error;
    }
  }
  for (const std::string& folder : step.folders) {
    if (std::string error = make_folder(folder); !error.empty()) {
      return folder + ": " + error;
    }
  }
  for (const auto& [path, content] : step.files) {
    if (std::string error = write_file(path, content); !error.empty()) {
      return path + ": " + error;
    }
  }
  for (const std::string& path : {step.output_path, step.errors_path}) {
    const std::string folder = std::filesystem::path(path).parent_path().string();
    if (std::string error = make_folder(folder); !error.empty()) {
      return folder + ": " + error;
    }
  }
  return {};
}

// posix_spawn tells one number for everything that can fail in the child before its program starts;
// this finds the path that it was about. Nothing when that was the program.
std::string unusable_path(const Step& step) {
  for (const std::string& path : {step.output_path, step.errors_path}) {
    const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (file.get() < 0) {
      return path + ": " + error_text(errno);
    }
  }
  const Descriptor folder(
      open(step.cwd.empty() ? "." : step.cwd.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  return folder.get() < 0 ? step.cwd + ": " + error_text(errno) : std::string();
}

facts::StepEnd end_of(const Supervision& supervision, const std::optional<ReapedEnd>& reaped) {
  if (supervision.stopped()) {
    return facts::Stopped{};
  }
  if (supervision.timed_out()) {
    return *supervision.timed_out();
  }
  if (!reaped) {
    // The reaper was killed by somebody; its child went with it.
    return facts::Signalled{SIGKILL};
  }
  if (reaped->word == "failed") {
    return facts::NotStarted{reaped->message, ""};
  }
  if (reaped->word == "signal") {
    return facts::Signalled{static_cast<int>(reaped->number)};
  }
  return facts::Exited{static_cast<int>(reaped->number)};
}

}  // namespace

PosixStepRunner::PosixStepRunner(std::string reaper, Environment own, Patience patience)
    : reaper_(std::move(reaper)), own_(std::move(own)), patience_(patience) {}

StepResult PosixStepRunner::run(const Step& step, const StopFlag& stop,
                                engines::StepWatcher& watcher) {
  StepResult result = {.step_id = step.id};
  // Taken before the start: an input that changes meanwhile, by the step itself or by a person,
  // must not count as one that the step has seen.
  const std::string key = step.stamp.empty() ? std::string() : key_of(step);
  if (!step.stamp.empty() && still_holds(step, key)) {
    result.end = facts::Reused{};
    load_texts(step, result);
    return result;
  }
  std::error_code ignored;
  std::filesystem::remove(step.stamp, ignored);
  const auto not_started = [&](const std::string& reason) {
    result.end = facts::NotStarted{reason, ""};
    load_texts(step, result);
    return result;
  };
  if (const std::string error = prepare(step); !error.empty()) {
    return not_started(error);
  }
  auto control = make_pipe();
  auto status = make_pipe();
  if (!control || !status) {
    return not_started(error_text(errno));
  }

  std::vector<std::string> argv = {reaper_, "--control", std::to_string(k_control), "--status",
                                   std::to_string(k_status)};
  if (step.has_terminal) {
    argv.emplace_back("--terminal");
  }
  argv.emplace_back("--");
  argv.insert(argv.end(), step.argv.begin(), step.argv.end());
  const Environment environment = step_environment(own_, step.environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  constexpr int k_write = O_WRONLY | O_CREAT | O_TRUNC;
  if (!step.has_terminal) {
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, step.output_path.c_str(), k_write, 0644);
    posix_spawn_file_actions_addopen(&actions, 2, step.errors_path.c_str(), k_write, 0644);
  }
  posix_spawn_file_actions_adddup2(&actions, control->read.get(), k_control);
  posix_spawn_file_actions_adddup2(&actions, status->write.get(), k_status);
  if (!step.cwd.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, step.cwd.c_str());
  }
  const auto begin = Clock::now();
  pid_t reaper = -1;
  const int failed = posix_spawn(&reaper, reaper_.c_str(), &actions, nullptr,
                                 ArgumentVector(argv).get(), EnvironmentVector(environment).get());
  posix_spawn_file_actions_destroy(&actions);
  control->read.reset();
  status->write.reset();
  if (failed != 0) {
    const std::string path = unusable_path(step);
    return not_started(path.empty() ? reaper_ + ": " + error_text(failed) : path);
  }

  Supervision supervision(step, stop, watcher, patience_, std::move(control->write),
                          std::move(status->read));
  const std::optional<ReapedEnd> reaped = parse_reaped(supervision.wait());
  int ignored_status = 0;
  while (waitpid(reaper, &ignored_status, 0) < 0 && errno == EINTR) {
  }
  result.end = end_of(supervision, reaped);
  result.seconds = seconds_since(begin);
  if (reaped) {
    result.seconds = static_cast<double>(reaped->wall_us) / 1e6;
    result.user_seconds = static_cast<double>(reaped->user_us) / 1e6;
    result.system_seconds = static_cast<double>(reaped->sys_us) / 1e6;
    result.max_rss_kib = reaped->maxrss_kb;
    result.leftovers = static_cast<int>(reaped->leftovers);
  }
  load_texts(step, result);
  if (!step.stamp.empty() && result.good()) {
    const auto now = std::chrono::system_clock::now().time_since_epoch().count();
    write_file(step.stamp, facts::render_stamp(key, std::to_string(now)));
  }
  return result;
}

}  // namespace extproof::platform
