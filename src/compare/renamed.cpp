#include "compare/renamed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "base/text.hpp"

namespace perfwarden::compare {
namespace {

constexpr double k_similar = 1.25;
constexpr std::size_t k_most_pairs = 20'000;
constexpr std::size_t k_longest_name = 300;

struct Benchmark {
  std::string suite, name;
  std::vector<Comparison*> series;
};

std::vector<Benchmark> benchmarks_of(std::vector<Comparison>& comparisons, Presence presence) {
  std::map<std::pair<std::string, std::string>, Benchmark> by_name;
  std::set<std::pair<std::string, std::string>> partly;
  for (Comparison& comparison : comparisons) {
    const std::pair key{comparison.id.suite, comparison.id.benchmark};
    if (comparison.presence != presence) {
      partly.insert(key);
      continue;
    }
    Benchmark& benchmark = by_name[key];
    benchmark.suite = key.first;
    benchmark.name = key.second;
    benchmark.series.push_back(&comparison);
  }
  std::vector<Benchmark> result;
  // A benchmark that the other side still has under some metric was not renamed.
  for (auto& [key, benchmark] : by_name)
    if (partly.count(key) == 0 && benchmark.name.size() <= k_longest_name) result.push_back(std::move(benchmark));
  return result;
}

const Comparison* series_of(const Benchmark& benchmark, const Metric& metric) {
  for (const Comparison* comparison : benchmark.series)
    if (comparison->metric.name == metric.name && comparison->metric.unit == metric.unit) return comparison;
  return nullptr;
}

bool similar_values(const Benchmark& base, const Benchmark& head) {
  std::size_t compared = 0;
  for (const Comparison* one : base.series) {
    const Comparison* other = series_of(head, one->metric);
    if (other == nullptr || !one->metric.primary) continue;
    const double b = one->base.median;
    const double h = other->head.median;
    if (!(b == h || (b > 0 && h > 0 && std::max(b, h) / std::min(b, h) <= k_similar))) return false;
    ++compared;
  }
  return compared > 0;
}

void mark(Benchmark& base, Benchmark& head) {
  const std::string from = text::one_line(base.name);
  const std::string to = text::one_line(head.name);
  for (Comparison* comparison : base.series) {
    comparison->renamed_to = head.name;
    comparison->warnings.push_back(
        {"renamed",
         fmt::format("'{}' looks renamed to '{}': it was not compared; rename the baseline or accept the new "
                     "name by updating it",
                     from, to)});
  }
  for (Comparison* comparison : head.series)
    comparison->warnings.push_back(
        {"renamed", fmt::format("'{}' looks like base's '{}' under a new name; it was not compared", to, from)});
}

}  // namespace

void find_renamed(std::vector<Comparison>& comparisons) {
  std::vector<Benchmark> gone = benchmarks_of(comparisons, Presence::only_base);
  std::vector<Benchmark> come = benchmarks_of(comparisons, Presence::only_head);
  if (gone.empty() || come.empty() || gone.size() > k_most_pairs / come.size()) return;
  struct Candidate {
    std::size_t distance, base, head;
  };
  std::vector<Candidate> candidates;
  for (std::size_t b = 0; b < gone.size(); ++b)
    for (std::size_t h = 0; h < come.size(); ++h) {
      if (gone[b].suite != come[h].suite || !similar_values(gone[b], come[h])) continue;
      const std::size_t distance = text::edit_distance(text::lower(gone[b].name), text::lower(come[h].name));
      const std::size_t longest = std::max(gone[b].name.size(), come[h].name.size());
      if (distance <= std::max<std::size_t>(2, longest / 3)) candidates.push_back({distance, b, h});
    }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.distance < b.distance; });
  std::set<std::size_t> used_base;
  std::set<std::size_t> used_head;
  for (const Candidate& candidate : candidates) {
    if (used_base.count(candidate.base) + used_head.count(candidate.head) > 0) continue;
    used_base.insert(candidate.base);
    used_head.insert(candidate.head);
    mark(gone[candidate.base], come[candidate.head]);
  }
}

}  // namespace perfwarden::compare
