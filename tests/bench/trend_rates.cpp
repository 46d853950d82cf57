// How often change points are found, how soon, and how often where there are none: the table of
// docs/statistics.md#change-points. Without arguments a short form, which exits 1 when a goal is missed;
// `trend_rates --long` is the published one. The short form is of the kinds of noise that have a goal.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "trend/change_points.hpp"

namespace {

using perfwarden::trend::Change;
using perfwarden::trend::find_changes;
using perfwarden::trend::Segmentation;

// A Kind makes the logarithm of a run's noise, from a source of normal and uniform numbers.
struct Kind {
  std::string name;
  double sd, autocorrelation;
  bool has_goal = false, outliers = false, two_modes = false, heavy_tail = false;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> k_kinds{{"normal, 1 %", 0.01, 0, true},
                                         {"normal, 3 %", 0.03, 0},
                                         {"AR(1) φ = 0.5, 1 %", 0.01, 0.5, true},
                                         {"1 %, and one run in twenty far slower", 0.01, 0, false, true},
                                         {"1 %, three runs in ten 8 % slower", 0.01, 0, false, false, true},
                                         {"Student's t with 3 degrees, 1 %", 0.01, 0, false, false, false, true}};
  return k_kinds;
}

class Source {
 public:
  Source(const Kind& kind, std::uint64_t seed) : kind_(kind), random_(seed), last_(kind.sd * normal_(random_)) {}
  double next() {
    if (kind_.heavy_tail) return kind_.sd * student_(random_);
    last_ = kind_.autocorrelation * last_ +
            std::sqrt(1 - kind_.autocorrelation * kind_.autocorrelation) * kind_.sd * normal_(random_);
    double out = last_;
    if (kind_.outliers && uniform_(random_) < 0.05) out += -0.5 * std::log(1 - uniform_(random_));
    if (kind_.two_modes && uniform_(random_) < 0.3) out += 0.08;
    return out;
  }
  std::vector<double> runs(std::size_t n) {
    std::vector<double> out(n);
    for (double& value : out) value = std::exp(next());
    return out;
  }

 private:
  Kind kind_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::student_t_distribution<double> student_{3};
  std::uniform_real_distribution<double> uniform_;
  double last_;
};

constexpr std::size_t k_runs = 120, k_place = 70, k_near = 3;

// Of series with one step at k_place: how it was found.
struct Found {
  double f1 = 0;          // of places within k_near runs
  std::size_t delay = 0;  // runs after the step until it is first reported: the median
  double size = 0;        // mean of the sizes reported
};

Found steps(const Kind& kind, double effect, std::size_t count) {
  double right = 0;
  double wrong = 0;
  double missed = 0;
  double size = 0;
  std::vector<std::size_t> delays;
  for (std::size_t seed = 0; seed < count; ++seed) {
    std::vector<double> values = Source(kind, 1000 + seed).runs(k_runs);
    for (std::size_t i = k_place; i < k_runs; ++i) values[i] *= 1 + effect;
    bool hit = false;
    for (const Change& change : find_changes(values, {}, {}).changes) {
      if (change.index + k_near >= k_place && change.index <= k_place + k_near && !hit) {
        hit = true;
        size += change.ratio - 1;
      } else {
        ++wrong;
      }
    }
    hit ? ++right : ++missed;
    std::size_t known = k_place + 2;
    while (known <= k_runs) {
      const auto seen = find_changes(std::span(values).first(known), {}, {}).changes;
      if (std::any_of(seen.begin(), seen.end(), [](const Change& c) { return c.index + 10 >= k_place; })) break;
      ++known;
    }
    delays.push_back(known - k_place);
  }
  std::sort(delays.begin(), delays.end());
  return {2 * right / (2 * right + wrong + missed), delays[delays.size() / 2], right > 0 ? size / right : 0};
}

// New changes reported a night, per 10 000 unchanged series that grow by a run a night for 30 nights.
double new_alerts(const Kind& kind, std::size_t series) {
  constexpr std::size_t k_nights = 30;
  double alerts = 0;
  for (std::size_t seed = 0; seed < series; ++seed) {
    const std::vector<double> values = Source(kind, 500'000 + seed).runs(k_runs);
    std::size_t known = 0;
    for (std::size_t n = k_runs - k_nights; n <= k_runs; ++n) {
      const std::size_t now = find_changes(std::span(values).first(n), {}, {}).changes.size();
      if (n > k_runs - k_nights && now > known) alerts += static_cast<double>(now - known);
      known = now;
    }
  }
  return alerts * 10'000 / static_cast<double>(series) / k_nights;
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_long = argc > 1 && std::string_view(argv[1]) == "--long";
  const std::size_t count = is_long ? 200 : 10;
  const std::size_t unchanged = is_long ? 2000 : 60;
  fmt::print(
      "| noise of a run | +5 %: F1 | runs until known | size shown | +10 %: F1 | runs until known | false alerts a "
      "night |\n"
      "|:--|--:|--:|--:|--:|--:|--:|\n");
  bool good = true;
  for (const Kind& kind : kinds()) {
    if (!is_long && !kind.has_goal) continue;
    const Found five = steps(kind, 0.05, count);
    const Found ten = steps(kind, 0.10, count);
    const double alerts = new_alerts(kind, unchanged);
    fmt::print("| {} | {:.2f} | {} | {:+.1f} % | {:.2f} | {} | {:.2f} |\n", kind.name, five.f1, five.delay,
               five.size * 100, ten.f1, ten.delay, alerts);
    std::fflush(stdout);
    if (kind.has_goal) good = good && alerts <= 1.7;  // none of 60 × 30
    if (kind.name == "normal, 1 %") good = good && five.f1 > 0.95 && five.delay <= 5 && ten.delay <= 4;
  }
  const std::vector<double> values = Source(kinds().front(), 1).runs(1000);
  const std::clock_t start = std::clock();
  const int repeats = is_long ? 20 : 1;
  std::size_t segments = 0;
  for (int i = 0; i < repeats; ++i) segments += find_changes(values, {}, {}).segments.size();
  fmt::print("\n1 000 runs: {:.2f} ms of CPU time, {} segments\n",
             1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / repeats,
             segments / static_cast<std::size_t>(repeats));
  return good ? 0 : 1;
}
