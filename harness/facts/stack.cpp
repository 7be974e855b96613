// SPDX-License-Identifier: Apache-2.0
#include "harness/facts/stack.hpp"

namespace extproof::facts {

const char* to_string(StackRole role) {
  switch (role) {
    case StackRole::access:
      return "access";
    case StackRole::free:
      return "free";
    case StackRole::allocation:
      return "allocation";
    case StackRole::other_thread:
      return "other-thread";
    case StackRole::python:
      return "python";
  }
  return "";
}

const char* to_string(Access access) {
  switch (access) {
    case Access::none:
      return "";
    case Access::read:
      return "read";
    case Access::write:
      return "write";
  }
  return "";
}

const char* to_string(Language language) {
  return language == Language::python ? "python" : "c++";
}

}  // namespace extproof::facts
