// SPDX-License-Identifier: Apache-2.0
#include "harness/platform/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string_view>
#include <thread>

#include "harness/platform/spawned.hpp"

extern char** environ;

namespace extproof::platform {
namespace {

// What would reach into a tested process or a build from outside. Whatever else the caller has set
// stays, since a suite may need it.
constexpr std::array<std::string_view, 22> k_left_out = {"LD_PRELOAD",
                                                         "PYTHONPATH",
                                                         "PYTHONHOME",
                                                         "PYTHONMALLOC",
                                                         "PYTHONSTARTUP",
                                                         "PYTHONINSPECT",
                                                         "PYTHONSAFEPATH",
                                                         "VIRTUAL_ENV",
                                                         "CONDA_PREFIX",
                                                         "DEBUGINFOD_URLS",
                                                         "MAKEFLAGS",
                                                         "MFLAGS",
                                                         "CC",
                                                         "CXX",
                                                         "LDSHARED",
                                                         "CPP",
                                                         "GIT_DIR",
                                                         "GIT_WORK_TREE",
                                                         "GIT_INDEX_FILE",
                                                         "PYTEST_CURRENT_TEST",
                                                         "PYTHONNOUSERSITE",
                                                         "PYTHONPLATLIBDIR"};

}  // namespace

Environment own_environment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos && equals > 0) {
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return environment;
}

Environment step_environment(const Environment& own,
                             const std::map<std::string, std::string>& additions) {
  Environment environment;
  for (const auto& [name, value] : own) {
    const bool left_out =
        std::find(k_left_out.begin(), k_left_out.end(), name) != k_left_out.end() ||
        name.starts_with("EXTPROOF_");
    if (!left_out) {
      environment.emplace(name, value);
    }
  }
  for (const auto& [name, value] : additions) {
    if (!name.ends_with('+')) {
      environment[name] = value;
      continue;
    }
    std::string& inherited = environment[name.substr(0, name.size() - 1)];
    inherited = inherited.empty() ? value : value + ":" + inherited;
  }
  return environment;
}

std::optional<std::string> output_of(const std::vector<std::string>& argv, double seconds) {
  std::array<int, 2> ends = {-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return std::nullopt;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  const Environment environment = step_environment(own_environment(), {});
  pid_t child = -1;
  const int failed = posix_spawnp(&child, argv[0].c_str(), &actions, nullptr,
                                  ArgumentVector(argv).get(), EnvironmentVector(environment).get());
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (failed != 0) {
    close(ends[0]);
    return std::nullopt;
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  const auto milliseconds_left = [deadline] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(deadline -
                                                                 std::chrono::steady_clock::now())
        .count();
  };
  std::string output;
  bool ended = false;
  while (!ended) {
    const auto left = milliseconds_left();
    pollfd readable = {.fd = ends[0], .events = POLLIN, .revents = 0};
    const int ready = left > 0 ? poll(&readable, 1, static_cast<int>(left)) : 0;
    if (ready == 0) {
      break;
    }
    if (ready < 0) {
      continue;
    }
    std::array<char, 4096> buffer = {};
    const ssize_t got = read(ends[0], buffer.data(), buffer.size());
    if (got > 0) {
      output.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ended = got == 0 || (got < 0 && errno != EINTR);
  }
  close(ends[0]);
  // A process can close its output and stay.
  int status = 0;
  pid_t waited = 0;
  while (ended && waited == 0 && milliseconds_left() > 0) {
    waited = waitpid(child, &status, WNOHANG);
    if (waited == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  if (waited == 0) {
    ended = false;
    kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  if (!ended || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return std::nullopt;
  }
  return output;
}

}  // namespace extproof::platform
