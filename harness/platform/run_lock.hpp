// SPDX-License-Identifier: Apache-2.0
//
// One run at a time in one project. Level: platform.

#pragma once

#include <memory>
#include <string>

namespace extproof::platform {

// A lock on a file that the kernel gives back when the process ends in whichever way.
class RunLock {
 public:
  // The lock, or nullptr when another process holds it. `holder` then has that process's number,
  // as it wrote it. An unwritable folder gives nullptr with an empty holder and `error`.
  static std::unique_ptr<RunLock> take(const std::string& path, std::string& holder,
                                       std::string& error);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  explicit RunLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace extproof::platform
