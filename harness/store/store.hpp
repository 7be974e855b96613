// SPDX-License-Identifier: Apache-2.0
//
// What runs leave behind, in one SQLite file. Level: store. The file's tables are in schema.hpp.
//
// Every save_ function is a transaction of its own and is on the disk when it returns: a kill -9
// or a power cut at any moment loses nothing that was saved. Several processes may have the store
// open; a writer waits for another one for up to k_busy_milliseconds.
//
// Texts may hold any bytes and come back as they were. Numbers that are not finite come back as 0.
//
// Errors of every function: XP2004 with the path, SQLite's reason and what is kept; XP1003 where a
// run is named that does not exist, or a store is to be read that was never written.
// Threads: one at a time.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/facts/finding.hpp"
#include "harness/facts/step.hpp"

namespace extproof::store {

inline constexpr int k_busy_milliseconds = 10000;

// What is known when a run begins.
struct RunStart {
  std::string started_utc;
  std::string project_name;
  std::string project_root;
  std::string commit;
  std::vector<std::string> argv;
  long long pid = 0;
  // Boot and start time of that process, so that a process id used again is not taken for it.
  std::string process_identity;
  std::string request;  // opaque

  friend bool operator==(const RunStart&, const RunStart&) = default;
};

// A row of the list of runs.
struct RunSummary {
  int number = 0;
  std::string started_utc;
  std::string outcome;  // empty while it is not finished, or was killed
  std::optional<facts::ExitCode> exit_code;
  double seconds = 0;
  long long pid = 0;
  std::string process_identity;

  friend bool operator==(const RunSummary&, const RunSummary&) = default;
};

struct NamedConfiguration {
  std::string name;
  std::string json;  // opaque

  friend bool operator==(const NamedConfiguration&, const NamedConfiguration&) = default;
};

struct StartedStep {
  std::string step_id;
  std::string at;  // UTC, opaque

  friend bool operator==(const StartedStep&, const StartedStep&) = default;
};

struct Saved {};

class Store {
 public:
  enum class Mode { read_write, read_only };

  // read_write makes the file when it is not there, and brings an older one to this schema.
  // Requires: the folder exists.
  // Errors: XP2004 also for a store of a newer schema, and for a file that is none.
  static facts::Judged<Store> open(const std::string& path, Mode mode);

  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  // The number of the new run: 1, 2, ...; never one that was used before.
  facts::Judged<int> begin_run(const RunStart& start);
  // Replaces what was saved for that run.
  facts::Judged<Saved> save_configurations(int run,
                                           const std::vector<NamedConfiguration>& configurations);
  // Adds to the plan. Requires: no id is in the plan already; if one is, none of `steps` is added.
  facts::Judged<Saved> save_steps(int run, const std::vector<facts::Step>& steps);
  // The latest call counts, here and in save_result().
  facts::Judged<Saved> save_started(int run, const std::string& step_id, const std::string& at);
  // Without the texts that the result carries: their files hold them.
  facts::Judged<Saved> save_result(int run, const facts::StepResult& result);
  // Replaces what was saved for that run, all of it or nothing.
  facts::Judged<Saved> save_report(int run, const facts::RunReport& report);
  facts::Judged<Saved> finish_run(int run, const std::string& outcome, facts::ExitCode exit_code,
                                  double seconds);

  // None when there is no run.
  facts::Judged<std::optional<int>> latest_run() const;
  // In order of their numbers.
  facts::Judged<std::vector<RunSummary>> runs() const;
  facts::Judged<RunStart> load_run_start(int run) const;
  facts::Judged<std::vector<NamedConfiguration>> load_configurations(int run) const;
  facts::Judged<std::vector<facts::Step>> load_steps(int run) const;
  // In the order of their ends. Texts are empty, paths are set.
  facts::Judged<std::vector<facts::StepResult>> load_results(int run) const;
  // In the order of their starts.
  facts::Judged<std::vector<StartedStep>> load_started(int run) const;
  // None when the run ended before it had one. Else equal to what was saved.
  facts::Judged<std::optional<facts::RunReport>> load_report(int run) const;

 private:
  struct Opened;
  explicit Store(std::unique_ptr<Opened> opened);

  std::unique_ptr<Opened> opened_;
};

}  // namespace extproof::store
