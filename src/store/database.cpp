#include "store/database.hpp"

#include <fmt/format.h>

namespace perfwarden::store {
namespace {

constexpr int k_busy_timeout_ms = 20'000;

struct Words {
  std::string what, hint;
};

Words words_of(int code, const char* message) {
  switch (code & 0xFF) {
    case SQLITE_NOTADB:
      return {"this is not a SQLite database",
              "move the file away to start a new history, or set `history:` to another path"};
    case SQLITE_CORRUPT:
      return {fmt::format("the history is damaged ({})", message),
              "rescue it with `sqlite3 FILE .recover`, restore it from the cache, or move it away to start a new one"};
    case SQLITE_CANTOPEN:
      return {"the history cannot be opened",
              "check that its folder exists and is writable, or set `history:` elsewhere"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {fmt::format("the history cannot be written ({})", message),
              "make the file and its folder writable, set `history:` elsewhere, or leave it empty to keep none"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {"another process held the history for too long", "run again when it has finished"};
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return {fmt::format("the history could not be written ({})", message),
              "free some disk space and run again; nothing was kept half"};
    default:
      return {fmt::format("SQLite refused ({})", message),
              "move the file away to start a new history, and tell us if it was ours"};
  }
}

Error error_of(const std::string& path, int code, const char* message) {
  Words words = words_of(code, message);
  return {.kind = ErrorKind::store, .what = std::move(words.what), .where = path, .hint = std::move(words.hint)};
}

}  // namespace

Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text64(statement_.get(), next_++, text.data() == nullptr ? "" : text.data(), text.size(),
                      SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(double value) {
  sqlite3_bind_double(statement_.get(), next_++, value);
  return *this;
}

Statement& Statement::bind(std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), next_++, value);
  return *this;
}

Statement& Statement::bind_blob(std::string_view bytes) {
  sqlite3_bind_blob64(statement_.get(), next_++, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(),
                      SQLITE_TRANSIENT);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  next_ = 1;
  Error error = database_->error(code);  // before reset, which may forget the words
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  if (code == SQLITE_DONE) return false;
  return error;
}

Status Statement::run() {
  while (true) {
    PW_TRY_ASSIGN(const bool row, step());
    if (!row) return Nothing{};
  }
}

std::string Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string()
                          : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

double Statement::real(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::numeric_limits<double>::quiet_NaN();
  return sqlite3_column_double(statement_.get(), column);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  std::unique_ptr<Database> database(new Database(path, handle));
  if (code != SQLITE_OK) return error_of(path, code, handle == nullptr ? "no memory" : sqlite3_errmsg(handle));
  sqlite3_busy_timeout(handle, k_busy_timeout_ms);
  sqlite3_extended_result_codes(handle, 1);
  // A history restored from a cache is a stranger's file: its schema may not run anything, and pages are checked.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  // A rollback journal, not WAL: actions/cache carries one file, and a runner's workspace may be a network share.
  PW_TRY(database->execute("PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA journal_mode = DELETE;"));
  return database;
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return error(code);
  return Statement(*this, statement);
}

Status Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code);
  return Nothing{};
}

Result<std::int64_t> Database::integer(std::string_view sql) {
  PW_TRY_ASSIGN(Statement statement, prepare(sql));
  PW_TRY_ASSIGN(const bool row, statement.step());
  return row ? statement.integer(0) : 0;
}

Error Database::error(int code) const {
  return error_of(path_, code, sqlite3_errmsg(handle_.get()));
}

Result<Transaction> Transaction::begin(Database& database) {
  PW_TRY(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Status Transaction::commit() {
  PW_TRY(database_->execute("COMMIT"));
  database_ = nullptr;
  return Nothing{};
}

Transaction::~Transaction() {
  if (database_ != nullptr) (void)database_->execute("ROLLBACK");
}

}  // namespace perfwarden::store
