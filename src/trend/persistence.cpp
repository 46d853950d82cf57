#include "trend/persistence.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

namespace perfwarden::trend {
namespace {

// Where a commit lies on its scale: the log of its value over that of the scale's first commit.
struct Place {
  std::size_t scale = 0;
  double level = 0;
};

// A regression that lasts, and its two levels.
struct Lasting {
  std::size_t index = 0;  // into the result
  std::size_t scale = 0;
  double middle = 0;  // between the level before and the one it made
};

// The commits of one series, by what runs said about them.
class Scales {
 public:
  // Places the run's two commits; that of the base.
  Place add(const RunWord& run) {
    const auto known = places_.find(run.base_commit);
    const Place base = known != places_.end() ? known->second : Place{scales_++, 0};
    if (!run.base_commit.empty()) places_[run.base_commit] = base;
    places_[run.commit] = {base.scale, base.level + std::log1p(run.worse_by)};
    return base;
  }

 private:
  std::map<std::string, Place> places_;
  std::size_t scales_ = 0;
};

bool says_something(const RunWord& run) {
  return std::isfinite(run.worse_by) && run.worse_by > -1 && !run.commit.empty();
}

}  // namespace

std::vector<Persistence> persistences(const SeriesWords& words) {
  std::vector<Persistence> out;
  std::vector<Lasting> lasting;
  Scales scales;
  for (const RunWord& run : words.runs) {
    if (!says_something(run)) continue;
    const Place base = scales.add(run);
    const double level = base.level + std::log1p(run.worse_by);
    // What base has already is no news of this run.
    const bool is_new = std::all_of(lasting.begin(), lasting.end(), [&](const Lasting& one) {
      return one.scale != base.scale || base.level > one.middle;
    });
    std::erase_if(lasting, [&](const Lasting& one) {
      if (one.scale != base.scale) return false;
      Persistence& known = out[one.index];
      known.newest = run.commit;
      known.recovered = level <= one.middle;
      if (!known.recovered) ++known.runs;
      return known.recovered;
    });
    if (!run.confirmed || run.worse_by <= 0 || !is_new) continue;
    lasting.push_back({out.size(), base.scale, (base.level + level) / 2});
    out.push_back({words.id, run.base_commit, run.commit, run.commit, 1, run.worse_by, false});
  }
  return out;
}

}  // namespace perfwarden::trend
