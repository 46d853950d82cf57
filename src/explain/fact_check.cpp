#include "explain/fact_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/text.hpp"

namespace perfwarden::explain {
namespace {

struct Number {
  double value = 0;
  int decimals = 0;
};

// The numbers of a text. Digits within a word ("utf8", "parse2") are part of a name.
std::vector<Number> numbers_of(std::string_view text) {
  std::vector<Number> out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!text::is_digit(text[i])) continue;
    const bool in_word = i > 0 && (text::is_alphanumeric(text[i - 1]) || text[i - 1] == '_');
    std::size_t end = i;
    std::optional<std::size_t> point;
    while (end < text.size() && (text::is_digit(text[end]) || (text[end] == '.' && !point && end + 1 < text.size() &&
                                                               text::is_digit(text[end + 1])))) {
      if (text[end] == '.') point = end;
      ++end;
    }
    const auto value = text::to_double(text.substr(i, end - i));
    if (value && !in_word) out.push_back({*value, point ? static_cast<int>(end - *point - 1) : 0});
    i = end;
  }
  return out;
}

bool is_known(const Number& number, const std::vector<Number>& known) {
  const double scale = std::pow(10.0, number.decimals);
  return std::any_of(known.begin(), known.end(), [&](const Number& one) {
    return std::abs(std::round(one.value * scale) - std::round(number.value * scale)) < 0.5 &&
           one.decimals >= number.decimals;
  });
}

bool is_letter(char c) {
  return text::is_alphanumeric(c) && !text::is_digit(c);
}

bool looks_like_code(std::string_view word) {
  if (word.find("::") != std::string_view::npos || word.find("()") != std::string_view::npos) return true;
  for (std::size_t i = 1; i < word.size(); ++i) {
    const bool inside = i + 1 < word.size();
    if (word[i] == '_' || (word[i] == '/' && inside)) return true;
    if (word[i] == '.' && inside && is_letter(word[i - 1]) && is_letter(word[i + 1])) return true;
    const bool capital = word[i] >= 'A' && word[i] <= 'Z';
    if (capital && word[i - 1] >= 'a' && word[i - 1] <= 'z') return true;
  }
  return false;
}

std::string_view bare_word(std::string_view word) {
  constexpr std::string_view k_around = ".,;:!?\"'`*()[]{}<>";
  while (!word.empty() && k_around.find(word.front()) != std::string_view::npos) word.remove_prefix(1);
  while (!word.empty() && k_around.find(word.back()) != std::string_view::npos) word.remove_suffix(1);
  return word;
}

bool names_are_known(std::string_view sentence, std::string_view known) {
  const auto holds = [known](std::string_view name) {
    return name.empty() || known.find(name) != std::string_view::npos;
  };
  for (std::size_t at = sentence.find('`'); at != std::string_view::npos;) {
    const std::size_t end = sentence.find('`', at + 1);
    if (end == std::string_view::npos) return false;
    if (!holds(bare_word(sentence.substr(at + 1, end - at - 1)))) return false;
    at = sentence.find('`', end + 1);
  }
  for (const std::string_view word : text::split(sentence, ' '))
    if (looks_like_code(word) && !holds(bare_word(word))) return false;
  return true;
}

// Cut after ". ", "! " and "? ".
std::vector<std::string_view> sentences_of(std::string_view text) {
  std::vector<std::string_view> out;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool ends =
        (text[i] == '.' || text[i] == '!' || text[i] == '?') && (i + 1 == text.size() || text[i + 1] == ' ');
    if (!ends) continue;
    out.push_back(text::trim(text.substr(begin, i + 1 - begin)));
    begin = i + 1;
  }
  if (begin < text.size()) out.push_back(text::trim(text.substr(begin)));
  return out;
}

}  // namespace

CheckedText keep_known(std::string_view text, std::string_view known, std::size_t longest) {
  const std::string line = text::one_line(text);
  const std::vector<Number> numbers = numbers_of(known);
  CheckedText out;
  for (const std::string_view sentence : sentences_of(line)) {
    if (sentence.empty()) continue;
    const std::vector<Number> told = numbers_of(sentence);
    const bool good =
        std::all_of(told.begin(), told.end(), [&](const Number& one) { return is_known(one, numbers); }) &&
        names_are_known(sentence, known) && out.text.size() + sentence.size() < longest;
    if (!good) {
      ++out.dropped;
      continue;
    }
    out.text += (out.text.empty() ? "" : " ") + std::string(sentence);
  }
  return out;
}

}  // namespace perfwarden::explain
