#include "dashboard/api/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_most_terms = 20;

Term term_of(std::string word, std::size_t colon) {
  Term out;
  if (word.size() > 1 && word.front() == '-') {
    out.negated = true;
    word.erase(0, 1);
    if (colon != std::string::npos) --colon;
  }
  const bool keyed = colon != std::string::npos && colon > 0;
  if (keyed) out.key = text::lower(word.substr(0, colon));
  out.value = keyed ? word.substr(colon + 1) : word;
  return out;
}

}  // namespace

bool Term::matches(std::string_view text) const {
  const std::string low = text::lower(text);
  const std::string wanted = text::lower(value);
  if (wanted.find_first_of("*?") != std::string::npos) return text::glob_match(wanted, low);
  return low.find(wanted) != std::string::npos;
}

std::vector<Term> read_filter(std::string_view query) {
  std::vector<Term> out;
  std::string word;
  std::size_t colon = std::string::npos;
  bool quoted = false;
  const auto end_word = [&] {
    if (!word.empty() && out.size() < k_most_terms) out.push_back(term_of(word, colon));
    word.clear();
    colon = std::string::npos;
  };
  for (const char c : query) {
    if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == ' ' || c == '\t' || c == '\n')) {
      end_word();
    } else {
      if (c == ':' && !quoted && colon == std::string::npos) colon = word.size();
      word += c;
    }
  }
  end_word();
  return out;
}

bool path_matches(const SeriesId& series, const std::vector<Term>& terms) {
  if (terms.empty()) return true;
  const std::string path = series.path();
  return std::all_of(terms.begin(), terms.end(), [&](const Term& term) { return term.matches(path) != term.negated; });
}

std::vector<std::string> problems_of(const std::vector<Term>& terms, const std::vector<std::string>& keys) {
  std::vector<std::string> out;
  for (const Term& term : terms) {
    if (term.key.empty() || std::find(keys.begin(), keys.end(), term.key) != keys.end()) continue;
    const std::optional<std::string> near = text::nearest(term.key, keys);
    out.push_back(fmt::format(
        "'{}' is not a key of the query; {}", text::one_line(term.key),
        near ? fmt::format("did you mean '{}'?", *near) : fmt::format("the keys are {}", text::join(keys, ", "))));
  }
  return out;
}

}  // namespace perfwarden::dashboard
