// SPDX-License-Identifier: Apache-2.0
//
// SQLite's statements and transactions as values that end themselves. Level: store; for this
// folder only. Errors are thrown as Failed, so that a function of several statements reads as the
// list of them; guarded() in store.cpp is where they become refusals, and none leaves the folder.

#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace extproof::store {

// What SQLite, or a reader of a stored value, had against it.
struct Failed {
  std::string reason;
  int code = SQLITE_ERROR;  // SQLite's result code, extended
};

struct CloseConnection {
  void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
};
using Connection = std::unique_ptr<sqlite3, CloseConnection>;

[[noreturn]] void fail(sqlite3* connection);

// Runs statements that give no rows and take no values.
void execute(sqlite3* connection, const char* sql);

class Statement {
 public:
  // Throws Failed.
  Statement(sqlite3* connection, std::string_view sql);

  // Binds the next parameter. Texts may hold any bytes; they are copied.
  Statement& text(std::string_view value);   // for TEXT columns: valid UTF-8
  Statement& bytes(std::string_view value);  // for BLOB columns
  Statement& integer(std::int64_t value);
  Statement& real(double value);  // 0 for NaN, which SQLite would store as NULL

  // True when there is a row to read, false at the end.
  bool step();
  // Runs a statement without rows and makes it ready for other values.
  void run();

  bool is_null(int column) const;
  std::string column_text(int column) const;  // of TEXT and BLOB alike
  std::int64_t column_integer(int column) const;
  double column_real(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  void check(int code) const;

  sqlite3* connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int parameter_ = 0;
};

// Undone at the end of its scope unless it was committed.
class Transaction {
 public:
  enum class Kind { reading, writing };

  // `writing` takes the write lock at once, waiting for other writers. Throws Failed.
  Transaction(sqlite3* connection, Kind kind);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  void commit();

 private:
  sqlite3* connection_;
  bool open_ = true;
};

}  // namespace extproof::store
