#include "profile/write/pprof_units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "base/text.hpp"

namespace perfwarden::profile {
namespace {

struct Unit {
  std::string_view name;                    // as printed
  std::array<std::string_view, 3> spelled;  // lower case, without the s of a plural
  double factor;
};

struct UnitFamily {
  std::span<const Unit> units;
  Unit fallback;  // for what is too small for all of them
};

constexpr std::array<Unit, 6> k_bytes{{{"B", {"b", "byte", ""}, 1},
                                       {"kB", {"kb", "kbyte", "kilobyte"}, 1024.0},
                                       {"MB", {"mb", "mbyte", "megabyte"}, 1048576.0},
                                       {"GB", {"gb", "gbyte", "gigabyte"}, 1073741824.0},
                                       {"TB", {"tb", "tbyte", "terabyte"}, 1099511627776.0},
                                       {"PB", {"pb", "pbyte", "petabyte"}, 1125899906842624.0}}};
constexpr std::array<Unit, 5> k_times{{{"ns", {"ns", "nanosecond", ""}, 1},
                                       {"us", {"μs", "us", "microsecond"}, 1e3},
                                       {"ms", {"ms", "millisecond", ""}, 1e6},
                                       {"s", {"s", "sec", "second"}, 1e9},
                                       {"hrs", {"hour", "hr", ""}, 3.6e12}}};
constexpr std::array<Unit, 9> k_gcus{{{"n*GCU", {"nanogcu", "", ""}, 1e-9},
                                      {"u*GCU", {"microgcu", "", ""}, 1e-6},
                                      {"m*GCU", {"milligcu", "", ""}, 1e-3},
                                      {"GCU", {"gcu", "", ""}, 1},
                                      {"k*GCU", {"kilogcu", "", ""}, 1e3},
                                      {"M*GCU", {"megagcu", "", ""}, 1e6},
                                      {"G*GCU", {"gigagcu", "", ""}, 1e9},
                                      {"T*GCU", {"teragcu", "", ""}, 1e12},
                                      {"P*GCU", {"petagcu", "", ""}, 1e15}}};
constexpr std::array<UnitFamily, 3> k_families{{{k_bytes, k_bytes[0]}, {k_times, k_times[3]}, {k_gcus, k_gcus[3]}}};

const Unit* find_unit(const UnitFamily& family, std::string_view name) {
  std::string word = text::lower(name);
  if (word.size() > 2 && word.ends_with('s')) word.pop_back();
  const auto spelled = [&](const Unit& unit) {
    return !word.empty() && std::find(unit.spelled.begin(), unit.spelled.end(), word) != unit.spelled.end();
  };
  const auto found = std::find_if(family.units.begin(), family.units.end(), spelled);
  return found == family.units.end() ? nullptr : &*found;
}

const Unit& largest_unit(const UnitFamily& family, double value) {
  const Unit* best = &family.fallback;
  bool any = false;
  for (const Unit& unit : family.units) {
    if (value / unit.factor < 1.0) continue;
    if (!any || unit.factor >= best->factor) best = &unit;
    any = true;
  }
  return *best;
}

}  // namespace

Scaled scaled(double value, std::string_view from, std::string_view to) {
  if (value < 0) {
    Scaled positive = scaled(-value, from, to);
    positive.value = -positive.value;
    return positive;
  }
  for (const UnitFamily& family : k_families) {
    const Unit* unit = find_unit(family, from);
    if (unit == nullptr) continue;
    const double base = value * unit->factor;
    const Unit* wanted = to == "auto" ? &largest_unit(family, base) : find_unit(family, to);
    if (wanted == nullptr) wanted = &family.fallback;
    return {base / wanted->factor, std::string(wanted->name)};
  }
  const bool plain = to == "count" || to == "sample" || to == "unit" || to == "auto";
  return {value, plain ? std::string() : std::string(to)};
}

std::string scaled_label(double value, std::string_view from, std::string_view to) {
  const Scaled in_unit = scaled(value, from, to);
  std::string number = fmt::format("{:.2f}", in_unit.value);
  if (number.ends_with(".00")) number.resize(number.size() - 3);
  if (number == "0" || number == "-0") return "0";
  return number + in_unit.unit;
}

std::string percentage(double value, double total) {
  const double percent = total == 0 ? 0 : std::abs(value / total) * 100;
  if (percent >= 99.95 && percent <= 100.05) return "  100%";
  return percent >= 1 ? fmt::format("{:5.2f}%", percent) : fmt::format("{:5.2g}%", percent);
}

}  // namespace perfwarden::profile
