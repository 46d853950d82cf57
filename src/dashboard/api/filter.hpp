#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/series.hpp"

// The query language of alerts and series: "is:open suite:core owner:@x -metric:max_rss parse".
namespace perfwarden::dashboard {

// A Term is one word of a query. A value with '*' or '?' is a glob of the whole; else it has to occur.
struct Term {
  std::string key;  // empty: a word without a key
  std::string value;
  bool negated = false;
  [[nodiscard]] bool matches(std::string_view text) const;  // not regarding `negated` and case
};

// Words are separated by blanks; quotes keep blanks together: benchmark:"a b".
[[nodiscard]] std::vector<Term> read_filter(std::string_view query);

// Whether the path of a series is what all terms ask for; their keys do not count.
[[nodiscard]] bool path_matches(const SeriesId& series, const std::vector<Term>& terms);

// One problem for each term whose key is not among these: "'ownr' is not a key; did you mean 'owner'?".
[[nodiscard]] std::vector<std::string> problems_of(const std::vector<Term>& terms,
                                                   const std::vector<std::string>& keys);

}  // namespace perfwarden::dashboard
