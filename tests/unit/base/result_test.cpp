#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace perfwarden {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return Error{.kind = ErrorKind::parse, .what = "odd", .where = "file:3"};
  return n / 2;
}

Result<int> quarter(int n) {
  PW_TRY_ASSIGN(const int h, half(n));
  PW_TRY_ASSIGN(const int q, half(h));
  return q;
}

Status even(int n) {
  PW_TRY(half(n));
  return Nothing{};
}

TEST(Result, CarriesAValueOrAnError) {
  EXPECT_EQ(*half(4), 2);
  EXPECT_FALSE(half(3).has_value());
  EXPECT_EQ(half(3).value_or(7), 7);
  EXPECT_EQ(half(3).error().what, "odd");
}

TEST(Result, TryGivesTheErrorToTheCaller) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(quarter(6).error().where, "file:3");
  EXPECT_TRUE(even(2).has_value());
  EXPECT_EQ(even(1).error().kind, ErrorKind::parse);
}

TEST(Result, MovesWhatCannotBeCopied) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(5); };
  const auto pass = [&]() -> Result<std::unique_ptr<int>> {
    PW_TRY_ASSIGN(std::unique_ptr<int> value, make());
    return value;
  };
  EXPECT_EQ(**pass(), 5);
}

TEST(ErrorText, SaysWhatWhereAndTheCure) {
  Error error{.kind = ErrorKind::config,
              .what = "unknown key 'parzer'",
              .where = "perfwarden.yml:7:5",
              .hint = "did you mean 'parser'?",
              .excerpt = "  7 | parzer: x\n    | ^^^^^^"};
  EXPECT_EQ(
      error.text(),
      "perfwarden.yml:7:5: error: unknown key 'parzer'\n  7 | parzer: x\n    | ^^^^^^\nhint: did you mean 'parser'?");
  EXPECT_EQ((Error{.kind = ErrorKind::io, .what = "it broke"}).text(), "error: it broke");
}

}  // namespace
}  // namespace perfwarden
