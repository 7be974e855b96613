// SPDX-License-Identifier: Apache-2.0
//
// The saving half of Store.

#include <nlohmann/json.hpp>

#include "harness/store/json_values.hpp"
#include "harness/store/store_opened.hpp"

namespace extproof::store {
namespace {

// Does `work` in a transaction of its own, for a run that exists.
template <class Work>
facts::Judged<Saved> saved(sqlite3* connection, const std::string& path, int run, Work work) {
  return guarded(path, k_written, [&] {
    Transaction transaction(connection, Transaction::Kind::writing);
    require_run(connection, run);
    work();
    transaction.commit();
    return Saved{};
  });
}

void save_tests(sqlite3* connection, int run, int lane,
                const std::vector<facts::TestRecord>& tests) {
  Statement insert(connection, "INSERT INTO test VALUES (?, ?, ?, ?, ?, ?, ?)");
  int position = 0;
  for (const facts::TestRecord& test : tests) {
    insert.integer(run).integer(lane).integer(position++).bytes(test.id);
    insert.text(facts::to_string(test.outcome)).real(test.seconds).bytes(test.message).run();
  }
}

void save_lanes(sqlite3* connection, int run, const std::vector<facts::LaneReport>& lanes) {
  Statement insert(connection, "INSERT INTO lane VALUES (?, ?, ?, ?, ?)");
  int position = 0;
  for (const facts::LaneReport& lane : lanes) {
    insert.integer(run).integer(position).bytes(lane.name);
    insert.text(facts::to_string(lane.outcome)).text(encode(json_of(lane))).run();
    save_tests(connection, run, position++, lane.tests);
  }
}

void save_findings(sqlite3* connection, int run, const std::vector<facts::Finding>& findings) {
  Statement insert(connection, "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?)");
  int position = 0;
  for (const facts::Finding& finding : findings) {
    insert.integer(run).integer(position++).bytes(finding.fingerprint);
    insert.text(facts::to_string(finding.kind)).text(facts::to_string(finding.state));
    insert.text(encode(json_of(finding))).run();
  }
}

Json header_of(const facts::RunReport& report) {
  return {{"number", report.number},
          {"started", report.started},
          {"project_name", report.project_name},
          {"project_root", report.project_root},
          {"commit", report.commit},
          {"modules", report.modules},
          {"outcome", report.outcome},
          {"exit_code", static_cast<int>(report.exit_code)},
          {"seconds", report.seconds}};
}

}  // namespace

facts::Judged<int> Store::begin_run(const RunStart& start) {
  return guarded(opened_->path, k_written, [&] {
    sqlite3* const connection = opened_->database();
    Transaction transaction(connection, Transaction::Kind::writing);
    Statement insert(connection,
                     "INSERT INTO run (started_utc, project_name, project_root, \"commit\", argv, "
                     "pid, process_identity, request) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bytes(start.started_utc).bytes(start.project_name).bytes(start.project_root);
    insert.bytes(start.commit).text(encode(Json(start.argv))).integer(start.pid);
    insert.bytes(start.process_identity).bytes(start.request).run();
    const auto number = static_cast<int>(sqlite3_last_insert_rowid(connection));
    transaction.commit();
    return number;
  });
}

facts::Judged<Saved> Store::save_configurations(
    int run, const std::vector<NamedConfiguration>& configurations) {
  sqlite3* const connection = opened_->database();
  return saved(connection, opened_->path, run, [&] {
    Statement(connection, "DELETE FROM configuration WHERE run = ?").integer(run).run();
    Statement insert(connection, "INSERT INTO configuration VALUES (?, ?, ?, ?)");
    int position = 0;
    for (const NamedConfiguration& one : configurations) {
      insert.integer(run).integer(position++).bytes(one.name).bytes(one.json).run();
    }
  });
}

facts::Judged<Saved> Store::save_steps(int run, const std::vector<facts::Step>& steps) {
  sqlite3* const connection = opened_->database();
  return saved(connection, opened_->path, run, [&] {
    Statement next(connection, "SELECT coalesce(max(position) + 1, 0) FROM step WHERE run = ?");
    next.integer(run).step();
    std::int64_t position = next.column_integer(0);
    Statement insert(connection, "INSERT INTO step VALUES (?, ?, ?, ?)");
    for (const facts::Step& step : steps) {
      insert.integer(run).integer(position++).bytes(step.id).text(encode(json_of(step))).run();
    }
  });
}

facts::Judged<Saved> Store::save_started(int run, const std::string& step_id,
                                         const std::string& at) {
  sqlite3* const connection = opened_->database();
  return saved(connection, opened_->path, run, [&] {
    Statement insert(connection, "INSERT OR REPLACE INTO started (run, step, at) VALUES (?, ?, ?)");
    insert.integer(run).bytes(step_id).bytes(at).run();
  });
}

facts::Judged<Saved> Store::save_result(int run, const facts::StepResult& result) {
  sqlite3* const connection = opened_->database();
  return saved(connection, opened_->path, run, [&] {
    Statement insert(connection,
                     "INSERT OR REPLACE INTO result (run, step, body) VALUES (?, ?, ?)");
    insert.integer(run).bytes(result.step_id).text(encode(json_of(result))).run();
  });
}

facts::Judged<Saved> Store::save_report(int run, const facts::RunReport& report) {
  sqlite3* const connection = opened_->database();
  return saved(connection, opened_->path, run, [&] {
    Statement(connection, "DELETE FROM report WHERE run = ?").integer(run).run();
    Statement insert(connection, "INSERT INTO report VALUES (?, ?)");
    insert.integer(run).text(encode(header_of(report))).run();
    save_lanes(connection, run, report.lanes);
    save_findings(connection, run, report.findings);
  });
}

facts::Judged<Saved> Store::finish_run(int run, const std::string& outcome,
                                       facts::ExitCode exit_code, double seconds) {
  sqlite3* const connection = opened_->database();
  return saved(connection, opened_->path, run, [&] {
    Statement update(connection,
                     "UPDATE run SET outcome = ?, exit_code = ?, seconds = ? WHERE number = ?");
    update.bytes(outcome).integer(static_cast<int>(exit_code)).real(seconds).integer(run).run();
  });
}

}  // namespace extproof::store
