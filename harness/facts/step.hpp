// SPDX-License-Identifier: Apache-2.0
//
// One process to run, and how it ended. Level: facts. Nothing here starts anything.

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/facts/thread_state.hpp"

namespace extproof::facts {

// What a step is for. The executor does not look at it; people and progress displays do.
enum class StepPurpose {
  synchronise,
  make_environment,
  resolve,
  build,
  install,
  preflight,
  test,
  inspect,
};
const char* to_string(StepPurpose purpose);

struct Limits {
  double seconds = 0;         // of wall time; 0: none
  double silent_seconds = 0;  // without growth of `watch`; 0: none
  std::string watch;          // the file whose growth is a sign of life
};

// A file, or every file in a folder (no subfolders) whose name starts with a prefix, that the step
// leaves behind and whose text its result carries.
struct Leaving {
  std::string name;  // under which interpreters ask for it: "events", "logs"
  std::string path;  // absolute; a folder when `prefix` is set
  std::optional<std::string> prefix;
};

struct Step {
  std::string id;    // "asan/build"; unique in the run; [a-z0-9./-] only
  std::string lane;  // name of the configuration it belongs to; empty when shared by several
  StepPurpose purpose = StepPurpose::inspect;
  std::vector<std::string> argv;  // argv[0] is an absolute path
  // On top of what is inherited. "NAME+" puts the value in front of the inherited NAME, with ':'.
  std::map<std::string, std::string> environment;
  std::string cwd;
  std::vector<std::string> needs;  // steps that must have ended well before this one starts
  // Files whose contents decide, with argv and environment, whether the result of an earlier run
  // still holds. Folders do not count: a step that makes one leaves a digest file.
  std::vector<std::string> inputs;
  // Values that decide it too, such as a kernel setting or the identity of an interpreter.
  std::vector<std::string> facts;
  // Where that key is kept after a good end. Empty: the step runs every time. The file's text also
  // changes whenever the step ran, so a step that builds on this one names it among its inputs.
  std::string stamp;
  // Paths that must be there for an earlier result to hold.
  std::vector<std::string> makes;
  // Files written before the start: path and content. Parent folders are made.
  std::vector<std::pair<std::string, std::string>> files;
  std::vector<std::string> fresh_folders;  // removed and made anew before the start
  std::vector<std::string> folders;        // made before the start when they are not there
  std::vector<Leaving> leaves;
  // Files that take stdout and stderr. A step with a stamp has them outside of the run's folder, so
  // that a reused result still carries its output.
  std::string output_path;
  std::string errors_path;
  Limits limits;
  // A person talks to it: it has our standard streams and stays in our process group, so that the
  // terminal's keys reach it. Such a step is never stored, and leaves no output in a file.
  bool has_terminal = false;
};

// The text of a file that may be large and is not copied: `keep` holds what `view` points into.
struct Text {
  std::shared_ptr<const void> keep;
  std::string_view view;
};
// A text that holds a copy of `content`.
Text make_text(std::string content);

struct Left {
  std::string name;  // of the Leaving
  std::string path;  // absolute
  Text text;
};

struct Exited {
  int code = 0;
};
struct Signalled {
  int signal = 0;
};
struct TimedOut {
  double seconds = 0;
  bool silent = false;                    // by Limits::silent_seconds, else by Limits::seconds
  std::vector<ThreadState> threads = {};  // its own and those it started, before the end
};
// We ended it, because the run was asked to stop.
struct Stopped {};
// It never ran: the step that it needs did not end well, or the system refused to start it.
struct NotStarted {
  std::string reason;
  std::string need;  // id of that step; empty when the system refused
};
// An earlier result still holds, which was Exited{0}.
struct Reused {};
// It ran when extproof was killed; what it left is here, its end is not known.
struct Lost {};
using StepEnd = std::variant<Exited, Signalled, TimedOut, Stopped, NotStarted, Reused, Lost>;

struct StepResult {
  std::string step_id;
  StepEnd end;
  double seconds = 0;
  double user_seconds = 0;
  double system_seconds = 0;
  long max_rss_kib = 0;
  int leftovers = 0;  // processes that it left behind and that were ended
  Text output;        // stdout
  Text errors;        // stderr
  std::string output_path;
  std::string errors_path;
  std::vector<Left> left;

  // Exited{0} or Reused.
  bool good() const;
  // Stopped or Lost: the run ended, not the step.
  bool cut_off() const;
  // The texts left under that name, in order of path.
  std::vector<const Left*> left_as(std::string_view name) const;
};

// "exit 0", "signal 11 (SIGSEGV)", "timed out after 120 s", ... in one line, for people.
std::string describe(const StepEnd& end);
// The name of a signal, "SIGSEGV"; "signal 77" for an unusual one.
std::string signal_name(int signal);

}  // namespace extproof::facts
