// SPDX-License-Identifier: Apache-2.0
//
// extproof-python: stands as `bin/python` of an environment, sets what a lane needs (the preload,
// options of the runtimes, address layout, limits), and becomes the real interpreter. What to do
// is in the file beside it whose name is its own with ".launch" added; see launch_file.hpp.
//
// The same program stands in for llvm-symbolizer, because a sanitizer's runtime starts that with
// the environment of the process it watches, the preload included.
//
// Exit codes of its own, as a shell has them: 127 when there is nothing to become, 126 when it
// may not be executed. Messages go to stderr.

#include <errno.h>
#include <limits.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "harness/launcher/ancestors.hpp"
#include "harness/launcher/environment.hpp"
#include "harness/launcher/launch_file.hpp"
#include "harness/launcher/preload_link.hpp"
#include "harness/launcher/read_file.hpp"

extern char** environ;

namespace extproof::launcher {
namespace {

constexpr int k_not_found = 127;
constexpr int k_not_executable = 126;

int fail(const std::string& path, const std::string& reason, int code = k_not_found) {
  std::fprintf(stderr, "extproof-python: %s: %s\n", path.c_str(), reason.c_str());
  return code;
}

bool is_same_file(const std::string& path, const std::string& other) {
  struct stat a;
  struct stat b;
  return stat(path.c_str(), &a) == 0 && stat(other.c_str(), &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

// argv[0] when it names this program, else the place in PATH that does, else `self`. The
// interpreter finds its pyvenv.cfg beside argv[0], so a name that leads elsewhere is no good.
std::string name_by_which_we_were_called(const char* argv0, const std::string& self) {
  const std::string given = argv0 == nullptr ? "" : argv0;
  if (given.find('/') != given.npos) {
    return is_same_file(given, self) ? given : self;
  }
  const char* const path = std::getenv("PATH");
  std::string rest = given.empty() || path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t at = rest.find(':');
    const std::string folder = rest.substr(0, at);
    rest = at == rest.npos ? "" : rest.substr(at + 1);
    const std::string candidate = folder + "/" + given;
    if (!folder.empty() && folder[0] == '/' && is_same_file(candidate, self)) {
      return candidate;
    }
  }
  return self;
}

void lift_limits(const LaunchFile& file) {
  if (file.fixed_layout) {
    const int now = personality(0xffffffff);
    if (now != -1) {
      // Where it is forbidden the lane's canary decides whether that matters.
      personality(static_cast<unsigned long>(now) | ADDR_NO_RANDOMIZE);
    }
  }
  if (file.no_address_space_limit) {
    rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0) {
      limit.rlim_cur = limit.rlim_max;
      setrlimit(RLIMIT_AS, &limit);
    }
  }
}

// The names under which the libraries can stand in LD_PRELOAD. A library that is not there would
// be passed over by the dynamic linker with a warning, and the lane would see nothing.
bool resolve_preload(const std::vector<std::string>& paths, std::vector<std::string>& names,
                     std::string& culprit, std::string& problem) {
  const char* const runtime_folder = std::getenv("XDG_RUNTIME_DIR");
  for (const std::string& path : paths) {
    culprit = path;
    if (access(path.c_str(), R_OK) != 0) {
      problem = std::strerror(errno);
      return false;
    }
    if (can_be_preloaded(path)) {
      names.push_back(path);
      continue;
    }
    names.push_back(
        make_preload_link(path, runtime_folder == nullptr ? "" : runtime_folder, problem));
    if (names.back().empty()) {
      return false;
    }
  }
  return true;
}

// A test may start its children with an empty environment, and they must report to the folder of
// its run nevertheless. The step's own processes above them know it.
std::string log_folder(const LaunchFile& file, const Environment& environment) {
  const bool wanted =
      std::any_of(file.changes.begin(), file.changes.end(),
                  [](const Change& change) { return change.kind == ChangeKind::log_path; });
  if (!wanted) {
    return "";
  }
  if (const auto given = environment.find(k_logs)) {
    return *given;
  }
  return value_of_nearest_ancestor(k_logs).value_or("");
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) {
    pointers.push_back(const_cast<char*>(text.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

int launch(char** argv) {
  char buffer[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", buffer, sizeof buffer);
  if (size <= 0 || size == static_cast<ssize_t>(sizeof buffer)) {
    return fail("/proc/self/exe", std::strerror(size < 0 ? errno : ENAMETOOLONG));
  }
  const std::string self(buffer, static_cast<std::size_t>(size));
  const std::string file_path = self + ".launch";

  std::string text;
  if (!read_file(file_path, text)) {
    return fail(file_path, std::strerror(errno));
  }
  LaunchFile file;
  std::string problem;
  if (!parse_launch_file(text, file, problem)) {
    return fail(file_path, problem);
  }
  std::vector<std::string> preload;
  std::string culprit;
  if (!resolve_preload(file.preload, preload, culprit, problem)) {
    return fail(culprit, "cannot be preloaded: " + problem);
  }
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    entries.emplace_back(*entry);
  }
  Environment environment(std::move(entries));
  if (!apply(file, preload, log_folder(file, environment), environment, problem)) {
    return fail(file_path, problem);
  }
  lift_limits(file);

  std::string name = file.argv0_is_self ? self : name_by_which_we_were_called(argv[0], self);
  std::vector<char*> arguments = {name.data()};
  for (char** word = argv[0] == nullptr ? argv : argv + 1; *word != nullptr; ++word) {
    arguments.push_back(*word);
  }
  arguments.push_back(nullptr);
  const std::vector<char*> variables = pointers_to(environment.entries());
  execve(file.program.c_str(), arguments.data(), variables.data());
  const int error = errno;
  return fail(file.program, std::strerror(error),
              error == EACCES || error == ENOEXEC ? k_not_executable : k_not_found);
}

}  // namespace
}  // namespace extproof::launcher

int main(int, char** argv) {
  return extproof::launcher::launch(argv);
}
