#pragma once

#include <sys/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace perfwarden::os {

[[nodiscard]] double seconds(const timeval& time);

// Clock is the interface to time; tests use a clock of their own.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual double monotonic_s() const = 0;
  [[nodiscard]] virtual std::int64_t unix_s() const = 0;
  virtual void sleep_s(double seconds) = 0;  // ends early when a signal asks us to stop
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] double monotonic_s() const override;
  [[nodiscard]] std::int64_t unix_s() const override;
  void sleep_s(double seconds) override;
};

[[nodiscard]] std::string rfc3339(std::int64_t unix_s);  // "2026-11-21T10:00:00Z"
// The inverse, for exactly that form; nullopt for any other text.
[[nodiscard]] std::optional<std::int64_t> read_rfc3339(std::string_view text);

}  // namespace perfwarden::os
