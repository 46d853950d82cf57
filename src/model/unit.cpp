#include "model/unit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>

#include "base/text.hpp"

namespace perfwarden {
namespace {

struct Row {
  std::string_view spelling, base;
  double factor;
  Dimension dimension;
};

using enum Dimension;
constexpr double k_ki = 1024.0;
constexpr std::array k_units{
    Row{"ps", "s", 1e-12, time},
    Row{"ns", "s", 1e-9, time},
    Row{"us", "s", 1e-6, time},
    Row{"µs", "s", 1e-6, time},
    Row{"μs", "s", 1e-6, time},
    Row{"ms", "s", 1e-3, time},
    Row{"s", "s", 1, time},
    Row{"sec", "s", 1, time},
    Row{"m", "s", 60, time},
    Row{"min", "s", 60, time},
    Row{"h", "s", 3600, time},
    Row{"hr", "s", 3600, time},
    Row{"day", "s", 86400, time},
    Row{"B", "B", 1, bytes},
    Row{"bytes", "B", 1, bytes},
    Row{"kB", "B", 1e3, bytes},
    Row{"KB", "B", 1e3, bytes},
    Row{"KiB", "B", k_ki, bytes},
    Row{"MB", "B", 1e6, bytes},
    Row{"MiB", "B", k_ki* k_ki, bytes},
    Row{"GB", "B", 1e9, bytes},
    Row{"GiB", "B", k_ki* k_ki* k_ki, bytes},
    Row{"TB", "B", 1e12, bytes},
    Row{"TiB", "B", k_ki* k_ki* k_ki* k_ki, bytes},
    Row{"op/s", "op/s", 1, rate},
    Row{"ops/s", "op/s", 1, rate},
    Row{"ops/sec", "op/s", 1, rate},
    Row{"1/s", "op/s", 1, rate},
    Row{"items/s", "op/s", 1, rate},
    Row{"req/s", "op/s", 1, rate},
    Row{"/s", "op/s", 1, rate},
    Row{"Hz", "op/s", 1, rate},
    Row{"kop/s", "op/s", 1e3, rate},
    Row{"kops/s", "op/s", 1e3, rate},
    Row{"k/s", "op/s", 1e3, rate},
    Row{"Mop/s", "op/s", 1e6, rate},
    Row{"Mops/s", "op/s", 1e6, rate},
    Row{"M/s", "op/s", 1e6, rate},
    Row{"Gop/s", "op/s", 1e9, rate},
    Row{"Gops/s", "op/s", 1e9, rate},
    Row{"G/s", "op/s", 1e9, rate},
    Row{"ops/ms", "op/s", 1e3, rate},
    Row{"ops/us", "op/s", 1e6, rate},
    Row{"ops/ns", "op/s", 1e9, rate},
    Row{"B/s", "B/s", 1, byte_rate},
    Row{"kB/s", "B/s", 1e3, byte_rate},
    Row{"KB/s", "B/s", 1e3, byte_rate},
    Row{"KiB/s", "B/s", k_ki, byte_rate},
    Row{"MB/s", "B/s", 1e6, byte_rate},
    Row{"MiB/s", "B/s", k_ki* k_ki, byte_rate},
    Row{"GB/s", "B/s", 1e9, byte_rate},
    Row{"GiB/s", "B/s", k_ki* k_ki* k_ki, byte_rate},
    Row{"1", "1", 1, count},
    Row{"", "1", 1, count},
    Row{"%", "1", 0.01, count},
    Row{"allocs", "1", 1, count},
    Row{"J", "J", 1, energy},
    Row{"mJ", "J", 1e-3, energy},
    Row{"uJ", "J", 1e-6, energy},
    Row{"µJ", "J", 1e-6, energy},
};

// Units as words, in any case, also of one: "Seconds", "msec".
constexpr std::array k_unit_words{
    Row{"nanosecond", "s", 1e-9, time},  Row{"nsec", "s", 1e-9, time},      Row{"nano", "s", 1e-9, time},
    Row{"microsecond", "s", 1e-6, time}, Row{"usec", "s", 1e-6, time},      Row{"micro", "s", 1e-6, time},
    Row{"millisecond", "s", 1e-3, time}, Row{"msec", "s", 1e-3, time},      Row{"milli", "s", 1e-3, time},
    Row{"second", "s", 1, time},         Row{"minute", "s", 60, time},      Row{"hour", "s", 3600, time},
    Row{"byte", "B", 1, bytes},          Row{"kilobyte", "B", 1e3, bytes},  Row{"megabyte", "B", 1e6, bytes},
    Row{"gigabyte", "B", 1e9, bytes},    Row{"kibibyte", "B", k_ki, bytes}, Row{"mebibyte", "B", k_ki* k_ki, bytes},
    Row{"percent", "1", 0.01, count},
};

struct Prefix {
  std::string_view text;
  double factor;
};

constexpr std::array k_time_prefixes{Prefix{"ps", 1e-12}, Prefix{"ns", 1e-9}, Prefix{"µs", 1e-6}, Prefix{"ms", 1e-3},
                                     Prefix{"s", 1}};
constexpr std::array k_byte_prefixes{Prefix{"B", 1}, Prefix{"KiB", k_ki}, Prefix{"MiB", k_ki* k_ki},
                                     Prefix{"GiB", k_ki* k_ki* k_ki}, Prefix{"TiB", k_ki* k_ki* k_ki* k_ki}};
constexpr std::array k_byte_rate_prefixes{Prefix{"B/s", 1}, Prefix{"KiB/s", k_ki}, Prefix{"MiB/s", k_ki* k_ki},
                                          Prefix{"GiB/s", k_ki* k_ki* k_ki}};
constexpr std::array k_rate_prefixes{Prefix{"op/s", 1}, Prefix{"k op/s", 1e3}, Prefix{"M op/s", 1e6},
                                     Prefix{"G op/s", 1e9}};
constexpr std::array k_count_prefixes{Prefix{"", 1}, Prefix{"k", 1e3}, Prefix{"M", 1e6}, Prefix{"G", 1e9}};
constexpr std::array k_energy_prefixes{Prefix{"µJ", 1e-6}, Prefix{"mJ", 1e-3}, Prefix{"J", 1}, Prefix{"kJ", 1e3}};

std::span<const Prefix> prefixes_of(std::string_view base_unit) {
  if (base_unit == "s") return k_time_prefixes;
  if (base_unit == "B") return k_byte_prefixes;
  if (base_unit == "B/s") return k_byte_rate_prefixes;
  if (base_unit == "op/s") return k_rate_prefixes;
  if (base_unit == "1") return k_count_prefixes;
  if (base_unit == "J") return k_energy_prefixes;
  return {};
}

Prefix prefix_for(double magnitude, std::string_view base_unit) {
  const std::span<const Prefix> prefixes = prefixes_of(base_unit);
  if (prefixes.empty()) return {base_unit, 1};
  if (magnitude == 0) {
    const auto one = std::find_if(prefixes.begin(), prefixes.end(), [](const Prefix& p) { return p.factor == 1; });
    return one == prefixes.end() ? prefixes.front() : *one;
  }
  Prefix chosen = prefixes.front();
  // 0.9995: what would round to 1000 of a prefix is 1.00 of the next.
  for (const Prefix& prefix : prefixes)
    if (magnitude >= prefix.factor * 0.9995) chosen = prefix;
  return chosen;
}

bool is_whole(double value) {
  return value == std::round(value) && std::abs(value) < 1000;
}

// "12" rather than "12.0" when `whole` allows.
std::string three_digits(double value, bool whole) {
  const double magnitude = std::abs(value);
  if (magnitude >= 1e6 || (magnitude > 0 && magnitude < 1e-3)) return fmt::format("{:.3g}", value);
  if (magnitude >= 99.95 || (whole && is_whole(value))) return fmt::format("{:.0f}", value);
  if (magnitude >= 9.995) return fmt::format("{:.1f}", value);
  if (magnitude >= 0.9995 || magnitude == 0) return fmt::format("{:.2f}", value);
  return fmt::format("{:.3g}", value);
}

std::string with_prefix(double value, const Prefix& prefix, bool whole = true) {
  if (!std::isfinite(value)) return "–";
  std::string number = three_digits(value / prefix.factor, whole);
  if (number.starts_with('-')) number.replace(0, 1, "−");
  return prefix.text.empty() ? number : number + " " + std::string(prefix.text);
}

std::optional<Unit> listed_in(std::span<const Row> rows, std::string_view spelling) {
  for (const Row& row : rows)
    if (row.spelling == spelling) return Unit{std::string(row.base), row.factor, row.dimension};
  return std::nullopt;
}

std::optional<Unit> symbol(std::string_view spelling) {
  return listed_in(k_units, spelling);
}

std::optional<Unit> symbol_or_word(std::string_view spelling) {
  if (auto unit = symbol(spelling)) return unit;
  const std::string word = text::lower(spelling);
  return listed_in(k_unit_words, std::string_view(word).substr(0, word.size() - (word.ends_with('s') ? 1 : 0)));
}

template <class Listed>
Unit per_operation_or_second(std::string_view spelling, Listed listed) {
  if (auto unit = listed(spelling)) return *std::move(unit);
  for (const std::string_view each : {"/op", "/iter"}) {  // what one operation takes: "ms/op", "B/op", "allocs/op"
    if (!spelling.ends_with(each)) continue;
    auto unit = listed(spelling.substr(0, spelling.size() - each.size()));
    if (unit && (unit->dimension == time || unit->dimension == bytes || unit->base == "1")) return *std::move(unit);
  }
  for (const std::string_view second : {"/sec", "/second", "/seconds"}) {
    if (!spelling.ends_with(second)) continue;
    if (auto unit = listed(std::string(spelling.substr(0, spelling.size() - second.size())) + "/s"))
      return *std::move(unit);
  }
  return {std::string(spelling), 1.0, other};
}

}  // namespace

Unit unit_of(std::string_view spelling) {
  return per_operation_or_second(spelling, symbol);
}

Unit unit_in_words(std::string_view spelling) {
  return per_operation_or_second(spelling, symbol_or_word);
}

std::optional<Quantity> parse_quantity(std::string_view text) {
  const std::string_view whole = text::trim(text);
  const std::size_t digits = std::min(whole.find_first_not_of("0123456789.+-eE"), whole.size());
  // "5e" would swallow the e of a unit; no known unit starts with e, so this is only ever a
  // malformed exponent.
  const auto number = text::to_double(whole.substr(0, digits));
  if (!number) return std::nullopt;
  const Unit unit = unit_of(text::trim(whole.substr(digits)));
  if (unit.dimension == other || !std::isfinite(*number * unit.factor)) return std::nullopt;
  return Quantity{*number * unit.factor, unit.base, std::string(whole)};
}

std::optional<double> parse_duration_s(std::string_view text) {
  const std::string_view whole = text::trim(text);
  const std::size_t digits = std::min(whole.find_first_not_of("0123456789."), whole.size());
  const auto number = text::to_double(whole.substr(0, digits));
  if (!number || *number <= 0) return std::nullopt;
  const std::string_view unit = text::trim(whole.substr(digits));
  constexpr std::array k_rows{Prefix{"ms", 1e-3}, Prefix{"s", 1},     Prefix{"m", 60},     Prefix{"min", 60},
                              Prefix{"h", 3600},  Prefix{"d", 86400}, Prefix{"w", 604800}, Prefix{"y", 31536000}};
  for (const Prefix& row : k_rows)
    if (row.text == unit && std::isfinite(*number * row.factor)) return *number * row.factor;
  return std::nullopt;
}

std::string format_value(double value, std::string_view base_unit) {
  return with_prefix(value, prefix_for(std::abs(value), base_unit));
}

ValuePair format_pair(double first, double second, std::string_view base_unit) {
  const auto magnitude = [](double v) { return std::isfinite(v) ? std::abs(v) : 0.0; };
  const Prefix prefix = prefix_for(std::max(magnitude(first), magnitude(second)), base_unit);
  const auto whole_or_unknown = [&](double v) { return !std::isfinite(v) || is_whole(v / prefix.factor); };
  const bool whole = whole_or_unknown(first) && whole_or_unknown(second);
  return {with_prefix(first, prefix, whole), with_prefix(second, prefix, whole)};
}

std::string format_change(double fraction) {
  if (std::isnan(fraction)) return "–";
  const double percent = fraction * 100;
  if (std::isinf(percent)) return percent > 0 ? "+∞ %" : "−∞ %";
  const double magnitude = std::abs(percent);
  std::string number = magnitude >= 1e6 ? fmt::format("{:.2g}", magnitude)
                                        : fmt::format("{:.{}f}", magnitude, magnitude < 99.95 ? 1 : 0);
  if (number == "0.0") return "0.0 %";
  return (percent < 0 ? "−" : "+") + number + " %";
}

std::string format_duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "–";
  if (seconds < 0.9995) return fmt::format("{:.0f} ms", seconds * 1e3);
  if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
  const long long whole = std::llround(std::min(seconds, 1e15));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace perfwarden
