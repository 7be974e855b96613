// SPDX-License-Identifier: Apache-2.0
//
// What the system says of the threads of a process that gives no sign any more. Level: facts.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace extproof::facts {

// What became of the question for its native stack.
enum class StackAnswer {
  not_asked,  // its process has no probe
  answered,
  blocked,  // it keeps all signals away
  late,     // no answer in time: it does not run, or holds what the answer needs
};
const char* to_string(StackAnswer answer);  // "not-asked", "answered", "blocked", "late"
std::optional<StackAnswer> stack_answer_named(std::string_view name);

struct ThreadState {
  int id = 0;             // as the system numbers it; that of the main thread is the process's
  int process = 0;        // 0: not recorded
  std::string name;       // as the program gave it; of any bytes
  double cpu = 0;         // share of one processor that it used while it was looked at, from 0 to 1
  double wakeups = 0;     // how often in a second it went to sleep anew
  std::string sleeps_in;  // the system call, "futex"; empty while it runs or where that is hidden
  int waits_for = 0;      // the thread that holds the mutex it waits for; 0: none, or not known
  int joins = 0;          // the thread whose end it waits for; 0: none
  StackAnswer stack = StackAnswer::not_asked;

  friend bool operator==(const ThreadState&, const ThreadState&) = default;
};

}  // namespace extproof::facts
