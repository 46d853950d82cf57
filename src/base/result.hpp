#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace perfwarden {

// An ErrorKind says which part of the system failed; app/cli/exit_code.hpp maps it to an exit code.
// `gate`: a budget is broken, so the request is refused.
enum class ErrorKind { usage, config, parse, benchmark, io, network, github, store, gate, interrupted };

// An Error is what a person needs in order to go on: what happened, where, and the cure.
struct Error {
  ErrorKind kind = ErrorKind::io;
  std::string what = {};     // one sentence, no full stop, starts lower-case; may hold hostile text
  std::string where = {};    // "file", "file:line" or "file:line:column"; empty when there is no place
  std::string hint = {};     // the cure, one sentence; empty when none is known
  std::string excerpt = {};  // offending source lines with a caret, ready to print; usually empty

  // Returns "where: error: what", the excerpt and "hint: …", one line each, no final newline.
  [[nodiscard]] std::string text() const;
};

// A Result is a value or an Error. It must be looked at. Member names follow std::expected.
//   Result<int> parse(...);
//   PW_TRY_ASSIGN(const int n, parse(text));   // returns the Error to the caller
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design
  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }
  [[nodiscard]] T value_or(T other) const& { return has_value() ? value() : std::move(other); }
  [[nodiscard]] Error& error() & { return std::get<1>(state_); }
  [[nodiscard]] const Error& error() const& { return std::get<1>(state_); }
  [[nodiscard]] Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

struct Nothing {};
using Status = Result<Nothing>;  // success without a value: `return Nothing{};`

#define PW_CONCAT_(a, b) a##b
#define PW_CONCAT(a, b) PW_CONCAT_(a, b)
#define PW_TRY(expression)                                                                          \
  do {                                                                                              \
    if (auto pw_try_result = (expression); !pw_try_result) return std::move(pw_try_result).error(); \
  } while (false)
#define PW_TRY_ASSIGN_(temporary, target, expression)  \
  auto temporary = (expression);                       \
  if (!temporary) return std::move(temporary).error(); \
  target = std::move(temporary).value()
#define PW_TRY_ASSIGN(target, expression) PW_TRY_ASSIGN_(PW_CONCAT(pw_result_, __LINE__), target, expression)

}  // namespace perfwarden
