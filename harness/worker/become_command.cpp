// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "harness/parsers/start_file.hpp"
#include "harness/worker/commands.hpp"
#include "harness/worker/whole_file.hpp"

namespace extproof::worker {
namespace {

constexpr int k_failed = 1;
constexpr int k_wrong_arguments = 2;
constexpr const char* k_variable = "EXTPROOF_START";

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) {
    pointers.push_back(const_cast<char*>(text.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

// False, with errno, when the file cannot take them.
bool send_streams_to(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  return file >= 0 && dup2(file, STDOUT_FILENO) >= 0 && dup2(file, STDERR_FILENO) >= 0;
}

}  // namespace

int run_become(const Arguments& arguments) {
  const char* const path = std::getenv(k_variable);
  if (!arguments.empty() || path == nullptr) {
    return complain("become", std::string("takes no words, and ") + k_variable + " names its file",
                    k_wrong_arguments);
  }
  const auto text = read_whole_file(path);
  if (!text) {
    return complain("become", std::string(path) + ": " + std::strerror(errno), k_failed);
  }
  const auto start = parsers::parse_start_file(*text);
  if (!start) {
    return complain("become", std::string(path) + " is not of this version", k_failed);
  }
  if (chdir(start->cwd.c_str()) != 0) {
    return complain("become", start->cwd + ": " + std::strerror(errno), k_failed);
  }
  if (!start->output.empty() && !send_streams_to(start->output)) {
    return complain("become", start->output + ": " + std::strerror(errno), k_failed);
  }
  execve(start->argv.front().c_str(), pointers_to(start->argv).data(),
         pointers_to(start->environment).data());
  return complain("become", start->argv.front() + ": " + std::strerror(errno), k_failed);
}

}  // namespace extproof::worker
