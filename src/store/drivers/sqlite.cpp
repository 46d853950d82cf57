#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <limits>
#include <optional>
#include <vector>

#include "os/files/files.hpp"
#include "os/files/place.hpp"
#include "os/process/processes.hpp"
#include "store/driver.hpp"

// The history in one file. Handles close themselves.
namespace perfwarden::store {
namespace {

constexpr std::string_view k_sqlite_scheme = "sqlite:";
// "pwh1" in the file's header: tells our files from those of other programs.
constexpr std::int64_t k_application_id = 0x70776831;
constexpr double k_longest_wait_s = 20;  // for other writers; each holds the history for milliseconds
constexpr int k_steps_between_looks = 10'000;
constexpr int k_most_value_bytes = 256 << 20;  // of one value or row

struct SqliteWords {
  std::string what, hint;
};

SqliteWords words_of(int code, const char* message) {
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
              "make the file and its folder writable, set `history:` elsewhere, or to off"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {"another process held the history for too long", "run again when it has finished"};
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return {fmt::format("the history could not be written ({})", message),
              "free some disk space and run again; no part of the run was saved"};
    default:
      return {fmt::format("SQLite refused ({})", message),
              "move the file away to start a new history; if perfwarden wrote the file, please report this"};
  }
}

Error error_of(const std::string& path, int code, const char* message) {
  if (os::stop_signal() != 0 && ((code & 0xFF) == SQLITE_INTERRUPT || (code & 0xFF) == SQLITE_BUSY))
    return {.kind = ErrorKind::interrupted, .what = "stopped by a signal while using the history", .where = path};
  SqliteWords words = words_of(code, message);
  return {.kind = ErrorKind::store, .what = std::move(words.what), .where = path, .hint = std::move(words.hint)};
}

class SqliteConnection final : public Connection {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const std::string& path, int flags, Access access,
                                                                const os::Patience& patience);

  [[nodiscard]] const Dialect& dialect() const override {
    static constexpr Dialect k_dialect{
        .key = "INTEGER PRIMARY KEY",
        .bytes = "BLOB",
        .begin_write = "BEGIN IMMEDIATE",
        .by_month = "",
        .each_value = "json_each(raw.invocations) AS i, json_each(i.value) AS r",
        .number = "CAST(r.value AS REAL)",
    };
    return k_dialect;
  }
  [[nodiscard]] const std::string& place() const override { return path_; }
  [[nodiscard]] Result<std::unique_ptr<Statement>> prepare(std::string_view sql) override;
  [[nodiscard]] Status execute(const std::string& sql) override;
  [[nodiscard]] Result<std::unique_ptr<Statement>> bulk(std::string_view table, std::string_view columns) override {
    return prepare(insert_into(table, columns));
  }
  [[nodiscard]] Status make_month(const std::string& /*month*/) override { return Nothing{}; }
  [[nodiscard]] Status compact() override { return execute("VACUUM"); }
  [[nodiscard]] Result<Ownership> ownership() override;
  [[nodiscard]] Status claim(std::int64_t version) override;
  [[nodiscard]] Status check() override;
  [[nodiscard]] Result<std::unique_ptr<Connection>> copy() override;
  [[nodiscard]] Error error(int code) const { return error_of(path_, code, sqlite3_errmsg(handle_.get())); }

 private:
  SqliteConnection(std::string path, sqlite3* handle, os::Patience patience)
      : path_(std::move(path)), handle_(handle, sqlite3_close), patience_(std::move(patience)) {}
  [[nodiscard]] Result<std::int64_t> integer(std::string_view sql);

  std::string path_;
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle_;
  os::Patience patience_;
  std::optional<os::Wait> wait_;  // the present one
};

class SqliteStatement final : public Statement {
 public:
  SqliteStatement(const SqliteConnection& connection, sqlite3_stmt* statement);

  [[nodiscard]] std::string text(int column) const override;
  [[nodiscard]] double real(int column) const override;
  [[nodiscard]] std::int64_t integer(int column) const override { return sqlite3_column_int64(handle(), column); }

 private:
  [[nodiscard]] sqlite3_stmt* handle() const { return statement_.get(); }
  void set_text(int parameter, std::string_view text) override {
    note(sqlite3_bind_text64(handle(), place_of(parameter), text.data() == nullptr ? "" : text.data(), text.size(),
                             SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  void set_bytes(int parameter, std::string_view bytes) override {
    note(sqlite3_bind_blob64(handle(), place_of(parameter), bytes.data() == nullptr ? "" : bytes.data(), bytes.size(),
                             SQLITE_TRANSIENT));
  }
  void set_real(int parameter, double value) override {
    note(sqlite3_bind_double(handle(), place_of(parameter), value));
  }
  void set_integer(int parameter, std::int64_t value) override {
    note(sqlite3_bind_int64(handle(), place_of(parameter), value));
  }
  Result<bool> advance() override;
  [[nodiscard]] int place_of(int parameter) const {
    const auto at = static_cast<std::size_t>(parameter);
    return at < places_.size() ? places_[at] : 0;  // 0: refused by SQLite
  }
  void note(int code) {
    if (bound_ == SQLITE_OK) bound_ = code;
  }

  const SqliteConnection* connection_;
  std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement_;
  std::vector<int> places_;  // by number of the parameter
  int bound_ = SQLITE_OK;    // the first refusal of a value
};

// To SQLite, $1 is a name: it numbers parameters by where they first occur in the text.
SqliteStatement::SqliteStatement(const SqliteConnection& connection, sqlite3_stmt* statement)
    : connection_(&connection), statement_(statement, sqlite3_finalize) {
  const int count = sqlite3_bind_parameter_count(statement);
  places_.resize(static_cast<std::size_t>(count) + 1);
  for (int place = 1; place <= count; ++place) {
    const char* name = sqlite3_bind_parameter_name(statement, place);
    const long number = name == nullptr ? 0 : std::strtol(name + 1, nullptr, 10);
    if (number > 0 && number <= count) places_[static_cast<std::size_t>(number)] = place;
  }
}

Result<bool> SqliteStatement::advance() {
  const int code = bound_ == SQLITE_OK ? sqlite3_step(handle()) : bound_;
  if (code == SQLITE_ROW) return true;
  Error error = connection_->error(code);  // before reset, which may forget the words
  bound_ = SQLITE_OK;
  sqlite3_reset(handle());
  sqlite3_clear_bindings(handle());
  if (code == SQLITE_DONE) return false;
  return error;
}

std::string SqliteStatement::text(int column) const {
  const void* bytes = sqlite3_column_blob(handle(), column);
  const int size = sqlite3_column_bytes(handle(), column);
  return bytes == nullptr ? std::string()
                          : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

double SqliteStatement::real(int column) const {
  if (sqlite3_column_type(handle(), column) == SQLITE_NULL) return std::numeric_limits<double>::quiet_NaN();
  return sqlite3_column_double(handle(), column);
}

Result<std::unique_ptr<Connection>> SqliteConnection::open(const std::string& path, int flags, Access access,
                                                           const os::Patience& patience) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(path, handle, patience));
  if (code != SQLITE_OK) return error_of(path, code, handle == nullptr ? "no memory" : sqlite3_errmsg(handle));
  connection->patience_.end_s = k_longest_wait_s;
  const auto when_busy = [](void* self, int tries) {
    auto& me = *static_cast<SqliteConnection*>(self);
    if (tries == 0) me.wait_.emplace(me.patience_, "another process that writes to the history");
    return me.wait_->goes_on() ? 1 : 0;
  };
  sqlite3_busy_handler(handle, when_busy, connection.get());
  sqlite3_progress_handler(
      handle, k_steps_between_looks, [](void*) { return os::stop_signal() != 0 ? 1 : 0; }, nullptr);
  sqlite3_extended_result_codes(handle, 1);
  // Anybody may have written a history from a cache: its schema must not run anything, and pages are checked.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);  // an endless query in place of a table
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, k_most_value_bytes);
  PW_TRY(connection->execute("PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"));
  // A rollback journal, not WAL: actions/cache carries one file, and a runner's workspace may be a network share.
  PW_TRY(connection->execute(access == Access::write ? "PRAGMA journal_mode = DELETE;" : "PRAGMA query_only = ON;"));
  return std::unique_ptr<Connection>(std::move(connection));
}

Status SqliteConnection::check() {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> statement, prepare("PRAGMA quick_check(1)"));
  PW_TRY_ASSIGN(const bool row, statement->step());
  const std::string found = row ? statement->text(0) : "nothing to check";
  if (found == "ok") return Nothing{};
  return error_of(path_, SQLITE_CORRUPT, found.c_str());
}

Result<std::unique_ptr<Connection>> SqliteConnection::copy() {
  PW_TRY_ASSIGN(std::unique_ptr<Connection> opened,
                open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, Access::write, patience_));
  auto& made = static_cast<SqliteConnection&>(*opened);
  made.path_ = path_;  // for messages
  sqlite3_backup* const backup = sqlite3_backup_init(made.handle_.get(), "main", handle_.get(), "main");
  if (backup == nullptr) return made.error(sqlite3_errcode(made.handle_.get()));
  sqlite3_backup_step(backup, -1);
  if (const int code = sqlite3_backup_finish(backup); code != SQLITE_OK) return made.error(code);
  return opened;
}

Result<std::unique_ptr<Statement>> SqliteConnection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return error(code);
  return std::unique_ptr<Statement>(std::make_unique<SqliteStatement>(*this, statement));
}

Status SqliteConnection::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code);
  return Nothing{};
}

Result<std::int64_t> SqliteConnection::integer(std::string_view sql) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> statement, prepare(sql));
  return statement->run_for_integer();
}

Result<Ownership> SqliteConnection::ownership() {
  PW_TRY_ASSIGN(const std::int64_t application, integer("PRAGMA application_id"));
  PW_TRY_ASSIGN(const std::int64_t version, integer("PRAGMA user_version"));
  if (application == k_application_id) return Ownership{true, false, version};
  PW_TRY_ASSIGN(const std::int64_t tables, integer("SELECT count(*) FROM sqlite_schema"));
  return Ownership{false, application == 0 && version == 0 && tables == 0, version};
}

Status SqliteConnection::claim(std::int64_t version) {
  return execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", k_application_id, version));
}

std::string path_of(const std::string& address) {
  return address.substr(k_sqlite_scheme.size());
}

Result<bool> sqlite_exists(const std::string& address, const os::Patience& /*patience*/) {
  return os::exists(path_of(address));
}

Result<std::unique_ptr<Connection>> open_sqlite(const std::string& address, Access access,
                                                const os::Patience& patience) {
  const bool writes = access == Access::write;
  Result<os::Place> place =
      os::place_of(os::absolute_path(path_of(address)), writes ? os::Missing::made : os::Missing::refused);
  if (!place)
    return Error{.kind = ErrorKind::store,
                 .what = "the folder of the history cannot be used: " + place.error().what,
                 .where = place.error().where,
                 .hint = place.error().hint.empty() ? "make it writable, set `history:` elsewhere, or to off"
                                                    : place.error().hint};
  const std::string path = os::real_path(*place);
  std::error_code ignored;
  if (place->in_workspace && std::filesystem::is_symlink(std::filesystem::symlink_status(path, ignored)))
    return Error{.kind = ErrorKind::store,
                 .what = "the history is a symbolic link, and nothing is written through links below this folder",
                 .where = path,
                 .hint = "remove it, also from the repository, or name the file that it leads to"};
  // Not read-only for reading: what a killed writer left half-done is rolled back first. Where the file may not be
  // written, SQLite opens it read-only by itself.
  const int flags =
      SQLITE_OPEN_READWRITE | (writes ? SQLITE_OPEN_CREATE : 0) | (place->in_workspace ? SQLITE_OPEN_NOFOLLOW : 0);
  return SqliteConnection::open(path, flags, access, patience);
}

}  // namespace

extern const Driver k_driver_sqlite{
    .scheme = k_sqlite_scheme,
    .example = "sqlite:.perfwarden/history.db",
    .served = false,
    .exists = sqlite_exists,
    .open = open_sqlite,
};

}  // namespace perfwarden::store
