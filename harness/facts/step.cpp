// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/step.hpp"

#include <array>
#include <cmath>

namespace extproof::facts {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace

const char* to_string(StepPurpose purpose) {
  switch (purpose) {
    case StepPurpose::synchronise:
      return "synchronise";
    case StepPurpose::make_environment:
      return "make-environment";
    case StepPurpose::resolve:
      return "resolve";
    case StepPurpose::build:
      return "build";
    case StepPurpose::install:
      return "install";
    case StepPurpose::preflight:
      return "preflight";
    case StepPurpose::test:
      return "test";
    case StepPurpose::inspect:
      return "inspect";
  }
  return "";
}

Text make_text(std::string content) {
  auto kept = std::make_shared<const std::string>(std::move(content));
  const std::string_view view = *kept;
  return {std::move(kept), view};
}

bool StepResult::good() const {
  const auto* exited = std::get_if<Exited>(&end);
  return (exited != nullptr && exited->code == 0) || std::holds_alternative<Reused>(end);
}

bool StepResult::cut_off() const {
  return std::holds_alternative<Stopped>(end) || std::holds_alternative<Lost>(end);
}

std::vector<const Left*> StepResult::left_as(std::string_view name) const {
  std::vector<const Left*> found;
  for (const Left& one : left) {
    if (one.name == name) {
      found.push_back(&one);
    }
  }
  return found;
}

std::string signal_name(int signal) {
  // The numbers of Linux on x86-64 and aarch64; facts include no system header.
  constexpr std::array<std::string_view, 32> k_names = {
      "",        "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
      "SIGFPE",  "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
      "",        "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
      "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"};
  const auto index = static_cast<std::size_t>(signal);
  if (signal > 0 && index < k_names.size() && !k_names.at(index).empty()) {
    return std::string(k_names.at(index));
  }
  return "signal " + std::to_string(signal);
}

std::string describe(const StepEnd& end) {
  return std::visit(Overloaded{
                        [](const Exited& e) { return "exit " + std::to_string(e.code); },
                        [](const Signalled& s) { return "ended by " + signal_name(s.signal); },
                        [](const TimedOut& t) {
                          const auto seconds = std::to_string(std::lround(t.seconds));
                          return t.silent ? "ended after " + seconds + " s without a sign of life"
                                          : "ended after its limit of " + seconds + " s";
                        },
                        [](const Stopped&) { return std::string("stopped with the run"); },
                        [](const NotStarted& n) { return "not started: " + n.reason; },
                        [](const Reused&) { return std::string("unchanged since an earlier run"); },
                        [](const Lost&) { return std::string("cut off when extproof was killed"); },
                    },
                    end);
}

}  // namespace extproof::facts
