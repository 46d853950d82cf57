#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

// A thin skin over sqlite3: handles close themselves, every failure is an Error (store) that names the file and the
// cure.
namespace perfwarden::store {

class Database;

// A Statement is a prepared one. Text is bound and read with its length, so hostile names may hold any byte.
class Statement {
 public:
  Statement& bind(std::string_view text);
  Statement& bind(const std::string& text) { return bind(std::string_view(text)); }
  Statement& bind(const char* text) { return bind(std::string_view(text)); }
  Statement& bind(double value);  // NaN is kept as NULL
  Statement& bind(std::int64_t value);
  Statement& bind(std::size_t value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(int value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(bool value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind_blob(std::string_view bytes);

  // True: a row is there. False: finished, and ready to be bound anew.
  [[nodiscard]] Result<bool> step();
  // For statements without rows.
  [[nodiscard]] Status run();

  [[nodiscard]] std::string text(int column) const;  // also of a blob
  [[nodiscard]] double real(int column) const;       // NULL → NaN
  [[nodiscard]] std::int64_t integer(int column) const;

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* statement)
      : database_(&database), statement_(statement, sqlite3_finalize) {}
  Database* database_;
  std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement_;
  int next_ = 1;
};

class Database {
 public:
  // Opens or makes the file; foreign keys on, waits up to 20 s for another writer.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::string& path);
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  [[nodiscard]] Status execute(const char* sql);  // without parameters, may be several statements
  [[nodiscard]] Result<std::int64_t> integer(std::string_view sql);
  [[nodiscard]] Error error(int code) const;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] sqlite3* handle() { return handle_.get(); }

 private:
  Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle, sqlite3_close) {}
  std::string path_;
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle_;
};

// A Transaction takes the write lock at once, so that a second writer waits rather than fails half-way; rolled back
// when it goes without commit.
class Transaction {
 public:
  [[nodiscard]] static Result<Transaction> begin(Database& database);
  [[nodiscard]] Status commit();
  ~Transaction();
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction& operator=(Transaction&&) = delete;

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;  // null: committed or moved from
};

// Brings the schema to the newest version. A newer one, and a database of another program, are refused.
[[nodiscard]] Status migrate(Database& database);

}  // namespace perfwarden::store
