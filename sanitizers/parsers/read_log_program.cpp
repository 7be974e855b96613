// SPDX-License-Identifier: Apache-2.0
//
// Reads a log as a run does and tells what that took, for ci/large_log.py:
//
//   extproof-read-log FILE
//
// prints "reports N problems N seconds S own_kib N", where own_kib is the most memory that was not
// the file's. Exit code 1 when the file cannot be read.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "sanitizers/parsers/log.hpp"

namespace {

long own_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) {
      return std::stol(line.substr(8));
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const int file = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
  struct stat state = {};
  if (file < 0 || fstat(file, &state) != 0) {
    std::fprintf(stderr, "usage: extproof-read-log FILE\n");
    return 1;
  }
  const auto size = static_cast<std::size_t>(state.st_size);
  void* const bytes = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (bytes == MAP_FAILED) {
    std::perror("extproof-read-log");
    return 1;
  }
  // What is freed again before the end counts too.
  std::atomic<long> most = own_kib();
  std::jthread looking([&most](const std::stop_token& done) {
    while (!done.stop_requested()) {
      most = std::max(most.load(), own_kib());
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  const auto begin = std::chrono::steady_clock::now();
  const auto parsed =
      extproof::sanitizers::parse_log({static_cast<const char*>(bytes), size}, "san.1");
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  most = std::max(most.load(), own_kib());
  looking.request_stop();
  looking.join();
  std::printf("reports %zu problems %zu seconds %.3f own_kib %ld\n", parsed.reports.size(),
              parsed.problems.size(), seconds.count(), most.load());
  return 0;
}
