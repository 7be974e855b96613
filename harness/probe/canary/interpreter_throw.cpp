// SPDX-License-Identifier: Apache-2.0
//
// Throws a C++ exception and catches it. Where the sanitizer's runtime was started without the C++
// library, its __cxa_throw leads nowhere and ends the process.

#include <stdexcept>

namespace {

[[gnu::noinline]] void fail(int value) {
  throw std::range_error(value > 0 ? "above" : "below");
}

}  // namespace

extern "C" int extproof_throw_and_catch() {
  volatile int value = 42;
  try {
    fail(value);
  } catch (const std::range_error&) {
    return value;
  }
  return 0;
}
