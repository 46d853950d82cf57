#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace perfwarden {

// A Dimension is what a unit measures. Values are kept in its base unit: s, B, 1/s (op/s), B/s, 1,
// J, or the unknown unit itself.
enum class Dimension { time, bytes, rate, byte_rate, count, energy, other };

// A Unit is how a spelled unit maps to its base: value × factor = value in base.
struct Unit {
  std::string base;     // "s", "B", "op/s", "B/s", "1", "J"; the spelling itself for Dimension::other
  double factor = 1.0;  // ns → 1e-9, KiB → 1024
  Dimension dimension = Dimension::other;
};

// Knows ns us µs μs ms s m min h · B kB KB KiB MB MiB GB GiB TB TiB · op/s ops/s 1/s k/M/G
// variants, ops/ms … · B/s … · 1 "" % · J mJ uJ, and all that per operation (ms/op, B/iter). Case matters except for
// the k of kB. Never fails: an unknown unit is `other`, factor 1.
[[nodiscard]] Unit unit_of(std::string_view spelling);
// The same for what a harness wrote, which may use words in any case: "Seconds", "msec", "percent".
[[nodiscard]] Unit unit_in_words(std::string_view spelling);

// "12 ms" → {0.012, "s"}; "256MiB" → {268435456, "B"}; "5" → {5, "1"}. nullopt when the number is
// missing, not finite, or the unit is unknown.
struct Quantity {
  double value = 0;       // in base units
  std::string base_unit;  // as Unit::base
  std::string original;   // as written
  friend bool operator==(const Quantity&, const Quantity&) = default;
};
[[nodiscard]] std::optional<Quantity> parse_quantity(std::string_view text);
// Seconds of "90s", "5m", "250ms", "1h", "2d", "3w"; nullopt for anything else, or when not above
// 0.
[[nodiscard]] std::optional<double> parse_duration_s(std::string_view text);

// A value in base units as a person reads it: three significant digits, a prefix that fits:
// (0.01241, "s") → "12.4 ms", (268435456, "B") → "256 MiB", (1234567, "1") → "1.23 M", (NaN, …) →
// "–".
[[nodiscard]] std::string format_value(double value, std::string_view base_unit);
// Two values in the same prefix, so that a row can be compared by eye: {"12.4 ms", "13.3 ms"}. The
// prefix fits the larger one, and both have decimals or neither.
struct ValuePair {
  std::string first, second;
};
[[nodiscard]] ValuePair format_pair(double first, double second, std::string_view base_unit);
// Fraction as a signed percentage with a real minus sign: 0.0703 → "+7.0 %", -0.12 → "−12.0 %"; one
// decimal below 100 %, none above; 0 and what rounds to it → "0.0 %".
[[nodiscard]] std::string format_change(double fraction);
[[nodiscard]] std::string format_duration(double seconds);  // "850 ms", "12.4 s", "3 min 20 s", "2 h 05 min"

}  // namespace perfwarden
