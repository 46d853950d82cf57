#include "app/pipe/sampler.hpp"

#include <algorithm>

#include "gates/demand.hpp"

namespace perfwarden::app {
namespace {

// A unit gets no more pairs than its looks and the confirming ones could want, and some in place of spoilt ones.
constexpr int k_beyond_most = 40;

std::size_t pairs_of(const SeriesId& id, const ingest::SidedSamples& samples) {
  const auto find = [&](const Samples& side) {
    const auto found =
        std::lower_bound(side.series.begin(), side.series.end(), id,
                         [](const Series& series, const SeriesId& wanted) { return series.id < wanted; });
    return found != side.series.end() && found->id == id ? &*found : nullptr;
  };
  const Series* base = find(samples.base);
  const Series* head = find(samples.head);
  if (base == nullptr || head == nullptr) return 0;
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < std::min(base->invocations.size(), head->invocations.size()); ++i)
    if (!base->invocations[i].empty() && !head->invocations[i].empty()) ++pairs;
  return pairs;
}

}  // namespace

Result<std::vector<Step>> Sampler::next(const Raw& raw) {
  const bool adaptive = std::any_of(plan_.suites.begin(), plan_.suites.end(),
                                    [](const Suite& suite) { return suite.iterations.adaptive(); });
  if (!plan_.two_sided || !adaptive) return std::vector<Step>{};
  Result<ingest::SidedSamples> samples = ingest::read(raw, plan_, config_);
  if (!samples) return std::vector<Step>{};  // told when all is read at the end
  if (next_invocation_.empty())
    for (std::size_t suite = 0; suite < plan_.suites.size(); ++suite)
      for (std::size_t c = 0; c < std::max<std::size_t>(1, plan_.suites[suite].cases.size()); ++c)
        next_invocation_[{suite, c}] = plan_.suites[suite].iterations.min;
  drop_what_brought_nothing(*samples);
  const Demands demands = gates::demands_of(config_);
  const auto progress = [&] {
    mark(*samples);
    return compare::progress_of(samples->base, samples->head, config_.statistics, demands, out_of_reach_);
  };
  std::vector<plan::MorePairs> pairs;
  for (;;) {
    compare::Progress now = progress();
    if (reserve_.move_looks(now, raw, [this](const SeriesId& id) { return unit_of(id); })) now = progress();
    pairs = now.possible ? grouped(now.wanted, *samples) : up_to_most();
    standings_ = std::move(now.standings);
    if (!now.possible || now.wanted.empty() || !pairs.empty()) break;
  }
  for (const plan::MorePairs& more : pairs) next_invocation_[{more.suite, more.case_index}] += more.count;
  return plan::more(plan_, pairs, ++batch_);
}

void Sampler::mark(ingest::SidedSamples& samples) const {
  reserve_.mark(samples.base);
  reserve_.mark(samples.head);
}

// Either its case was given up or its time is up, or the harness was asked for some benchmarks and did not know them.
void Sampler::drop_what_brought_nothing(const ingest::SidedSamples& samples) {
  for (const auto& [id, had] : asked_) {
    if (pairs_of(id, samples) > had) continue;
    const std::size_t suite = unit_of(id).first;
    if (chosen_.contains(suite))
      cannot_choose_.insert(suite);
    else
      out_of_reach_.insert(id);
  }
  asked_.clear();
  chosen_.clear();
}

std::vector<plan::MorePairs> Sampler::grouped(const std::vector<compare::Wanted>& wanted,
                                              const ingest::SidedSamples& samples) {
  struct Group {
    std::size_t pairs = 0;
    std::set<std::string> benchmarks;
  };
  std::map<Unit, Group> groups;
  for (const compare::Wanted& one : wanted) {
    const Unit unit = unit_of(one.id);
    if (next_invocation_[unit] >= plan_.suites[unit.first].iterations.max + k_beyond_most) {
      out_of_reach_.insert(one.id);
      continue;
    }
    Group& group = groups[unit];
    group.pairs = group.pairs == 0 ? one.pairs : std::min(group.pairs, one.pairs);
    group.benchmarks.insert(one.id.benchmark);
    asked_[one.id] = pairs_of(one.id, samples);
  }
  std::vector<plan::MorePairs> out;
  for (const auto& [unit, group] : groups) {
    const int first = next_invocation_[unit];
    const int most = plan_.suites[unit.first].iterations.max + k_beyond_most - first;
    out.push_back({unit.first, unit.second, first, std::min(static_cast<int>(group.pairs), most),
                   only(unit, {group.benchmarks.begin(), group.benchmarks.end()}, samples)});
    if (!out.back().only.empty()) chosen_.insert(unit.first);
  }
  return out;
}

// So few pairs can never decide: measure all of them, as with a fixed number.
std::vector<plan::MorePairs> Sampler::up_to_most() const {
  std::vector<plan::MorePairs> out;
  for (const auto& [unit, next] : next_invocation_)
    if (const int most = plan_.suites[unit.first].iterations.max; next < most)
      out.push_back({unit.first, unit.second, next, most - next, {}});
  return out;
}

// A case is the end of the benchmark's name; of several that fit, the longest.
Unit Sampler::unit_of(const SeriesId& id) const {
  Unit unit{0, 0};
  std::size_t longest = 0;
  for (std::size_t suite = 0; suite < plan_.suites.size(); ++suite) {
    if (plan_.suites[suite].name != id.suite) continue;
    unit = {suite, 0};
    const std::vector<std::string>& cases = plan_.suites[suite].cases;
    for (std::size_t c = 0; c < cases.size(); ++c) {
      if (!is_of_case(id.benchmark, cases[c]) || cases[c].size() < longest) continue;
      longest = cases[c].size();
      unit.second = c;
    }
  }
  return unit;
}

std::vector<std::string> Sampler::only(const Unit& unit, const std::vector<std::string>& benchmarks,
                                       const ingest::SidedSamples& samples) const {
  const Suite& suite = plan_.suites[unit.first];
  const ingest::Format* format = samples.formats[unit.first];
  const bool can = format != nullptr && format->only != nullptr && suite.cases.empty() && !suite.run.argv.empty() &&
                   !cannot_choose_.contains(unit.first);
  if (!can) return {};
  std::set<std::string> known;
  for (const Series& series : samples.head.series)
    if (series.id.suite == suite.name) known.insert(series.id.benchmark);
  return benchmarks.size() < known.size() ? format->only(suite.run.argv, benchmarks) : std::vector<std::string>{};
}

}  // namespace perfwarden::app
