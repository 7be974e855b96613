// SPDX-License-Identifier: Apache-2.0
#include "harness/store/store.hpp"

#include <filesystem>

#include "harness/store/schema.hpp"
#include "harness/store/store_opened.hpp"

namespace extproof::store {
namespace {

using facts::schema_versions::k_store;

std::int64_t number_of(sqlite3* connection, const char* pragma) {
  Statement statement(connection, pragma);
  return statement.step() ? statement.column_integer(0) : 0;
}

Connection connect(const std::string& file, int flags) {
  sqlite3* made = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &made, flags | SQLITE_OPEN_EXRESCODE, nullptr);
  Connection connection(made);
  if (made == nullptr) {
    throw Failed{.reason = sqlite3_errstr(code), .code = code};
  }
  if (code != SQLITE_OK) {
    fail(made);
  }
  sqlite3_busy_timeout(made, k_busy_milliseconds);
  return connection;
}

// As a URI, in which '?', '#' and '%' have a meaning.
std::string immutable_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    switch (c) {
      case '?':
        uri += "%3f";
        break;
      case '#':
        uri += "%23";
        break;
      case '%':
        uri += "%25";
        break;
      default:
        uri += c;
    }
  }
  return uri + "?immutable=1";
}

bool has_unmerged_writes(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path + "-wal", error);
  return !error && size > 0;
}

// A store in WAL mode needs a file beside it even for reading. In a folder that cannot be written
// and on a full disk there is none. Then nobody writes to the store either, and it may be read as
// it is; with writes that are not merged, as a kill leaves them, by a connection that has the store
// for itself and needs no such file.
Connection connect_for_reading(const std::string& path) {
  Connection connection = connect(path, SQLITE_OPEN_READONLY);
  const bool unmerged = has_unmerged_writes(path);
  try {
    number_of(connection.get(), "SELECT count(*) FROM sqlite_schema");
    return connection;
  } catch (const Failed& failed) {
    const int code = failed.code & 0xFF;
    const bool is_full = code == SQLITE_IOERR || code == SQLITE_FULL;
    const bool is_read_only = code == SQLITE_CANTOPEN || code == SQLITE_READONLY;
    if (!is_full && (!is_read_only || unmerged)) {
      throw;
    }
  }
  if (!unmerged) {
    return connect(immutable_uri(path), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
  }
  connection = connect(path, SQLITE_OPEN_READWRITE);
  execute(connection.get(), "PRAGMA query_only = ON; PRAGMA locking_mode = EXCLUSIVE");
  return connection;
}

// WAL lets `report` read while a run writes. Some network filesystems lack the shared memory that
// it needs; the older journal is as safe.
void choose_journal(sqlite3* connection) {
  try {
    Statement statement(connection, "PRAGMA journal_mode = WAL");
    statement.step();
    if (statement.column_text(0) == "wal") {
      return;
    }
  } catch (const Failed& failed) {
    if ((failed.code & 0xFF) == SQLITE_BUSY) {
      return;  // another process is choosing, for the file as a whole
    }
    if ((failed.code & 0xFF) != SQLITE_IOERR && (failed.code & 0xFF) != SQLITE_CANTOPEN &&
        (failed.code & 0xFF) != SQLITE_PROTOCOL) {
      throw;
    }
  }
  Statement(connection, "PRAGMA journal_mode = DELETE").run();
}

// The schema number of a store, 0 for an empty file. Throws Failed for a foreign or a newer one.
std::int64_t checked_version(sqlite3* connection) {
  const std::int64_t version = number_of(connection, "PRAGMA user_version");
  const std::int64_t application = number_of(connection, "PRAGMA application_id");
  const std::int64_t objects = number_of(connection, "SELECT count(*) FROM sqlite_schema");
  if (application != k_application_id && (version != 0 || application != 0 || objects != 0)) {
    throw Failed{.reason = "the file is a database of another program", .code = SQLITE_NOTADB};
  }
  if (version > k_store) {
    throw Failed{.reason = "the store has schema " + std::to_string(version) +
                           ", which a newer extproof wrote; this one reads up to " +
                           std::to_string(k_store),
                 .code = SQLITE_MISMATCH};
  }
  return version;
}

void migrate(sqlite3* connection) {
  if (checked_version(connection) == k_store) {
    return;
  }
  Transaction transaction(connection, Transaction::Kind::writing);
  // Asked again under the lock: another process may have been first.
  for (std::int64_t version = checked_version(connection); version < k_store; ++version) {
    execute(connection, k_migrations.at(static_cast<std::size_t>(version)));
    execute(connection, ("PRAGMA user_version = " + std::to_string(version + 1)).c_str());
  }
  execute(connection, ("PRAGMA application_id = " + std::to_string(k_application_id)).c_str());
  transaction.commit();
}

}  // namespace

facts::Refusal refusal_of(const Failed& failed, const std::string& path, const char* doing) {
  const bool is_form = failed.code == SQLITE_MISMATCH || failed.code == SQLITE_CORRUPT;
  return {
      .code = "XP2004",
      .headline = "the store \"" + path + "\" cannot be " + doing,
      .place = path,
      .excerpt = {},
      .notes = {{"reason", failed.reason},
                {"kept", "everything that was stored before"},
                {"try", is_form ? "the extproof that wrote it; or move \"" + path +
                                      "\" away, and the next run begins a new one"
                                : "look for a full disk or a read-only folder"}},
  };
}

facts::Refusal no_such_run(int run, const std::string& path) {
  return {
      .code = "XP1003",
      .headline = run == 0 ? "no run is stored in this project"
                           : "run \"" + std::to_string(run) + "\" is not in the store",
      .place = path,
      .excerpt = {},
      .notes = {{"try", run == 0 ? "extproof run" : "extproof report, for the latest run"}},
  };
}

void require_run(sqlite3* connection, int run) {
  Statement statement(connection, "SELECT 1 FROM run WHERE number = ?");
  if (!statement.integer(run).step()) {
    throw NoSuchRun{run};
  }
}

facts::Judged<Store> Store::open(const std::string& path, Mode mode) {
  return guarded(path, mode == Mode::read_write ? "opened" : k_read, [&]() -> Store {
    std::error_code error;
    auto opened = std::make_unique<Opened>();
    opened->path = path;
    if (mode == Mode::read_only) {
      if (!std::filesystem::exists(path, error) && !error) {
        throw NoSuchRun{};
      }
      opened->connection = connect_for_reading(path);
      if (checked_version(opened->database()) == 0) {
        throw NoSuchRun{};  // killed before it had made its tables
      }
    } else {
      opened->connection = connect(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
      if (sqlite3_db_readonly(opened->database(), "main") != 0) {
        // SQLite opens such a file all the same, and would tell only at the first write.
        throw Failed{.reason = "the file is not writable", .code = SQLITE_READONLY};
      }
      checked_version(opened->database());  // before anything is written to a file that is not ours
      choose_journal(opened->database());
      execute(opened->database(), "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
      migrate(opened->database());
    }
    return Store(std::move(opened));
  });
}

Store::Store(std::unique_ptr<Opened> opened) : opened_(std::move(opened)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

}  // namespace extproof::store
