// SPDX-License-Identifier: Apache-2.0
#include "harness/store/statement.hpp"

#include <cmath>

namespace extproof::store {

void fail(sqlite3* connection) {
  throw Failed{.reason = sqlite3_errmsg(connection), .code = sqlite3_extended_errcode(connection)};
}

void execute(sqlite3* connection, const char* sql) {
  if (sqlite3_exec(connection, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail(connection);
  }
}

Statement::Statement(sqlite3* connection, std::string_view sql) : connection_(connection) {
  sqlite3_stmt* made = nullptr;
  check(sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()), &made, nullptr));
  statement_.reset(made);
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) {
    fail(connection_);
  }
}

Statement& Statement::text(std::string_view value) {
  check(sqlite3_bind_text64(statement_.get(), ++parameter_, value.empty() ? "" : value.data(),
                            value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bytes(std::string_view value) {
  // A null pointer would become NULL, also when the size is 0.
  check(sqlite3_bind_blob64(statement_.get(), ++parameter_, value.empty() ? "" : value.data(),
                            value.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::integer(std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), ++parameter_, value));
  return *this;
}

Statement& Statement::real(double value) {
  check(sqlite3_bind_double(statement_.get(), ++parameter_, std::isfinite(value) ? value : 0));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) {
    return true;
  }
  if (code == SQLITE_DONE) {
    return false;
  }
  fail(connection_);
}

void Statement::run() {
  while (step()) {
  }
  check(sqlite3_reset(statement_.get()));
  parameter_ = 0;
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::string Statement::column_text(int column) const {
  const auto* begin = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return begin == nullptr ? std::string() : std::string(begin, static_cast<std::size_t>(size));
}

std::int64_t Statement::column_integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::column_real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

Transaction::Transaction(sqlite3* connection, Kind kind) : connection_(connection) {
  execute(connection, kind == Kind::writing ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // A full disk or an I/O error has already rolled it back, and then there is nothing to undo.
  if (open_ && sqlite3_get_autocommit(connection_) == 0) {
    sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  execute(connection_, "COMMIT");
  open_ = false;
}

}  // namespace extproof::store
