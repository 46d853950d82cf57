#include "store/sql.hpp"

namespace perfwarden::store {

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
  PW_TRY(connection.execute(std::string(connection.dialect().begin_write)));
  return Transaction(connection);
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
