// SPDX-License-Identifier: Apache-2.0
//
// extproof-cc: stands in front of the real compiler under its names, adds a lane's flags and
// becomes that compiler. What is done is decided in wrap.hpp; here files are read and written.
// Under the name of strip it strips nothing.
// Nothing is printed unless the wrapper itself cannot work: configure probes read the output.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/compiler/json_text.hpp"
#include "harness/compiler/profile.hpp"
#include "harness/compiler/strip.hpp"
#include "harness/compiler/wrap.hpp"

namespace extproof::compiler {
namespace {

constexpr int k_exit_usage = 2;
constexpr int k_exit_tool_missing = 4;

std::optional<std::string> read_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return std::nullopt;
  }
  struct stat facts = {};
  std::string text;
  bool good = fstat(file, &facts) == 0;
  if (good && S_ISDIR(facts.st_mode)) {
    errno = EISDIR;
    good = false;
  }
  char buffer[16384];
  while (good) {
    const ssize_t got = read(file, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    good = got >= 0;
    if (got <= 0) {
      break;
    }
    text.append(buffer, static_cast<std::size_t>(got));
  }
  const int problem = errno;
  close(file);
  errno = problem;
  return good ? std::optional(std::move(text)) : std::nullopt;
}

// False when not all was written.
bool write_once(int file, std::string_view text) {
  ssize_t put = -1;
  do {
    put = write(file, text.data(), text.size());
  } while (put < 0 && errno == EINTR);
  return put == static_cast<ssize_t>(text.size());
}

[[noreturn]] void stop(int exit_code, const std::string& message) {
  write_once(STDERR_FILENO, message);
  _exit(exit_code);
}

std::string quoted(std::string_view text) {
  std::string result;
  append_json_string(result, text);
  return result;
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string(".")
                                         : std::string(path.substr(0, slash + 1));
}

// The folder in which the name lies that we were called by: its own when it has one, else the
// first in PATH that has such a program, which is where the caller found us.
std::string own_folder(const std::string& called_as) {
  if (called_as.find('/') != std::string::npos) {
    return folder_of(called_as);
  }
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    std::string folder(rest.substr(0, colon));
    rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
    folder += folder.empty() ? "./" : "/";
    if (access((folder + called_as).c_str(), X_OK) == 0) {
      return folder;
    }
  }
  return "./";
}

std::string profile_path(const std::string& called_as) {
  const char* named = std::getenv("EXTPROOF_WRAPPER");
  if (named != nullptr && *named != '\0') {
    return named;
  }
  return own_folder(called_as) + "wrapper.profile";
}

Profile load(const std::string& path) {
  const std::optional<std::string> text = read_file(path);
  if (!text) {
    stop(k_exit_usage, "error[XP1204]: " + quoted(path) +
                           " cannot be read: " + std::strerror(errno) +
                           "\n  so:   nothing was compiled\n"
                           "  try:  set EXTPROOF_WRAPPER to the profile of a lane\n");
  }
  std::variant<Profile, ProfileError> parsed = parse_profile(*text);
  if (const auto* error = std::get_if<ProfileError>(&parsed)) {
    // In the form that editors open, but with its control characters escaped.
    const std::string escaped = quoted(path);
    const std::string place = escaped.substr(1, escaped.size() - 2);
    stop(k_exit_usage, "error[XP1204]: " + error->what + "\n  " + place + ':' +
                           std::to_string(error->line) + "\n  so:   nothing was compiled\n");
  }
  return std::get<Profile>(std::move(parsed));
}

std::string working_folder() {
  char* folder = get_current_dir_name();
  std::string result = folder == nullptr ? "" : folder;
  std::free(folder);
  return result;
}

bool is_ourselves(const std::string& program) {
  struct stat ours = {};
  struct stat theirs = {};
  return stat("/proc/self/exe", &ours) == 0 && stat(program.c_str(), &theirs) == 0 &&
         ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

// One write, so that the lines of compiles that run side by side stay whole. A database that
// cannot be written fails no build: whoever reads it sees that it lacks the file.
void append_to(const std::string& path, const std::string& lines) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file >= 0) {
    write_once(file, lines);
    close(file);
  }
}

// A response file without a name: it goes when the compiler ends. -1 where that cannot be had.
int make_response_file(const std::string& text) {
  const int file = memfd_create("extproof-cc", 0);
  if (file >= 0 && !write_once(file, text)) {
    close(file);
    return -1;
  }
  return file;
}

// Leaves the object as it is, under the name that was asked for. Every failure is the copy's.
int be_strip(const std::vector<std::string>& args) {
  const std::optional<StripCopy> copy = copy_instead_of_strip(args);
  if (!copy) {
    return 0;
  }
  struct stat facts = {};
  const std::optional<std::string> bytes = read_file(copy->from);
  if (!bytes || stat(copy->from.c_str(), &facts) != 0) {
    stop(1, quoted(copy->from) + ": " + std::strerror(errno) + '\n');
  }
  const int file =
      open(copy->to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, facts.st_mode & 0777U);
  std::string_view rest = *bytes;
  while (file >= 0 && !rest.empty()) {
    const ssize_t put = write(file, rest.data(), rest.size());
    if (put < 0 && errno != EINTR) {
      break;
    }
    rest.remove_prefix(put < 0 ? 0 : static_cast<std::size_t>(put));
  }
  if (file < 0 || !rest.empty()) {
    stop(1, quoted(copy->to) + ": " + std::strerror(errno) + '\n');
  }
  close(file);
  return 0;
}

int run(int argc, char** argv) {
  Call call{.called_as = argc > 0 ? argv[0] : "", .args = {}, .folder = working_folder()};
  for (int at = 1; at < argc; ++at) {
    call.args.emplace_back(argv[at]);
  }
  if (is_strip(call.called_as)) {
    return be_strip(call.args);
  }
  const Profile profile = load(profile_path(call.called_as));
  Wrapped wrapped = wrap(profile, call, read_file);
  const std::string& compiler = wrapped.argv[wrapped.programs - 1];
  if (is_ourselves(compiler)) {
    stop(k_exit_usage, "error[XP1204]: " + quoted(compiler) + " is extproof-cc itself\n" +
                           "  looked:  for the real compiler that the profile names\n"
                           "  so:      nothing was compiled\n");
  }
  if (!wrapped.database_lines.empty()) {
    append_to(profile.database, wrapped.database_lines);
  }
  if (!wrapped.response_text.empty()) {
    // Without it the command line goes as it is: the system's limit is higher than ours.
    if (const int file = make_response_file(wrapped.response_text); file >= 0) {
      wrapped.argv.resize(wrapped.programs);
      wrapped.argv.push_back("@/proc/self/fd/" + std::to_string(file));
    }
  }
  std::vector<char*> pointers;
  pointers.reserve(wrapped.argv.size() + 1);
  for (std::string& arg : wrapped.argv) {
    pointers.push_back(arg.data());
  }
  pointers.push_back(nullptr);
  // A person's ccache may leave the folder out of its keys (hash_dir = false): then an object of
  // another copy of this file would come with the paths of that copy, and what is found in it would
  // seem to be somebody else's.
  setenv("CCACHE_HASHDIR", "1", 1);
  unsetenv("CCACHE_NOHASHDIR");
  execv(pointers[0], pointers.data());
  stop(k_exit_tool_missing, "error[XP1203]: " + quoted(wrapped.argv.front()) +
                                " cannot be started: " + std::strerror(errno) + '\n');
}

}  // namespace
}  // namespace extproof::compiler

int main(int argc, char** argv) {
  return extproof::compiler::run(argc, argv);
}
