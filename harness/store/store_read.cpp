// SPDX-License-Identifier: Apache-2.0
//
// The loading half of Store.

#include <nlohmann/json.hpp>

#include "harness/facts/schema_versions.hpp"
#include "harness/store/json_reading.hpp"
#include "harness/store/json_values.hpp"
#include "harness/store/store_opened.hpp"

namespace extproof::store {
namespace {

// The stored value, or Failed when the file holds something else: it was changed by hand or the
// disk lost a part of it.
template <class Read>
auto restored(const std::string& body, Read read) {
  const std::optional<Json> json = decode(body);
  auto value = json ? read(*json) : decltype(read(*json))();
  if (!value) {
    throw Failed{.reason = "a stored value is in none of the forms of schema 1 to " +
                           std::to_string(facts::schema_versions::k_store),
                 .code = SQLITE_CORRUPT};
  }
  return *std::move(value);
}

// Does `work` on one state of the store, for a run that exists.
template <class Work>
auto loaded(sqlite3* connection, const std::string& path, int run, Work work) {
  return guarded(path, k_read, [&] {
    // Ended by its destructor: there is nothing to commit.
    const Transaction transaction(connection, Transaction::Kind::reading);
    require_run(connection, run);
    return work();
  });
}

// What `read` makes of the `body` column of each row.
template <class Read>
auto bodies(sqlite3* connection, const char* sql, int run, Read read) {
  std::vector<decltype(restored({}, read))> values;
  Statement select(connection, sql);
  select.integer(run);
  while (select.step()) {
    values.push_back(restored(select.column_text(0), read));
  }
  return values;
}

std::vector<facts::TestRecord> load_tests(sqlite3* connection, int run, int lane) {
  std::vector<facts::TestRecord> tests;
  Statement select(connection,
                   "SELECT id, outcome, seconds, message FROM test WHERE run = ? AND lane = ? "
                   "ORDER BY position");
  select.integer(run).integer(lane);
  while (select.step()) {
    const auto outcome = test_outcome_named(select.column_text(1));
    if (!outcome) {
      throw Failed{.reason = "a stored test has an unknown outcome", .code = SQLITE_CORRUPT};
    }
    tests.push_back({.id = select.column_text(0),
                     .outcome = *outcome,
                     .seconds = select.column_real(2),
                     .message = select.column_text(3)});
  }
  return tests;
}

std::optional<facts::RunReport> header_from(const Json& json) {
  return read_value(json, [](const Json& header) {
    return facts::RunReport{
        .number = whole<int>(header, "number"),
        .started = text(header, "started"),
        .project_name = text(header, "project_name"),
        .project_root = text(header, "project_root"),
        .commit = text(header, "commit"),
        .modules = texts(header, "modules"),
        .lanes = {},
        .findings = {},
        .outcome = text(header, "outcome"),
        .exit_code = known(exit_code_numbered(whole<long long>(header, "exit_code"))),
        // Null when it was not finite.
        .seconds = field(header, "seconds").is_null() ? 0 : real(header, "seconds"),
    };
  });
}

std::optional<std::vector<std::string>> argv_from(const Json& json) {
  return read_value(json, [](const Json& list) {
    std::vector<std::string> argv;
    for (const Json& word : list) {
      argv.push_back(text(word));
    }
    return argv;
  });
}

}  // namespace

facts::Judged<std::optional<int>> Store::latest_run() const {
  return guarded(opened_->path, k_read, [&]() -> std::optional<int> {
    Statement select(opened_->database(), "SELECT max(number) FROM run");
    if (!select.step() || select.is_null(0)) {
      return std::nullopt;
    }
    return static_cast<int>(select.column_integer(0));
  });
}

facts::Judged<std::vector<RunSummary>> Store::runs() const {
  return guarded(opened_->path, k_read, [&] {
    std::vector<RunSummary> runs;
    Statement select(opened_->database(),
                     "SELECT number, started_utc, outcome, exit_code, seconds, pid, "
                     "process_identity FROM run ORDER BY number");
    while (select.step()) {
      runs.push_back({.number = static_cast<int>(select.column_integer(0)),
                      .started_utc = select.column_text(1),
                      .outcome = select.column_text(2),
                      .exit_code = select.is_null(3) ? std::nullopt
                                                     : exit_code_numbered(select.column_integer(3)),
                      .seconds = select.column_real(4),
                      .pid = select.column_integer(5),
                      .process_identity = select.column_text(6)});
    }
    return runs;
  });
}

facts::Judged<RunStart> Store::load_run_start(int run) const {
  sqlite3* const connection = opened_->database();
  return loaded(connection, opened_->path, run, [&] {
    Statement select(connection,
                     "SELECT started_utc, project_name, project_root, \"commit\", argv, pid, "
                     "process_identity, request FROM run WHERE number = ?");
    select.integer(run).step();
    return RunStart{.started_utc = select.column_text(0),
                    .project_name = select.column_text(1),
                    .project_root = select.column_text(2),
                    .commit = select.column_text(3),
                    .argv = restored(select.column_text(4), argv_from),
                    .pid = select.column_integer(5),
                    .process_identity = select.column_text(6),
                    .request = select.column_text(7)};
  });
}

facts::Judged<std::vector<NamedConfiguration>> Store::load_configurations(int run) const {
  sqlite3* const connection = opened_->database();
  return loaded(connection, opened_->path, run, [&] {
    std::vector<NamedConfiguration> configurations;
    Statement select(connection,
                     "SELECT name, body FROM configuration WHERE run = ? ORDER BY position");
    select.integer(run);
    while (select.step()) {
      configurations.push_back({.name = select.column_text(0), .json = select.column_text(1)});
    }
    return configurations;
  });
}

facts::Judged<std::vector<facts::Step>> Store::load_steps(int run) const {
  sqlite3* const connection = opened_->database();
  return loaded(connection, opened_->path, run, [&] {
    return bodies(connection, "SELECT body FROM step WHERE run = ? ORDER BY position", run,
                  step_from);
  });
}

facts::Judged<std::vector<facts::StepResult>> Store::load_results(int run) const {
  sqlite3* const connection = opened_->database();
  return loaded(connection, opened_->path, run, [&] {
    return bodies(connection, "SELECT body FROM result WHERE run = ? ORDER BY sequence", run,
                  step_result_from);
  });
}

facts::Judged<std::vector<StartedStep>> Store::load_started(int run) const {
  sqlite3* const connection = opened_->database();
  return loaded(connection, opened_->path, run, [&] {
    std::vector<StartedStep> started;
    Statement select(connection, "SELECT step, at FROM started WHERE run = ? ORDER BY sequence");
    select.integer(run);
    while (select.step()) {
      started.push_back({.step_id = select.column_text(0), .at = select.column_text(1)});
    }
    return started;
  });
}

facts::Judged<std::optional<facts::RunReport>> Store::load_report(int run) const {
  sqlite3* const connection = opened_->database();
  return loaded(connection, opened_->path, run, [&]() -> std::optional<facts::RunReport> {
    Statement select(connection, "SELECT body FROM report WHERE run = ?");
    if (!select.integer(run).step()) {
      return std::nullopt;
    }
    facts::RunReport report = restored(select.column_text(0), header_from);
    report.lanes = bodies(connection, "SELECT body FROM lane WHERE run = ? ORDER BY position", run,
                          lane_report_from);
    int position = 0;
    for (facts::LaneReport& lane : report.lanes) {
      lane.tests = load_tests(connection, run, position++);
    }
    report.findings = bodies(connection, "SELECT body FROM finding WHERE run = ? ORDER BY position",
                             run, finding_from);
    return report;
  });
}

}  // namespace extproof::store
