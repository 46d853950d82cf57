#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include "store/any_text.hpp"
#include "store/driver.hpp"
#include "store/drivers/libpq.hpp"

// The history of a fleet on a PostgreSQL server: everything is in the schema `perfwarden` of the database.
namespace perfwarden::store {
namespace {

constexpr std::string_view k_postgres_scheme = "postgresql://";
constexpr Oid k_bytea = 17;                    // as pg_type says
constexpr std::size_t k_copy_chunk = 1 << 16;  // bytes sent at once
// Other writers wait for each other here, as they do for the file of SQLite. "perfward" in hexadecimal.
constexpr std::string_view k_begin = "BEGIN; SELECT pg_advisory_xact_lock(8099000977226788196)";
// A writer that waits longer than its patience gives up; one whose machine is gone does not hold the others up.
constexpr const char* k_session = R"sql(
SET search_path = perfwarden;
SET lock_timeout = '60s';
SET idle_in_transaction_session_timeout = '120s';
SET client_min_messages = error;
)sql";

struct PostgresWords {
  std::string_view state;  // of SQLSTATE, its beginning
  std::string_view what, hint;
};

// The first row that fits counts.
constexpr std::array k_postgres_words{
    PostgresWords{"42501", "the history may not be used so",
                  "let the owner of the database run perfwarden once, or grant what the message names"},
    PostgresWords{"25006", "the history cannot be written", "connect to the server that takes writes"},
    PostgresWords{"55P03", "another process held the history for too long", "run again when it has finished"},
    PostgresWords{"53", "the server of the history has no room left",
                  "free some on the server and run again; no part of the run was saved"},
    PostgresWords{"54000", "a name is too long for the history", "shorten it to at most 2000 bytes"},
    PostgresWords{"08", "the connection to the history was lost", "run again; nothing is kept twice"},
    PostgresWords{"57P", "the server of the history was stopped", "run again when it is back; nothing is kept twice"},
};

using PostgresResult = std::unique_ptr<PGresult, decltype(&PQclear)>;

class PostgresConnection final : public Connection {
 public:
  PostgresConnection(std::string place, PGconn* handle) : place_(std::move(place)), handle_(handle, libpq()->finish) {}

  [[nodiscard]] const Dialect& dialect() const override;
  [[nodiscard]] const std::string& place() const override { return place_; }
  [[nodiscard]] Result<std::unique_ptr<Statement>> prepare(std::string_view sql) override;
  [[nodiscard]] Status execute(const std::string& sql) override;
  [[nodiscard]] Result<std::unique_ptr<Statement>> bulk(std::string_view table, std::string_view columns) override;
  [[nodiscard]] Status make_month(const std::string& month) override;
  [[nodiscard]] Status compact() override;
  [[nodiscard]] Result<Ownership> ownership() override;
  [[nodiscard]] Status claim(std::int64_t version) override;
  [[nodiscard]] Status check() override { return Nothing{}; }  // the server checks its own pages
  [[nodiscard]] Result<std::unique_ptr<Connection>> copy() override;

  [[nodiscard]] Status begin_session(Access access);
  [[nodiscard]] PGconn* handle() const { return handle_.get(); }
  [[nodiscard]] Error error(const PGresult* result) const;
  [[nodiscard]] bool is_open() const { return libpq()->status(handle()) == CONNECTION_OK; }

 private:
  [[nodiscard]] Result<std::int64_t> integer(std::string_view sql);

  std::string place_;
  std::unique_ptr<PGconn, decltype(&PQfinish)> handle_;
};

// Parsed by the server each time: what is asked often goes through bulk(). The whole answer is read at once.
class PostgresStatement final : public Statement {
 public:
  PostgresStatement(const PostgresConnection& connection, std::string sql)
      : connection_(&connection), sql_(std::move(sql)), result_(nullptr, libpq()->clear) {}

  [[nodiscard]] std::string text(int column) const override;
  [[nodiscard]] double real(int column) const override;
  [[nodiscard]] std::int64_t integer(int column) const override;

 private:
  void set(int parameter, std::optional<std::string> value, bool binary = false);
  void set_text(int parameter, std::string_view text) override { set(parameter, as_utf8(text)); }
  void set_bytes(int parameter, std::string_view bytes) override { set(parameter, std::string(bytes), true); }
  void set_real(int parameter, double value) override;
  void set_integer(int parameter, std::int64_t value) override { set(parameter, std::to_string(value)); }
  Result<bool> advance() override;
  [[nodiscard]] Status ask();
  [[nodiscard]] std::string_view value(int column) const;

  const PostgresConnection* connection_;
  std::string sql_;
  std::vector<std::optional<std::string>> values_;  // nullopt: NULL
  std::vector<int> formats_;                        // 1: binary
  PostgresResult result_;                           // null: not asked yet
  int row_ = 0;
};

void PostgresStatement::set(int parameter, std::optional<std::string> value, bool binary) {
  const auto count = static_cast<std::size_t>(parameter);
  values_.resize(count);
  formats_.resize(count);
  values_.back() = std::move(value);
  formats_.back() = binary ? 1 : 0;
}

// The shortest text that gives the same number back.
std::string shortest(double value) {
  return fmt::format("{}", value);  // "inf" and "-inf" are read by PostgreSQL
}

void PostgresStatement::set_real(int parameter, double value) {
  set(parameter, value != value ? std::nullopt : std::optional(shortest(value)));
}

Status PostgresStatement::ask() {
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const std::optional<std::string>& value : values_) {
    values.push_back(value ? value->c_str() : nullptr);
    lengths.push_back(value ? static_cast<int>(value->size()) : 0);
  }
  result_.reset(libpq()->execute_with(connection_->handle(), sql_.c_str(), static_cast<int>(values.size()), nullptr,
                                      values.data(), lengths.data(), formats_.data(), 0));
  values_.clear();
  formats_.clear();
  const ExecStatusType status = libpq()->status_of(result_.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return Nothing{};
  Error error = connection_->error(result_.get());
  result_.reset();
  return error;
}

Result<bool> PostgresStatement::advance() {
  if (result_ == nullptr) {
    PW_TRY(ask());
    row_ = 0;
  } else {
    ++row_;
  }
  if (row_ < libpq()->rows(result_.get())) return true;
  result_.reset();
  return false;
}

std::string_view PostgresStatement::value(int column) const {
  if (libpq()->is_null(result_.get(), row_, column) != 0) return {};
  return {libpq()->value(result_.get(), row_, column),
          static_cast<std::size_t>(libpq()->length(result_.get(), row_, column))};
}

std::string PostgresStatement::text(int column) const {
  std::string_view found = value(column);
  if (libpq()->type(result_.get(), column) != k_bytea) return from_utf8(found);
  found.remove_prefix(std::min<std::size_t>(2, found.size()));  // "\x", then two digits a byte
  std::string bytes;
  for (; found.size() >= 2; found.remove_prefix(2)) {
    unsigned int byte = 0;
    std::from_chars(found.data(), found.data() + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

double PostgresStatement::real(int column) const {
  const std::string_view found = value(column);
  // Ends with NUL, as libpq gives it; also reads NaN and Infinity.
  return found.empty() ? std::numeric_limits<double>::quiet_NaN() : std::strtod(found.data(), nullptr);
}

std::int64_t PostgresStatement::integer(int column) const {
  const std::string_view found = value(column);
  std::int64_t out = 0;
  std::from_chars(found.data(), found.data() + found.size(), out);
  return out;
}

// Rows in COPY's text format: columns end with a tab, rows with a line end, and NULL is \N.
class PostgresCopy final : public Statement {
 public:
  explicit PostgresCopy(const PostgresConnection& connection) : connection_(&connection) {}
  ~PostgresCopy() override {
    if (!ended_) (void)end("the rows before were not meant to be kept");
  }
  PostgresCopy(const PostgresCopy&) = delete;
  PostgresCopy(PostgresCopy&&) = delete;
  PostgresCopy& operator=(const PostgresCopy&) = delete;
  PostgresCopy& operator=(PostgresCopy&&) = delete;

  [[nodiscard]] std::string text(int /*column*/) const override { return {}; }
  [[nodiscard]] double real(int /*column*/) const override { return std::numeric_limits<double>::quiet_NaN(); }
  [[nodiscard]] std::int64_t integer(int /*column*/) const override { return 0; }
  [[nodiscard]] Status finish() override {
    PW_TRY(send());
    return end(nullptr);
  }

 private:
  std::string& next(int parameter) { return parameter == 1 ? rows_ : rows_ += '\t'; }
  void set_text(int parameter, std::string_view text) override;
  void set_bytes(int parameter, std::string_view bytes) override {
    next(parameter) += "\\\\x";
    for (const char byte : bytes) rows_ += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  void set_real(int parameter, double value) override { next(parameter) += value != value ? "\\N" : shortest(value); }
  void set_integer(int parameter, std::int64_t value) override { next(parameter) += std::to_string(value); }
  Result<bool> advance() override {
    rows_ += '\n';
    if (rows_.size() >= k_copy_chunk) PW_TRY(send());
    return false;
  }
  [[nodiscard]] Status send();
  [[nodiscard]] Status end(const char* refusal);

  const PostgresConnection* connection_;
  std::string rows_;  // not sent yet
  bool ended_ = false;
};

void PostgresCopy::set_text(int parameter, std::string_view text) {
  std::string& row = next(parameter);
  for (const char c : as_utf8(text)) {
    if (c == '\\' || c == '\t' || c == '\n' || c == '\r') row += '\\';
    row += c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c;
  }
}

Status PostgresCopy::send() {
  if (!rows_.empty() && libpq()->put(connection_->handle(), rows_.data(), static_cast<int>(rows_.size())) != 1)
    return connection_->error(nullptr);
  rows_.clear();
  return Nothing{};
}

Status PostgresCopy::end(const char* refusal) {
  ended_ = true;
  if (libpq()->end_copy(connection_->handle(), refusal) != 1) return connection_->error(nullptr);
  Status out = Nothing{};
  while (PGresult* const found = libpq()->next_result(connection_->handle())) {
    const PostgresResult result(found, libpq()->clear);
    if (libpq()->status_of(found) != PGRES_COMMAND_OK && out) out = connection_->error(found);
  }
  return out;
}

const Dialect& PostgresConnection::dialect() const {
  static constexpr Dialect k_dialect{
      .key = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
      .bytes = "BYTEA",
      .begin_write = k_begin,
      .by_month = "PARTITION BY LIST (month); CREATE TABLE raw_other PARTITION OF raw DEFAULT",
      .each_value =
          "jsonb_array_elements(CAST(raw.invocations AS jsonb)) WITH ORDINALITY AS i (value, key), "
          "jsonb_array_elements(i.value) WITH ORDINALITY AS r (value, key)",
      .number = "CAST(r.value #>> '{}' AS DOUBLE PRECISION)",
  };
  return k_dialect;
}

Error PostgresConnection::error(const PGresult* result) const {
  const char* const state = libpq()->error_field(result, PG_DIAG_SQLSTATE);
  const char* const primary = libpq()->error_field(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string message = text::one_line(text::trim(primary != nullptr ? primary : libpq()->message(handle())));
  // Without an answer, the connection itself failed.
  const std::string_view code = state != nullptr ? state : "08";
  for (const PostgresWords& words : k_postgres_words)
    if (code.starts_with(words.state))
      return {.kind = ErrorKind::store,
              .what = fmt::format("{} ({})", words.what, message),
              .where = place_,
              .hint = std::string(words.hint)};
  return {.kind = ErrorKind::store,
          .what = fmt::format("PostgreSQL refused ({}, {})", message, code),
          .where = place_,
          .hint = "if perfwarden wrote this history, please report this"};
}

Result<std::unique_ptr<Statement>> PostgresConnection::prepare(std::string_view sql) {
  return std::unique_ptr<Statement>(std::make_unique<PostgresStatement>(*this, std::string(sql)));
}

Status PostgresConnection::execute(const std::string& sql) {
  const PostgresResult result(libpq()->execute(handle(), sql.c_str()), libpq()->clear);
  const ExecStatusType status = libpq()->status_of(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return error(result.get());
  // To COMMIT, a transaction in which something failed answers with another word, not with an error.
  if (sql == "COMMIT" && std::string_view(libpq()->command(result.get())) != "COMMIT")
    return Error{.kind = ErrorKind::store,
                 .what = "nothing was saved, since a statement before had failed",
                 .where = place_,
                 .hint = "please report this"};
  return Nothing{};
}

Result<std::unique_ptr<Statement>> PostgresConnection::bulk(std::string_view table, std::string_view columns) {
  const std::string sql = fmt::format("COPY {} ({}) FROM STDIN", table, columns);
  const PostgresResult result(libpq()->execute(handle(), sql.c_str()), libpq()->clear);
  if (libpq()->status_of(result.get()) != PGRES_COPY_IN) return error(result.get());
  return std::unique_ptr<Statement>(std::make_unique<PostgresCopy>(*this));
}

Status PostgresConnection::make_month(const std::string& month) {
  const std::string table = "raw_" + text::replace_all(month, "-", "_");
  // Asked first: CREATE … IF NOT EXISTS would lock out all readers even where there is nothing to do.
  PW_TRY_ASSIGN(const std::int64_t there,
                integer(fmt::format("SELECT count(*) FROM pg_tables WHERE schemaname = 'perfwarden' AND "
                                    "tablename = '{}'",
                                    table)));
  if (there != 0) return Nothing{};
  return execute(fmt::format("CREATE TABLE {} PARTITION OF raw FOR VALUES IN ('{}')", table, month));
}

// The months of which nothing is left are dropped; the server's own VACUUM does the rest.
Status PostgresConnection::compact() {
  PW_TRY_ASSIGN(
      const std::unique_ptr<Statement> months,
      prepare("SELECT tablename FROM pg_tables WHERE schemaname = 'perfwarden' AND tablename LIKE 'raw\\_2%'"));
  while (true) {
    PW_TRY_ASSIGN(const bool row, months->step());
    if (!row) return Nothing{};
    const std::string month = months->text(0);
    PW_TRY_ASSIGN(Transaction transaction, Transaction::begin(*this));
    PW_TRY_ASSIGN(const std::int64_t left, integer(fmt::format("SELECT count(*) FROM {}", month)));
    if (left == 0) PW_TRY(execute(fmt::format("DROP TABLE {}", month)));
    PW_TRY(transaction.commit());
  }
}

Result<std::int64_t> PostgresConnection::integer(std::string_view sql) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> statement, prepare(sql));
  return statement->run_for_integer();
}

Result<Ownership> PostgresConnection::ownership() {
  PW_TRY_ASSIGN(const std::int64_t tables, integer("SELECT count(*) FROM pg_tables WHERE schemaname = 'perfwarden'"));
  PW_TRY_ASSIGN(const std::int64_t ours, integer("SELECT count(*) FROM pg_tables WHERE schemaname = 'perfwarden' AND "
                                                 "tablename = 'schema_version'"));
  if (ours == 0) return Ownership{false, tables == 0, 0};
  PW_TRY_ASSIGN(const std::int64_t version, integer("SELECT version FROM schema_version"));
  return Ownership{true, false, version};
}

Status PostgresConnection::claim(std::int64_t version) {
  return execute(
      fmt::format("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL); DELETE FROM schema_version; "
                  "INSERT INTO schema_version VALUES ({})",
                  version));
}

Result<std::unique_ptr<Connection>> PostgresConnection::copy() {
  PW_TRY_ASSIGN(const Ownership now, ownership());
  return Error{.kind = ErrorKind::store,
               .what = now.ours ? fmt::format("the history has the older schema version {}", now.version)
                                : "there is no history in this database yet",
               .where = place_,
               .hint = "run `perfwarden check` once, which writes to the history and so makes or migrates it"};
}

Status PostgresConnection::begin_session(Access access) {
  const char* const encoding = libpq()->parameter(handle(), "server_encoding");
  if (encoding == nullptr || std::string_view(encoding) != "UTF8")
    return Error{.kind = ErrorKind::store,
                 .what = fmt::format("the database keeps text as {}, a history needs UTF8",
                                     encoding == nullptr ? "an unknown encoding" : text::one_line(encoding)),
                 .where = place_,
                 .hint = "create one with `createdb -E UTF8 -T template0 NAME`"};
  if (access == Access::read) return execute(std::string(k_session) + "SET default_transaction_read_only = on;");
  PW_TRY(execute(k_session));
  // Asked first, since making it needs a right that a writer may do without later.
  PW_TRY_ASSIGN(const std::int64_t there, integer("SELECT count(*) FROM pg_namespace WHERE nspname = 'perfwarden'"));
  if (there != 0) return Nothing{};
  PW_TRY_ASSIGN(Transaction transaction, Transaction::begin(*this));
  PW_TRY(execute("CREATE SCHEMA IF NOT EXISTS perfwarden"));
  return transaction.commit();
}

// Error (config) when it names a password: what stands in a config is read by everybody.
Status check_address(const std::string& address) {
  char* message = nullptr;
  PQconninfoOption* const options = libpq()->parse_address(address.c_str(), &message);
  if (options == nullptr)
    return Error{.kind = ErrorKind::config,
                 .what = "the address of the history is not a valid postgresql:// URL",
                 .hint = "write postgresql://USER@HOST:PORT/DATABASE"};
  bool secret = false;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option)
    if (std::strcmp(option->keyword, "password") == 0) secret = option->val != nullptr;
  libpq()->free_address(options);
  if (!secret) return Nothing{};
  return Error{.kind = ErrorKind::config,
               .what = "the address of the history holds a password",
               .hint = "take it out, and set PGPASSWORD in the environment of the step from a secret"};
}

Result<std::unique_ptr<Connection>> open_postgres(const std::string& address, Access access,
                                                  const os::Patience& /*patience*/) {
  if (!libpq())
    return Error{.kind = ErrorKind::store,
                 .what = "libpq.so.5, which speaks to PostgreSQL, is not installed here",
                 .where = address,
                 .hint = "install it (Debian, Ubuntu: apt-get install libpq5), or keep the history in sqlite:PATH"};
  PW_TRY(check_address(address));
  // What stands before the address may be changed by it, and what follows may not.
  const std::array names{"connect_timeout",
                         "keepalives_idle",
                         "tcp_user_timeout",
                         "fallback_application_name",
                         "dbname",
                         "client_encoding",
                         static_cast<const char*>(nullptr)};
  const std::array values{
      "10", "30", "60000", "perfwarden", address.c_str(), "UTF8", static_cast<const char*>(nullptr)};
  auto connection =
      std::make_unique<PostgresConnection>(address, libpq()->connect(names.data(), values.data(), /*expand_dbname=*/1));
  if (!connection->is_open())
    return Error{.kind = ErrorKind::store,
                 .what = fmt::format("the server of the history cannot be reached ({})",
                                     text::one_line(text::trim(libpq()->message(connection->handle())))),
                 .where = address,
                 .hint = "check that it runs, the address, and PGUSER and PGPASSWORD in the environment of the step"};
  PW_TRY(connection->begin_session(access));
  return std::unique_ptr<Connection>(std::move(connection));
}

Result<bool> postgres_exists(const std::string& address, const os::Patience& patience) {
  PW_TRY_ASSIGN(const std::unique_ptr<Connection> connection, open_postgres(address, Access::read, patience));
  PW_TRY_ASSIGN(const Ownership now, connection->ownership());
  return now.ours;
}

}  // namespace

extern const Driver k_driver_postgres{
    .scheme = k_postgres_scheme,
    .example = "postgresql://USER@HOST/DATABASE",
    .served = true,
    .exists = postgres_exists,
    .open = open_postgres,
};

}  // namespace perfwarden::store
