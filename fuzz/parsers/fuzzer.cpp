// SPDX-License-Identifier: Apache-2.0
//
// libFuzzer's entry for one of the parsers, the one that EXTPROOF_PARSER names. Ends itself, so
// that libFuzzer keeps the input, when a law does not hold and when the parser needs more memory
// than it may.
#include <sanitizer/allocator_interface.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz/parsers/parsers.hpp"

namespace {

// What any small input needs: the names of keys in messages, tables of lanes, the buffers of a
// library.
constexpr std::size_t k_most_memory_beside = std::size_t{128} << 10;

std::atomic<std::ptrdiff_t> living_bytes;
std::atomic<std::ptrdiff_t> most_living_bytes;
std::atomic<bool> counting;
double greatest_share = 0;

void on_malloc(const volatile void* block, std::size_t size) {
  if (!counting || block == nullptr)
    return;
  const auto now = living_bytes += static_cast<std::ptrdiff_t>(size);
  if (now > most_living_bytes)
    most_living_bytes = now;
}

void on_free(const volatile void* block) {
  if (!counting || block == nullptr)
    return;
  living_bytes -=
      static_cast<std::ptrdiff_t>(__sanitizer_get_allocated_size(const_cast<const void*>(block)));
}

void print_greatest_share() {
  std::fprintf(stderr, "extproof: most memory per byte of input, from 4096 bytes on: %.2f\n",
               greatest_share);
}

const extproof::fuzz::Parser* parser = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* name = std::getenv("EXTPROOF_PARSER");
  parser = extproof::fuzz::find_parser(name ? name : "");
  if (parser == nullptr) {
    std::fprintf(stderr, "error: EXTPROOF_PARSER is %s; it is one of", name ? name : "not set");
    for (const auto& each : extproof::fuzz::parsers())
      std::fprintf(stderr, " %.*s", static_cast<int>(each.name.size()), each.name.data());
    std::fprintf(stderr, "\n");
    std::exit(2);
  }
  __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
  std::atexit(print_greatest_share);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  living_bytes = most_living_bytes = 0;
  counting = true;
  const std::string broken = parser->run({reinterpret_cast<const char*>(data), size}).broken_law;
  counting = false;
  if (!broken.empty()) {
    std::fprintf(stderr, "error: this does not hold: %s\n", broken.c_str());
    std::abort();
  }
  const auto most = static_cast<std::size_t>(std::max<std::ptrdiff_t>(most_living_bytes, 0));
  if (size >= 4096)
    greatest_share =
        std::max(greatest_share, static_cast<double>(most) / static_cast<double>(size));
  if (most > size * parser->most_memory_per_byte + k_most_memory_beside) {
    std::fprintf(stderr, "error: %zu bytes of input needed %zu bytes of memory\n", size, most);
    std::abort();
  }
  return 0;
}
