// SPDX-License-Identifier: Apache-2.0
#include "harness/worker/source_files.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "harness/base/text.hpp"
#include "harness/parsers/source_tree.hpp"
#include "harness/worker/beneath.hpp"

extern char** environ;

namespace extproof::worker {
namespace {

// Repositories inside repositories, deeper than which nobody keeps sources.
constexpr int k_max_nesting = 16;

// git must look at the folder that we name, whatever hook or shell started us, and must not write:
// the user's index stays untouched.
std::vector<std::string> git_environment() {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!text.starts_with("GIT_") || text.starts_with("GIT_CONFIG_")) {
      variables.emplace_back(text);
    }
  }
  variables.emplace_back("GIT_OPTIONAL_LOCKS=0");
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

// What git prints; nothing when it is not there or fails. A project's own configuration may name
// a program as its file system monitor: that is not run.
std::optional<std::string> git(const std::string& folder, std::vector<std::string> arguments) {
  std::vector<std::string> words = {"git", "-C", folder, "-c", "core.fsmonitor=false"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = git_environment();
  const std::vector<char*> argv = pointers_to(words);
  const std::vector<char*> envp = pointers_to(variables);

  int output[2];
  if (pipe2(output, O_CLOEXEC) != 0) {
    return std::nullopt;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  const int error = posix_spawnp(&pid, "git", &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  close(output[1]);
  std::string text;
  char buffer[65536];
  ssize_t got = 0;
  while (error == 0 && (got = read(output[0], buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  close(output[0]);
  int status = 0;
  if (error != 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
      WEXITSTATUS(status) != 0) {
    return std::nullopt;
  }
  return text;
}

bool is_repository(const std::string& folder) {
  return access((folder + "/.git").c_str(), F_OK) == 0;
}

void walk(Beneath& tree, const std::string& folder, std::vector<parsers::ListedFile>& files) {
  const std::vector<std::string> names = tree.names(folder);
  if (!folder.empty() && std::find(names.begin(), names.end(), "pyvenv.cfg") != names.end()) {
    return;
  }
  for (const std::string& name : names) {
    if (parsers::is_never_copied(name)) {
      continue;
    }
    const std::string path = folder.empty() ? name : folder + "/" + name;
    const Observed::Kind kind = tree.observe(path).kind;
    if (kind == Observed::Kind::folder) {
      walk(tree, path, files);
    } else if (kind == Observed::Kind::file || kind == Observed::Kind::link) {
      files.push_back({path, false});
    }
  }
}

std::vector<parsers::ListedFile> list_files(const std::string& root) {
  std::vector<parsers::ListedFile> files;
  const auto listing = git(root, {"ls-files", "-z", "-t", "-c", "-o", "--exclude-standard"});
  if (listing) {
    files = parsers::parse_git_listing(*listing);
  }
  if (files.empty()) {
    Beneath tree(root);
    walk(tree, "", files);
  }
  return files;
}

// The part of `leave_out` that lies below `folder`, relative to it.
std::vector<std::string> below(const std::string& folder,
                               const std::vector<std::string>& leave_out) {
  std::vector<std::string> inner;
  for (const std::string& path : leave_out) {
    if (path.starts_with(folder + "/")) {
      inner.push_back(path.substr(folder.size() + 1));
    }
  }
  return inner;
}

std::vector<std::string> collect(const std::string& root, const std::vector<std::string>& leave_out,
                                 int nesting) {
  std::vector<parsers::ListedFile> files = list_files(root);
  Beneath tree(root);
  for (parsers::ListedFile& file : files) {
    if (file.path.ends_with('/')) {  // how git lists a nested repository
      file.path.pop_back();
    }
  }
  std::vector<std::string> sources;
  for (const std::string& path : parsers::select_sources(files, leave_out)) {
    if (tree.observe(path).kind != Observed::Kind::folder) {
      sources.push_back(path);
    } else if (nesting < k_max_nesting && is_repository(root + "/" + path)) {
      const std::vector<std::string> without = below(path, leave_out);
      for (const std::string& inner : collect(root + "/" + path, without, nesting + 1)) {
        sources.push_back(path + "/" + inner);
      }
    }
  }
  std::sort(sources.begin(), sources.end());
  return sources;
}

}  // namespace

std::vector<std::string> observe_sources(const std::string& root,
                                         const std::vector<std::string>& leave_out) {
  return collect(root, leave_out, 0);
}

std::optional<GitFolders> observe_git_folders(const std::string& root) {
  const auto printed =
      git(root, {"rev-parse", "--show-toplevel", "--absolute-git-dir", "--git-common-dir"});
  if (!printed) {
    return std::nullopt;
  }
  const std::vector<std::string_view> lines = base::lines(*printed);
  std::error_code error;
  if (lines.size() != 3 || !std::filesystem::equivalent(lines[0], root, error)) {
    return std::nullopt;
  }
  const std::string common = (std::filesystem::path(root) / lines[2]).lexically_normal().string();
  return GitFolders{std::string(lines[1]), common};
}

}  // namespace extproof::worker
