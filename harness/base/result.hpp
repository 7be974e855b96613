// SPDX-License-Identifier: Apache-2.0
//
// A value or the reasons why there is none. Level: base. Never throws, never prints.
//
// C++20 has no std::expected, and an exception would not show in a signature that a refusal is an
// ordinary end of parsing or planning.

#pragma once

#include <utility>
#include <variant>

namespace extproof::base {

// Marks the failed side, so that Result<T, E> can be made from either without a name.
template <class E>
struct Failure {
  E error;
};
template <class E>
Failure(E) -> Failure<E>;

// Requires: value() only when ok(), error() only when not.
template <class T, class E>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure<E> failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& { return std::get<0>(state_); }
  T& value() & { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const E& error() const& { return std::get<1>(state_); }
  E&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, E> state_;
};

}  // namespace extproof::base
