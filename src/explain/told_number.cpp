#include "explain/told_number.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "base/text.hpp"

namespace perfwarden::explain {
namespace {

constexpr std::size_t k_group = 3;  // digits between commas

std::size_t digits_at(std::string_view word, std::size_t at) {
  std::size_t end = at;
  while (end < word.size() && text::is_digit(word[end])) ++end;
  return end - at;
}

// The digits before the point, without their commas; moves `at` behind them. Empty where they are not a number.
std::string whole_part(std::string_view word, std::size_t& at) {
  std::size_t count = digits_at(word, at);
  std::string out(word.substr(at, count));
  const bool may_group = count > 0 && count <= k_group;
  at += count;
  while (at < word.size() && word[at] == ',') {
    count = digits_at(word, at + 1);
    if (!may_group || count != k_group) return {};
    out += word.substr(at + 1, count);
    at += 1 + count;
  }
  return out;
}

using Spellings = std::array<std::pair<std::string_view, std::string_view>, 46>;
constexpr Spellings k_units{{{"%", "%"},
                             {"percent", "%"},
                             {"percentage", "%"},
                             {"pct", "%"},
                             {"pp", "%"},
                             {"point", "%"},
                             {"points", "%"},
                             {"x", "x"},
                             {"times", "x"},
                             {"fold", "x"},
                             {"-fold", "x"},
                             {"ns", "ns"},
                             {"nanoseconds", "ns"},
                             {"us", "us"},
                             {"\xc2\xb5s", "us"},
                             {"microseconds", "us"},
                             {"ms", "ms"},
                             {"millisecond", "ms"},
                             {"milliseconds", "ms"},
                             {"s", "s"},
                             {"sec", "s"},
                             {"second", "s"},
                             {"seconds", "s"},
                             {"min", "min"},
                             {"minutes", "min"},
                             {"hours", "h"},
                             {"b", "b"},
                             {"byte", "b"},
                             {"bytes", "b"},
                             {"kb", "kb"},
                             {"kib", "kib"},
                             {"mb", "mb"},
                             {"mib", "mib"},
                             {"gb", "gb"},
                             {"gib", "gib"},
                             {"k", "scale"},
                             {"m", "scale"},
                             {"g", "scale"},
                             {"bn", "scale"},
                             {"dozen", "scale"},
                             {"hundred", "scale"},
                             {"thousand", "scale"},
                             {"million", "scale"},
                             {"billion", "scale"},
                             {"trillion", "scale"},
                             {"lakh", "scale"}}};

constexpr std::array<std::pair<std::string_view, double>, 27> k_cardinals{
    {{"zero", 0},      {"two", 2},       {"three", 3},    {"four", 4},     {"five", 5},       {"six", 6},
     {"seven", 7},     {"eight", 8},     {"nine", 9},     {"ten", 10},     {"eleven", 11},    {"twelve", 12},
     {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18},
     {"nineteen", 19}, {"twenty", 20},   {"thirty", 30},  {"forty", 40},   {"fifty", 50},     {"sixty", 60},
     {"seventy", 70},  {"eighty", 80},   {"ninety", 90}}};

// Words that begin so say how many times, which part, or about how many. "second" is left to unit_of.
constexpr std::array<std::string_view, 31> k_factors{
    "twice",   "thrice",   "double", "doubling",  "triple",   "tripling", "quadrupl", "quintupl",
    "tenfold", "half",     "halv",   "thirds",    "third",    "quarter",  "fourth",   "fifth",
    "sixth",   "seventh",  "eighth", "ninth",     "tenth",    "hundred",  "thousand", "million",
    "billion", "trillion", "dozen",  "magnitude", "majority", "minority", "fraction"};

}  // namespace

std::string_view unit_of(std::string_view word) {
  const std::string low = text::lower(word);
  const auto* const found =
      std::find_if(k_units.begin(), k_units.end(), [&](const auto& one) { return one.first == low; });
  return found == k_units.end() ? std::string_view() : found->second;
}

std::optional<ToldNumber> read_number(std::string_view word) {
  ToldNumber out;
  std::size_t at = 0;
  if (!word.empty() && (word[0] == '+' || word[0] == '-')) out.sign = word[at++];
  std::string digits = whole_part(word, at);
  if (digits.empty()) return std::nullopt;
  if (at < word.size() && word[at] == '.') {
    const std::size_t count = digits_at(word, at + 1);
    if (count == 0) return std::nullopt;
    digits += word.substr(at, 1 + count);
    out.decimals = static_cast<int>(count);
    at += 1 + count;
  }
  const std::optional<double> value = text::to_double(digits);
  if (!value) return std::nullopt;
  out.value = *value;
  if (at < word.size()) {
    out.unit = unit_of(word.substr(at));
    if (out.unit.empty()) return std::nullopt;
  }
  return out;
}

std::vector<ToldNumber> numbers_of(std::string_view text) {
  constexpr std::string_view k_between = " \t\n\"'(){}[]:;,=|";
  std::vector<ToldNumber> out;
  bool follows = false;  // the word before was a number without a unit
  for (std::size_t at = text.find_first_not_of(k_between); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(k_between, at), text.size());
    std::string_view word = text.substr(at, end - at);
    while (word.ends_with('.')) word.remove_suffix(1);
    if (follows) out.back().unit = unit_of(word);
    const std::optional<ToldNumber> number = read_number(word);
    if (number) out.push_back(*number);
    follows = number && number->unit.empty();
    at = text.find_first_not_of(k_between, end);
  }
  return out;
}

bool says(const std::vector<ToldNumber>& known, const ToldNumber& told) {
  const double scale = std::pow(10.0, told.decimals);
  return std::any_of(known.begin(), known.end(), [&](const ToldNumber& one) {
    if (one.decimals < told.decimals || (told.value == 0) != (one.value == 0)) return false;
    if (!told.unit.empty() && told.unit != one.unit) return false;
    if ((told.sign == '-') != (one.sign == '-') && told.sign != 0) return false;
    return std::abs(std::round(one.value * scale) - std::round(told.value * scale)) < 0.5;
  });
}

std::optional<SpelledNumber> spelled_number(std::string_view word) {
  constexpr std::string_view k_fold = "fold";
  const std::string low = text::lower(word);
  for (const auto& [name, value] : k_cardinals)
    if (low == name) return SpelledNumber{value};
  for (const std::string_view part : text::split(low, '-')) {
    if (part.empty()) continue;
    const std::string_view times = part.ends_with(k_fold) ? part.substr(0, part.size() - k_fold.size()) : part;
    const auto begins = [part](std::string_view factor) { return part.starts_with(factor); };
    const auto is = [times](const auto& cardinal) { return times == cardinal.first; };
    if (times.empty() || std::any_of(k_factors.begin(), k_factors.end(), begins) ||
        std::any_of(k_cardinals.begin(), k_cardinals.end(), is))
      return SpelledNumber{};
  }
  return std::nullopt;
}

}  // namespace perfwarden::explain
