// SPDX-License-Identifier: Apache-2.0
//
// A StepRunner without processes and files: steps behave as they were told to, in a file system of
// its own in memory. It passes the same suite as the real one (conformance/step_runner_suite.hpp).
// And a RunRecorder that remembers. Level: testing.

#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/engines/ports.hpp"

namespace extproof::testing {

// What the program of a step does, in this order.
struct Behaviour {
  std::string output = {};
  std::string errors = {};
  std::vector<std::pair<std::string, std::string>> writes = {};  // path and content
  // Appends `piece` to `path`, `times` times, after `every` seconds each.
  struct Growth {
    std::string path;
    std::string piece;
    int times = 0;
    double every = 0;
  };
  std::optional<Growth> grows = {};
  bool waits = false;  // then does nothing until somebody ends it
  int code = 0;        // else ends with this code
};

// Files by absolute path. Threads: any number of calls at once.
class MemoryFiles {
 public:
  void put(const std::string& path, const std::string& content);
  void append(const std::string& path, const std::string& piece);
  std::optional<std::string> content(const std::string& path) const;
  void make_folder(const std::string& path);
  // The file or the folder with everything in it.
  void remove(const std::string& path);
  bool exists(const std::string& path) const;
  // Files right in the folder, in order of path.
  std::vector<std::string> files_in(const std::string& folder) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> files_;
  std::set<std::string> folders_;
};

class FakeStepRunner final : public engines::StepRunner {
 public:
  MemoryFiles& files() { return files_; }

  // An argv that behaves so. An argv that was not made here is a program that does not exist; a
  // step without argv does nothing and ends well.
  std::vector<std::string> program(Behaviour behaviour);

  // The step with this id ends so, whatever its argv.
  void script(const std::string& step_id, facts::StepEnd end);

  facts::StepResult run(const facts::Step& step, const engines::StopFlag& stop,
                        engines::StepWatcher& watcher) override;

  // Ids of the steps in the order in which they were started.
  std::vector<std::string> order() const;
  // How many steps ran at the same time, at most.
  int most_at_once() const;

 private:
  facts::StepEnd behave(const facts::Step& step, const Behaviour& behaviour,
                        const engines::StopFlag& stop, engines::StepWatcher& watcher);
  std::optional<facts::StepEnd> wait(double seconds, double& spent, const facts::Limits& limits,
                                     double silent_since, const engines::StopFlag& stop) const;
  void prepare(const facts::Step& step);
  void load_texts(const facts::Step& step, facts::StepResult& result) const;
  std::string key_of(const facts::Step& step) const;

  MemoryFiles files_;
  mutable std::mutex mutex_;
  std::map<std::string, Behaviour> programs_;
  std::map<std::string, facts::StepEnd> scripts_;
  std::vector<std::string> order_;
  int running_ = 0;
  int most_ = 0;
  int occasions_ = 0;
};

// What an executor told, as one line for each call: "planned a", "started a", "ended a: exit 0".
class MemoryRecorder final : public engines::RunRecorder {
 public:
  void planned(const std::vector<facts::Step>& steps) override;
  void started(const facts::Step& step) override;
  void ended(const facts::Step& step, const facts::StepResult& result) override;

  const std::vector<std::string>& lines() const { return lines_; }
  // Where the line is; lines().size() when it is not there.
  std::size_t at(const std::string& line) const;

 private:
  std::vector<std::string> lines_;
};

// Remembers everything that it is told of a watched file.
class MemoryWatcher final : public engines::StepWatcher {
 public:
  void grown(const facts::Step& step, std::string_view appended) override;
  std::string seen(const std::string& step_id) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> seen_;
};

}  // namespace extproof::testing
