#include "explain/fact_check.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include "explain/told_number.hpp"

namespace perfwarden::explain {
namespace {

constexpr std::string_view k_around = ".,;:!?\"'`*()[]{}<>~";

bool is_letter(char c) {
  return text::is_alphanumeric(c) && !text::is_digit(c);
}

bool has_digit(std::string_view word) {
  return std::any_of(word.begin(), word.end(), text::is_digit);
}

std::string_view bare_word(std::string_view word) {
  while (!word.empty() && k_around.find(word.front()) != std::string_view::npos) word.remove_prefix(1);
  while (!word.empty() && k_around.find(word.back()) != std::string_view::npos) word.remove_suffix(1);
  return word;
}

// `bare` is `word` without what is around it.
bool looks_like_code(std::string_view word, std::string_view bare) {
  if (word.find("::") != std::string_view::npos || word.find("()") != std::string_view::npos) return true;
  if (bare.find_first_of("_*~<>[](){}|\\&;=@#$^`\"") != std::string_view::npos) return true;
  for (std::size_t i = 1; i < bare.size(); ++i) {
    if (bare[i] == '/') return true;
    const bool inside = i + 1 < bare.size();
    if (bare[i] == '.' && inside && is_letter(bare[i - 1]) && is_letter(bare[i + 1])) return true;
    const bool capital = bare[i] >= 'A' && bare[i] <= 'Z';
    if (capital && bare[i - 1] >= 'a' && bare[i - 1] <= 'z') return true;
  }
  return false;
}

// The bytes of the character that begins at `at`.
std::size_t length_of_character(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  return end - at;
}

// What a model was told, as what a sentence is checked against.
class Known {
 public:
  explicit Known(std::string_view text) : text_(text), numbers_(numbers_of(text)) {}

  [[nodiscard]] bool says_number(const ToldNumber& number) const { return says(numbers_, number); }

  // As a whole word: "process" is in "main.process", and "proc" is not.
  [[nodiscard]] bool holds(std::string_view name) const {
    if (name.empty()) return true;
    const auto in_word = [](char c) { return text::is_alphanumeric(c) || c == '_'; };
    for (std::size_t at = text_.find(name); at != std::string_view::npos; at = text_.find(name, at + 1)) {
      const std::size_t end = at + name.size();
      const bool begins = at == 0 || !in_word(name.front()) || !in_word(text_[at - 1]);
      const bool ends = end == text_.size() || !in_word(name.back()) || !in_word(text_[end]);
      if (begins && ends) return true;
    }
    return false;
  }

  [[nodiscard]] bool holds_characters_of(std::string_view sentence) const {
    static constexpr std::array<std::string_view, 9> k_punctuation{"\u2018", "\u2019", "\u201c", "\u201d", "\u2013",
                                                                   "\u2014", "\u2026", "\u2192", "\u2011"};
    for (std::size_t at = 0; at < sentence.size();) {
      const std::size_t length = length_of_character(sentence, at);
      const std::string_view one = sentence.substr(at, length);
      const bool plain = length == 1 && static_cast<unsigned char>(one[0]) < 0x80U;
      if (!plain && std::find(k_punctuation.begin(), k_punctuation.end(), one) == k_punctuation.end() &&
          text_.find(one) == std::string_view::npos)
        return false;
      at += length;
    }
    return true;
  }

 private:
  std::string_view text_;
  std::vector<ToldNumber> numbers_;
};

bool quotes_are_known(std::string_view sentence, const Known& known) {
  for (std::size_t at = sentence.find('`'); at != std::string_view::npos;) {
    const std::size_t end = sentence.find('`', at + 1);
    if (end == std::string_view::npos || !known.holds(bare_word(sentence.substr(at + 1, end - at - 1)))) return false;
    at = sentence.find('`', end + 1);
  }
  return true;
}

// The words of one sentence, each judged with those beside it.
class Words {
 public:
  Words(std::string_view sentence, const Known& known) : known_(known) {
    for (const std::string_view word : text::split(sentence, ' '))
      if (!word.empty()) words_.push_back(word);
  }

  [[nodiscard]] bool are_known() const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      if (!is_known(i)) return false;
    return true;
  }

 private:
  [[nodiscard]] std::string_view bare(std::size_t i) const {
    return i < words_.size() ? bare_word(words_[i]) : std::string_view();
  }

  [[nodiscard]] bool is_number(std::size_t i) const {
    return i < words_.size() && (read_number(bare(i)) || spelled_number(bare(i)));
  }

  [[nodiscard]] bool is_known(std::size_t i) const {
    const std::string_view word = bare(i);
    const bool after_number = i > 0 && (is_number(i - 1) || text::lower(bare(i - 1)) == "one");
    if (unit_of(word) == "%" && text::lower(word).starts_with("p") && !text::lower(word).starts_with("point"))
      return after_number;
    if (word == "%") return after_number;
    // "1 / 3", "2 ^ 10", and "8 400" are numbers of which each part may be known.
    constexpr std::string_view k_operators = "/^*:=x";
    if (words_[i].size() == 1 && k_operators.find(words_[i][0]) != std::string_view::npos) return !after_number;
    if (std::optional<ToldNumber> number = read_number(word)) return is_known_number(i, *number);
    if (has_digit(word) || looks_like_code(words_[i], word)) return known_.holds(word);
    return is_known_word(i, word);
  }

  [[nodiscard]] bool is_known_number(std::size_t i, ToldNumber number) const {
    constexpr std::size_t k_thousands = 3;  // digits
    if (i > 0 && is_number(i - 1) && bare(i).size() == k_thousands && words_[i - 1].back() == bare(i - 1).back())
      return false;
    if (words_[i].find(bare(i)) > 0 && words_[i][words_[i].find(bare(i)) - 1] == '.') return false;  // ".5"
    if (number.unit.empty()) number.unit = unit_of(bare(i + 1));
    return known_.says_number(number);
  }

  // "one" is a number only before a unit: it also stands for a thing.
  [[nodiscard]] bool is_known_word(std::size_t i, std::string_view word) const {
    std::optional<SpelledNumber> spelled = spelled_number(word);
    const std::string_view unit = unit_of(bare(i + 1));
    if (!spelled && text::lower(word) == "one" && !unit.empty()) spelled = SpelledNumber{1.0};
    if (!spelled) return true;
    const bool alone = !(i > 0 && is_number(i - 1)) && !is_number(i + 1);
    return spelled->value && alone && known_.says_number({.value = *spelled->value, .unit = unit});
  }

  const Known& known_;
  std::vector<std::string_view> words_;
};

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
  const Known facts(known);
  CheckedText out;
  for (const std::string_view sentence : sentences_of(line)) {
    if (sentence.empty()) continue;
    const bool good = facts.holds_characters_of(sentence) && quotes_are_known(sentence, facts) &&
                      Words(sentence, facts).are_known() && out.text.size() + sentence.size() < longest;
    if (!good) {
      ++out.dropped;
      continue;
    }
    out.text += (out.text.empty() ? "" : " ") + std::string(sentence);
  }
  return out;
}

}  // namespace perfwarden::explain
