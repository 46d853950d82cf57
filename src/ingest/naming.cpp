#include "ingest/naming.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "ingest/parts.hpp"

namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_procs = "procs";

bool is_place(std::string_view key) {
  return key == "package" || key == "target";
}

std::string rendered(std::string_view plain, const std::vector<Qualifier>& shown_ones) {
  std::string before, after, last;
  for (const Qualifier& one : shown_ones) {
    if (one.value.empty()) continue;
    if (is_place(one.key))
      before += one.value + "/";
    else if (one.key == k_procs)
      last = "-" + one.value;
    else
      after += fmt::format("/{}={}", one.key, one.value);
  }
  return before + std::string(plain) + after + last;
}

// The values that one key has, by side.
using Sides = std::array<std::set<std::string>, 2>;

bool several(const Sides& sides) {
  return sides[0].size() > 1 || sides[1].size() > 1;
}

bool differ(const Sides& sides) {
  return sides[0].size() == 1 && sides[1].size() == 1 && sides[0] != sides[1];
}

// What is known of all names of both sides.
class Names {
 public:
  void learn(const Samples& samples, std::size_t side) {
    for (const Series& series : samples.series)
      learn(series.id.suite, plain_of(series.plain_name, series.id.benchmark), series.qualifiers, side);
    for (const Failure& failure : samples.failures)
      if (!failure.benchmark.empty())
        learn(failure.suite, plain_of(failure.plain_name, failure.benchmark), failure.qualifiers, side);
  }

  [[nodiscard]] std::string name(const std::string& suite, const std::string& plain,
                                 const std::vector<Qualifier>& qualifiers) const {
    std::vector<Qualifier> shown_ones;
    for (const Qualifier& one : qualifiers)
      if (several(one.key == k_procs ? procs_.at(suite) : values_.at({suite, plain, one.key})))
        shown_ones.push_back(one);
    return rendered(plain, shown_ones);
  }

  // Why the two sides of one name may not be the same; nullopt when nothing speaks for it.
  [[nodiscard]] std::optional<Warning> doubt(const std::string& suite, const std::string& plain,
                                             const std::vector<Qualifier>& qualifiers) const {
    for (const Qualifier& one : qualifiers) {
      const Sides& sides = one.key == k_procs ? procs_.at(suite) : values_.at({suite, plain, one.key});
      if (!differ(sides)) continue;
      const std::string& base = *sides[0].begin();
      const std::string& head = *sides[1].begin();
      if (one.key == k_procs)
        return Warning{
            "processors-changed",
            fmt::format("ran on {} processors on base and on {} on head (the -N of its name): measure both on "
                        "one machine",
                        base.empty() ? "1" : base, head.empty() ? "1" : head)};
      if (is_place(one.key) && !base.empty() && !head.empty())
        return Warning{"benchmark-moved",
                       fmt::format("is in the {} '{}' on base and in '{}' on head, and was compared as one benchmark "
                                   "that moved: rename one of them if they are two",
                                   one.key, shown(base), shown(head))};
    }
    return std::nullopt;
  }

  [[nodiscard]] static const std::string& plain_of(const std::string& plain, const std::string& benchmark) {
    return plain.empty() ? benchmark : plain;
  }

 private:
  void learn(const std::string& suite, const std::string& plain, const std::vector<Qualifier>& qualifiers,
             std::size_t side) {
    for (const Qualifier& one : qualifiers)
      (one.key == k_procs ? procs_[suite] : values_[{suite, plain, one.key}])[side].insert(one.value);
  }

  std::map<std::string, Sides> procs_;                  // by suite
  std::map<std::array<std::string, 3>, Sides> values_;  // by suite, plain name and key
};

void rename(Samples& samples, const Names& names, bool with_doubts) {
  for (Series& series : samples.series) {
    if (series.qualifiers.empty()) continue;
    const std::string plain = Names::plain_of(series.plain_name, series.id.benchmark);
    series.id.benchmark = names.name(series.id.suite, plain, series.qualifiers);
    if (!with_doubts) continue;
    if (auto doubt = names.doubt(series.id.suite, plain, series.qualifiers))
      series.warnings.push_back(*std::move(doubt));
  }
  for (Failure& failure : samples.failures)
    if (!failure.benchmark.empty() && !failure.qualifiers.empty())
      failure.benchmark =
          names.name(failure.suite, Names::plain_of(failure.plain_name, failure.benchmark), failure.qualifiers);
  std::stable_sort(samples.series.begin(), samples.series.end(),
                   [](const Series& a, const Series& b) { return a.id < b.id; });
  // A plain name may spell what another one's qualifiers make of it.
  const auto same = [](const Series& a, const Series& b) { return a.id == b.id; };
  for (auto twice = std::adjacent_find(samples.series.begin(), samples.series.end(), same);
       twice != samples.series.end(); twice = std::adjacent_find(samples.series.begin(), samples.series.end(), same)) {
    samples.warnings.push_back(
        {"duplicate-benchmark", fmt::format("two benchmarks are called '{}', so neither is judged: give them different "
                                            "names",
                                            shown(twice->id.path()))});
    const SeriesId id = twice->id;
    std::erase_if(samples.series, [&id](const Series& series) { return series.id == id; });
  }
}

}  // namespace

std::string full_name(std::string_view plain, const std::vector<Qualifier>& qualifiers) {
  return rendered(plain, qualifiers);
}

void name_together(Samples& base, Samples& head) {
  Names names;
  names.learn(base, 0);
  names.learn(head, 1);
  rename(base, names, false);
  rename(head, names, true);
}

}  // namespace perfwarden::ingest
