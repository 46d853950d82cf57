#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

#include "integration/store/records.hpp"
#include "store/store.hpp"
#include "support/fakes.hpp"
#include "support/postgres.hpp"

namespace perfwarden::store {

inline constexpr std::array k_databases{"sqlite", "postgres"};

// An AnyStore is a test that every database must pass: each gets an empty history of its own.
class AnyStore : public testing::TestWithParam<const char*> {
 protected:
  static bool on_server() { return GetParam() == std::string("postgres"); }
  // One for all tests of this process; it starts when first asked for.
  static support::PostgresServer& server() {
    static support::PostgresServer k_server;
    return k_server;
  }

  const std::string& address() {
    static int k_made = 0;
    if (address_.empty() && on_server()) {
      name_ = "history_" + std::to_string(++k_made);
      address_ = server().database(name_);
    }
    if (address_.empty()) address_ = "sqlite:" + file();
    return address_;
  }
  std::unique_ptr<Store> open_store(Access access = Access::write) {
    auto opened = store::open(address(), access);
    if (opened) return std::move(*opened);
    ADD_FAILURE() << opened.error().text();
    return nullptr;
  }
  // Runs SQL beside the store, as another program would; gives the first column of the first row.
  std::string ask(const std::string& text) {
    (void)address();
    return on_server() ? server().ask(name_, text) : store::ask(file(), text);
  }

 private:
  [[nodiscard]] std::string file() const { return directory_ / "history.db"; }

  support::TemporaryDirectory directory_;
  std::string name_, address_;
};

}  // namespace perfwarden::store
