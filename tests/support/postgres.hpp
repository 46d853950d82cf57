#pragma once

#include <sys/types.h>

#include <string>

#include "support/fakes.hpp"

namespace perfwarden::support {

// A PostgresServer is a real server of this test alone: in a temporary folder, reached by a socket in it, run by
// another user where the test is root, and gone when the test is, even if it crashes. Fails the test where PostgreSQL
// is not installed.
class PostgresServer {
 public:
  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  void start();
  // As a power cut ends it: nothing is written down, clients are not told.
  void kill();
  // "postgresql://…" of an empty database of that name, which is made.
  [[nodiscard]] std::string database(const std::string& name);
  // Runs SQL as another program would: in that database, within the schema perfwarden. Gives the first line of the
  // answer, columns separated by '|'.
  [[nodiscard]] std::string ask(const std::string& name, const std::string& sql) const;

 private:
  [[nodiscard]] std::string data() const { return directory_ / "data"; }
  [[nodiscard]] bool answers() const;

  TemporaryDirectory directory_;
  pid_t server_ = -1;
};

}  // namespace perfwarden::support
