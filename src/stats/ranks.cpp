#include "stats/ranks.hpp"

#include <algorithm>
#include <numeric>

namespace perfwarden::stats {

std::vector<std::uint64_t> doubled_midranks(std::span<const double> values, std::vector<TieGroup>* groups) {
  struct Entry {
    double value;
    std::size_t place;
  };
  std::vector<Entry> entries(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) entries[i] = {values[i], i};
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.value < b.value; });
  if (groups != nullptr) groups->clear();
  std::vector<std::uint64_t> ranks(values.size());
  for (std::size_t begin = 0; begin < entries.size();) {
    std::size_t end = begin + 1;
    while (end < entries.size() && entries[end].value == entries[begin].value) ++end;
    const std::uint64_t rank = 2 * begin + (end - begin) + 1;
    for (std::size_t i = begin; i < end; ++i) ranks[entries[i].place] = rank;
    if (groups != nullptr) groups->push_back({end - begin, rank});
    begin = end;
  }
  return ranks;
}

double tie_term(std::span<const TieGroup> groups) {
  double sum = 0;
  for (const TieGroup& group : groups) {
    const auto t = static_cast<double>(group.count);
    sum += t * (t * t - 1);
  }
  return sum;
}

}  // namespace perfwarden::stats
