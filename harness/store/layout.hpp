// SPDX-License-Identifier: Apache-2.0
//
// The one place that names every file extproof leaves in a project. Level: store. Pure functions
// on text: nothing is made, opened or looked at here.
//
// Everything lies under `.extproof/` in the project's root:
//
//   .gitignore                       k_gitignore, so that no project has to ignore the folder
//   store.sqlite, lock
//   runs/<n>/<lane>/<step>.out|.err  what each process printed
//   runs/<n>/<lane>/logs/            sanitizer logs and event lines of that lane; logs-2/ and so on
//                                    of the further processes of its suite
//   runs/0/                          the same of the latest `extproof debug`, which is no run
//   runs/<n>/<lane>/forks/           the same of the tests that ran again in forks
//   build/<configuration>/           kept from run to run, see BuildFolder
//   build-env/<tag-hash>/            environments with build requirements, shared by configurations
//
// Names that come from outside (lanes, steps, configurations) go through slug(), so none of them
// can leave its folder.

#pragma once

#include <string>
#include <string_view>

namespace extproof::store {

inline constexpr std::string_view k_root_name = ".extproof";
inline constexpr std::string_view k_gitignore = "*\n";

// The longest slug, in bytes; room is left for suffixes such as ".stamp".
inline constexpr std::size_t k_max_slug_bytes = 80;

// Any text as one safe path component: only [A-Za-z0-9._-], no leading dot or dash, never empty,
// at most k_max_slug_bytes. A text that is such a name already stays as it is; any other one gets
// the start of its digest at its end, so that different texts keep different names.
std::string slug(std::string_view text);

// What is kept of one configuration between runs. All paths are absolute when the project's is.
struct BuildFolder {
  std::string root;

  std::string tree() const;      // copy of the sources that the wheel is built from
  std::string run() const;       // copy of the sources that the tests run in
  std::string env() const;       // virtual environment with the built wheel
  std::string wrap() const;      // links named like compilers, and the profile they read
  std::string profile() const;   // wrap()/wrapper.profile
  std::string dist() const;      // built wheels
  std::string cmake() const;     // build folder of backends that can keep one
  std::string install() const;   // what plain CMake installed
  std::string stage() const;     // in front of every path that an install writes (DESTDIR)
  std::string packages() const;  // packages put together of what CMake left in several places
  std::string canary() const;    // built canaries
  std::string stamps() const;    // keys of steps whose earlier result may still hold
  std::string stamp(std::string_view step) const;  // stamps()/<step>.stamp
  std::string compile_commands() const;            // one JSON line per compile

  friend bool operator==(const BuildFolder&, const BuildFolder&) = default;
};

// Requires: project_root is absolute, without a trailing slash ("/" itself excepted).
struct Layout {
  std::string project_root;

  std::string root() const;       // <project>/.extproof
  std::string gitignore() const;  // whose content is k_gitignore
  std::string store() const;
  std::string lock() const;

  std::string runs() const;
  std::string run(int number) const;
  // An empty lane stands for the steps that several lanes share.
  std::string lane(int run_number, std::string_view lane) const;
  // `process`: the n-th of the suite, from 1.
  std::string logs(int run_number, std::string_view lane, std::size_t process = 1) const;
  // The same of the process that forks for tests that run again: forks/.
  std::string forks(int run_number, std::string_view lane) const;
  // Where a step's stdout and stderr go. A step's id begins with its lane; the file's name does
  // not.
  std::string step_output(int run_number, std::string_view lane, std::string_view step_id) const;
  std::string step_errors(int run_number, std::string_view lane, std::string_view step_id) const;

  BuildFolder build(std::string_view configuration) const;
  // `tag_hash` is whatever names the set of build requirements and the interpreter.
  std::string build_environment(std::string_view tag_hash) const;

  // `path` without the project's root in front of it, for reports; "." for the root itself. A path
  // outside of the project stays as it is.
  std::string relative(std::string_view path) const;
};

}  // namespace extproof::store
