#include "store/sql.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace perfwarden::store {

std::string insert_into(std::string_view table, std::string_view columns) {
  std::string parameters = "$1";
  for (std::ptrdiff_t i = 0; i < std::count(columns.begin(), columns.end(), ','); ++i)
    parameters += fmt::format(", ${}", i + 2);
  return fmt::format("INSERT INTO {} ({}) VALUES ({})", table, columns, parameters);
}

Statement& Statement::bind(std::string_view text) {
  set_text(next_++, text);
  return *this;
}

Statement& Statement::bind_bytes(std::string_view bytes) {
  set_bytes(next_++, bytes);
  return *this;
}

Statement& Statement::bind(double value) {
  set_real(next_++, value);
  return *this;
}

Result<bool> Statement::step() {
  Result<bool> row = advance();
  if (!row || !*row) next_ = 1;
  return row;
}

Status Statement::run() {
  while (true) {
    PW_TRY_ASSIGN(const bool row, step());
    if (!row) return Nothing{};
  }
}

Result<std::int64_t> Statement::run_for_integer() {
  PW_TRY_ASSIGN(const bool row, step());
  const std::int64_t value = row ? integer(0) : 0;
  if (row) PW_TRY(run());
  return value;
}

Result<Transaction> Transaction::begin(Connection& connection) {
  Transaction transaction(connection);  // whose end also clears up after a beginning that failed half-way
  PW_TRY(connection.execute(std::string(connection.dialect().begin_write)));
  return transaction;
}

Status Transaction::commit() {
  PW_TRY(connection_->execute("COMMIT"));
  connection_ = nullptr;
  return Nothing{};
}

Transaction::~Transaction() {
  if (connection_ != nullptr) (void)connection_->execute("ROLLBACK");
}

}  // namespace perfwarden::store
