#include "plan/shard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace perfwarden::plan {
namespace {

constexpr long long k_most_shards = 256;  // GitHub's limit of jobs in a matrix

struct Weighed {
  std::size_t suite = 0, case_index = 0;
  std::string name;  // of the case
  double seconds = 0;
};

double runs_of(const Suite& suite) {
  return suite.warmup + suite.iterations.alone();
}

std::vector<Weighed> units_of(const std::vector<Suite>& suites) {
  std::vector<Weighed> out;
  for (std::size_t s = 0; s < suites.size(); ++s)
    for (std::size_t c = 0; c < std::max<std::size_t>(1, suites[s].cases.size()); ++c)
      out.push_back({s, c, suites[s].cases.empty() ? "" : suites[s].cases[c], 0});
  return out;
}

void weigh(std::vector<Weighed>& units, const std::vector<Suite>& suites, const std::vector<UnitTime>& times) {
  std::map<std::pair<std::string, std::string>, double> known;
  for (const UnitTime& time : times)
    if (std::isfinite(time.seconds) && time.seconds > 0) known[{time.suite, time.case_name}] = time.seconds;
  double sum = 0;
  double count = 0;
  for (Weighed& unit : units) {
    const auto found = known.find({suites[unit.suite].name, unit.name});
    if (found == known.end()) continue;
    unit.seconds = found->second;
    sum += unit.seconds;
    ++count;
  }
  const double mean = count > 0 ? sum / count : 1;
  for (Weighed& unit : units) unit.seconds = (unit.seconds > 0 ? unit.seconds : mean) * runs_of(suites[unit.suite]);
}

}  // namespace

Result<Shard> parse_shard(std::string_view text) {
  const std::vector<std::string_view> parts = text::split(text, '/');
  const std::optional<long long> index = parts.size() == 2 ? text::to_integer(parts[0]) : std::nullopt;
  const std::optional<long long> count = parts.size() == 2 ? text::to_integer(parts[1]) : std::nullopt;
  if (!index || !count || *index < 1 || *index > *count || *count > k_most_shards)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("'{}' is not a shard", text::truncate(text::one_line(text), 40)),
                 .hint = fmt::format("write its number and how many shards there are: 2/5, at most {}", k_most_shards)};
  return Shard{static_cast<int>(*index), static_cast<int>(*count), ""};
}

Cut cut(const std::vector<Suite>& suites, const std::vector<UnitTime>& times, Shard shard) {
  std::vector<Weighed> units = units_of(suites);
  weigh(units, suites, times);
  std::stable_sort(units.begin(), units.end(),
                   [](const Weighed& a, const Weighed& b) { return a.seconds > b.seconds; });
  std::vector<double> load(static_cast<std::size_t>(shard.count), 0.0);
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> owner;
  for (const Weighed& unit : units) {
    const auto least = std::min_element(load.begin(), load.end());
    *least += unit.seconds;
    owner[{unit.suite, unit.case_index}] = static_cast<std::size_t>(least - load.begin());
  }
  Cut out;
  std::uint64_t hash = fnv1a(fmt::format("{}", shard.count));
  for (std::size_t s = 0; s < suites.size(); ++s) {
    Suite mine = suites[s];
    mine.cases.clear();
    bool any = false;
    for (std::size_t c = 0; c < std::max<std::size_t>(1, suites[s].cases.size()); ++c) {
      const std::string name = suites[s].cases.empty() ? "" : suites[s].cases[c];
      const std::size_t which = owner[{s, c}];
      hash = fnv1a(fmt::format("{}\x1f{}\x1f{}\x1e", suites[s].name, name, which), hash);
      if (which + 1 != static_cast<std::size_t>(shard.index)) continue;
      any = true;
      if (!suites[s].cases.empty()) mine.cases.push_back(name);
    }
    if (any) out.suites.push_back(std::move(mine));
  }
  shard.cut = hex16(hash);
  out.shard = std::move(shard);
  return out;
}

}  // namespace perfwarden::plan
