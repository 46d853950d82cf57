#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

// What a history needs from a database; drivers/ has one file for each kind. Every statement is written once, in the
// SQL that SQLite 3.40 and PostgreSQL 15 share: parameters are $1, $2, …; upserts are ON CONFLICT; the ids of new rows
// come from RETURNING; columns are TEXT, BIGINT, DOUBLE PRECISION, and the types in Dialect.
namespace perfwarden::store {

// Where the databases differ.
struct Dialect {
  std::string_view key;          // column type of `id`: a primary key that the database numbers
  std::string_view bytes;        // column type of raw bytes
  std::string_view begin_write;  // begins a transaction that other writers wait for
  std::string_view by_month;     // follows the definition of a table whose column `month` says where a row is kept
  // In FROM: each value of raw.invocations as r.value, with i.key and r.key, which count up in its order.
  std::string_view each_value;
  std::string_view number;  // r.value as a number; NULL when it is null
};

// "INSERT INTO table (a, b) VALUES ($1, $2)"
[[nodiscard]] std::string insert_into(std::string_view table, std::string_view columns);

// A Statement is a prepared one. Text may hold any byte, also in names that a pull request chose.
class Statement {
 public:
  virtual ~Statement() = default;
  Statement(const Statement&) = delete;
  Statement(Statement&&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement& operator=(Statement&&) = delete;

  // Each call sets the next parameter, from $1 on. The value is copied.
  Statement& bind(std::string_view text);
  Statement& bind_bytes(std::string_view bytes);
  Statement& bind(double value);  // NaN is kept as NULL
  template <std::integral T>
  Statement& bind(T value) {
    set_integer(next_++, static_cast<std::int64_t>(value));
    return *this;
  }

  // True: there is a row. False: finished, and ready to be bound again.
  [[nodiscard]] Result<bool> step();
  // All steps, for statements without rows.
  [[nodiscard]] Status run();
  // For statements of one row, such as INSERT … RETURNING id: its first column.
  [[nodiscard]] Result<std::int64_t> run_for_integer();
  // Ends what Connection::bulk() began. Rows are there only after it, and what is wrong with one may be said only here.
  [[nodiscard]] virtual Status finish() { return Nothing{}; }

  // Columns of the row, from 0.
  [[nodiscard]] virtual std::string text(int column) const = 0;  // also of bytes
  [[nodiscard]] virtual double real(int column) const = 0;       // NULL → NaN
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;

 protected:
  Statement() = default;

 private:
  virtual void set_text(int parameter, std::string_view text) = 0;
  virtual void set_bytes(int parameter, std::string_view bytes) = 0;
  virtual void set_real(int parameter, double value) = 0;
  virtual void set_integer(int parameter, std::int64_t value) = 0;
  virtual Result<bool> advance() = 0;
  int next_ = 1;
};

// Whose tables a database holds.
struct Ownership {
  bool ours = false;
  bool empty = false;  // no tables yet
  std::int64_t version = 0;
};

// A Connection is one open database. Every failure is an Error (store) that names the database and the cure.
class Connection {
 public:
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection(Connection&&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection& operator=(Connection&&) = delete;

  [[nodiscard]] virtual const Dialect& dialect() const = 0;
  [[nodiscard]] virtual const std::string& place() const = 0;  // for messages
  [[nodiscard]] virtual Result<std::unique_ptr<Statement>> prepare(std::string_view sql) = 0;
  [[nodiscard]] virtual Status execute(const std::string& sql) = 0;  // without parameters; may be several statements
  // For many rows: each is bound and run() like a statement, then finish() is called once; nothing else may be done
  // meanwhile. `columns` are separated by commas.
  [[nodiscard]] virtual Result<std::unique_ptr<Statement>> bulk(std::string_view table, std::string_view columns) = 0;
  // Makes room for rows of that month ("2026-11") in the table `raw`. Within a transaction.
  [[nodiscard]] virtual Status make_month(const std::string& month) = 0;
  // Gives the room of deleted rows back. Outside of a transaction.
  [[nodiscard]] virtual Status compact() = 0;
  [[nodiscard]] virtual Result<Ownership> ownership() = 0;
  [[nodiscard]] virtual Status claim(std::int64_t version) = 0;  // marks it as ours, with this schema
  [[nodiscard]] virtual Status check() = 0;                      // Error when what is kept is damaged
  // A copy of all of it in memory, which may be changed.
  [[nodiscard]] virtual Result<std::unique_ptr<Connection>> copy() = 0;

 protected:
  Connection() = default;
};

// A Transaction takes the write lock at once, so that a second writer waits rather than fails half-way. Without commit,
// the destructor rolls it back.
class Transaction {
 public:
  [[nodiscard]] static Result<Transaction> begin(Connection& connection);
  [[nodiscard]] Status commit();
  ~Transaction();
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction& operator=(Transaction&&) = delete;

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;  // null: committed or moved from
};

}  // namespace perfwarden::store
