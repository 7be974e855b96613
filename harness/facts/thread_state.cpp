// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/thread_state.hpp"

namespace extproof::facts {

const char* to_string(StackAnswer answer) {
  switch (answer) {
    case StackAnswer::not_asked:
      return "not-asked";
    case StackAnswer::answered:
      return "answered";
    case StackAnswer::blocked:
      return "blocked";
    case StackAnswer::late:
      return "late";
  }
  return "";
}

std::optional<StackAnswer> stack_answer_named(std::string_view name) {
  for (const StackAnswer one :
       {StackAnswer::not_asked, StackAnswer::answered, StackAnswer::blocked, StackAnswer::late}) {
    if (name == to_string(one)) {
      return one;
    }
  }
  return std::nullopt;
}

}  // namespace extproof::facts
