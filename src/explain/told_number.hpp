#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace perfwarden::explain {

// A ToldNumber is a number in a text: "-8.4 %" is {8.4, 1, '-', "%"}.
struct ToldNumber {
  double value = 0;
  int decimals = 0;
  char sign = 0;          // '+', '-', or 0 where none is written
  std::string_view unit;  // as unit_of says; empty: none
};

// One spelling of a unit: "percent" and "points" → "%", "times" → "x", "seconds" → "s". "scale" for what multiplies the
// number ("k", "million"). Empty for any other word.
[[nodiscard]] std::string_view unit_of(std::string_view word);

// Reads a word that is a number and nothing else: a sign, digits, commas between groups of three, decimals after a
// point, and a unit. nullopt for every other way to write one: "1e1", "0x2A", "8,4", "1/3", ".5".
[[nodiscard]] std::optional<ToldNumber> read_number(std::string_view word);

// All numbers of a text, with the units that follow them.
[[nodiscard]] std::vector<ToldNumber> numbers_of(std::string_view text);

// Whether one of `known` says the same: equal when rounded to as many decimals, of the same unit where one is told, and
// not of the other sign.
[[nodiscard]] bool says(const std::vector<ToldNumber>& known, const ToldNumber& told);

// What a word without digits says of a number. `value`: "ten". Any: it says one that is not checked ("twice", "a
// third", "dozens").
struct SpelledNumber {
  std::optional<double> value;
};
// nullopt where the word (or a part of it, between hyphens) says no number.
[[nodiscard]] std::optional<SpelledNumber> spelled_number(std::string_view word);

}  // namespace perfwarden::explain
