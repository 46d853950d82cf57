#include "trend/change_points.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "stats/distributions.hpp"
#include "stats/summary.hpp"
#include "trend/noise.hpp"
#include "trend/partition.hpp"
#include "trend/ramp.hpp"

namespace perfwarden::trend {
namespace {

constexpr double k_reach = 3;        // standard deviations, of winsorising
constexpr std::size_t k_window = 7;  // values, of the median by which it is done
constexpr double k_spike_reach = 6;  // standard deviations
constexpr std::size_t k_longest_spike = 2;
constexpr double k_interval_error = 0.005;  // on each side

// A Scaled series is what is analysed: logarithms, or values relative to their median size.
struct Scaled {
  std::vector<double> values;
  std::vector<std::size_t> places;  // of values[i] in what was given
  bool logarithms = true;
  double size = 1;  // by which values were divided that are not logarithms

  [[nodiscard]] double effect(double shift) const { return logarithms ? std::expm1(shift) : shift; }
  // As a fraction of the level before the shift, as far as that is positive.
  [[nodiscard]] double change(double shift, double before) const {
    return logarithms || before <= 0 ? effect(shift) : shift * size / before;
  }
};

Scaled scaled(std::span<const double> values, std::size_t begin, std::size_t end) {
  Scaled out;
  for (std::size_t i = begin; i < end; ++i) {
    if (!std::isfinite(values[i])) continue;
    out.places.push_back(i);
    out.values.push_back(values[i]);
    out.logarithms = out.logarithms && values[i] > 0;
  }
  double& size = out.size;
  if (!out.logarithms) {
    std::vector<double> sizes;
    sizes.reserve(out.values.size());
    for (const double value : out.values) sizes.push_back(std::abs(value));
    size = stats::median(sizes);
    if (size <= 0) size = *std::max_element(sizes.begin(), sizes.end());
    if (size <= 0) size = 1;
  }
  for (double& value : out.values) value = out.logarithms ? std::log(value) : value / size;
  return out;
}

// Analysis of one epoch.
class Epoch {
 public:
  Epoch(std::span<const double> given, Scaled series, const ChangePointOptions& options)
      : given_(given), series_(std::move(series)), options_(options) {}

  void add_to(Segmentation& out);

 private:
  [[nodiscard]] double level(std::size_t begin, std::size_t end) const;
  [[nodiscard]] Change change_at(const Ramp& ramp, std::size_t left, std::size_t right) const;
  [[nodiscard]] double error_of(std::size_t left, std::size_t begin, std::size_t end, std::size_t right) const;
  [[nodiscard]] double p_of(double shift, double error) const;
  [[nodiscard]] bool is_weak(std::size_t left, std::size_t cut, std::size_t right) const;
  void remove_weak(std::vector<std::size_t>& borders) const;
  [[nodiscard]] std::vector<Ramp> ramps_of(const std::vector<std::size_t>& borders) const;
  void add_spikes(Segmentation& out, std::size_t begin, std::size_t end) const;

  std::span<const double> given_;
  Scaled series_;
  ChangePointOptions options_;
  Noise noise_;
  Sums sums_;  // of the winsorised series
};

double Epoch::level(std::size_t begin, std::size_t end) const {
  std::vector<double> values;
  values.reserve(end - begin);
  for (std::size_t i = begin; i < end; ++i) values.push_back(given_[series_.places[i]]);
  return stats::median(values);
}

// Of the difference of the means of [left, begin) and [end, right). Where their own values scatter more than
// differences of neighbours show (two modes, many outliers), by that.
double Epoch::error_of(std::size_t left, std::size_t begin, std::size_t end, std::size_t right) const {
  const auto before = static_cast<double>(begin - left);
  const auto after = static_cast<double>(right - end);
  const double own = (sums_.deviations(left, begin) + sums_.deviations(end, right)) / std::max(1.0, before + after - 2);
  Noise noise = noise_;
  noise.sd = std::max(noise.sd, std::sqrt(own));
  return noise.long_run_sd() * std::sqrt(1 / before + 1 / after);
}

// Two-sided, by a t distribution.
double Epoch::p_of(double shift, double error) const {
  if (error <= 0) return shift == 0 ? 1 : 0;
  return std::min(1.0, 2 * stats::t_upper(std::abs(shift) / error, noise_.freedom));
}

bool Epoch::is_weak(std::size_t left, std::size_t cut, std::size_t right) const {
  const double shift = sums_.mean(cut, right) - sums_.mean(left, cut);
  return std::abs(series_.effect(shift)) < options_.min_effect ||
         p_of(shift, error_of(left, cut, cut, right)) > options_.false_alarm;
}

// The weakest border first, since its removal lengthens the segments by which its neighbours are judged.
void Epoch::remove_weak(std::vector<std::size_t>& borders) const {
  while (borders.size() > 2) {
    std::size_t weakest = 0;
    double smallest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i + 1 < borders.size(); ++i) {
      if (!is_weak(borders[i - 1], borders[i], borders[i + 1])) continue;
      const double shift = std::abs(sums_.mean(borders[i], borders[i + 1]) - sums_.mean(borders[i - 1], borders[i]));
      if (shift < smallest) {
        smallest = shift;
        weakest = i;
      }
    }
    if (weakest == 0) return;
    borders.erase(borders.begin() + static_cast<std::ptrdiff_t>(weakest));
  }
}

// Neighbouring changes in one direction that a straight ramp explains better are one drift.
std::vector<Ramp> Epoch::ramps_of(const std::vector<std::size_t>& borders) const {
  const double variance = noise_.long_run_sd() * noise_.long_run_sd();
  std::vector<Ramp> out;
  for (std::size_t i = 1; i + 1 < borders.size();) {
    const auto direction = [&](std::size_t border) {
      return sums_.mean(borders[border], borders[border + 1]) > sums_.mean(borders[border - 1], borders[border]);
    };
    std::size_t last = i;
    while (last + 2 < borders.size() && direction(last + 1) == direction(i)) ++last;
    std::vector<std::size_t> group(borders.begin() + static_cast<std::ptrdiff_t>(i - 1),
                                   borders.begin() + static_cast<std::ptrdiff_t>(last + 2));
    // The drift before this one may have ended within the segment that lies between them.
    if (!out.empty()) group.front() = std::max(group.front(), out.back().end);
    if (const std::optional<Ramp> ramp = better_ramp(sums_, group, variance)) {
      out.push_back(*ramp);
    } else {
      for (std::size_t border = i; border <= last; ++border) out.push_back({borders[border], borders[border]});
    }
    i = last + 1;
  }
  return out;
}

Change Epoch::change_at(const Ramp& ramp, std::size_t left, std::size_t right) const {
  Change out;
  out.shape = ramp.begin == ramp.end ? Shape::step : Shape::drift;
  out.index = series_.places[ramp.begin];
  out.end = series_.places[ramp.end];
  out.before = level(left, ramp.begin);
  out.after = level(ramp.end, right);
  const double shift = sums_.mean(ramp.end, right) - sums_.mean(left, ramp.begin);
  const double error = error_of(left, ramp.begin, ramp.end, right);
  const double reach = stats::t_quantile(1 - k_interval_error, noise_.freedom) * error;
  out.ratio = out.before > 0 ? out.after / out.before : std::numeric_limits<double>::quiet_NaN();
  out.low = 1 + series_.change(shift - reach, out.before);
  out.high = 1 + series_.change(shift + reach, out.before);
  out.p = p_of(shift, error);
  return out;
}

void Epoch::add_spikes(Segmentation& out, std::size_t begin, std::size_t end) const {
  std::vector<double> values(series_.values.begin() + static_cast<std::ptrdiff_t>(begin),
                             series_.values.begin() + static_cast<std::ptrdiff_t>(end));
  const double middle = stats::median(values);
  const auto is_far = [&](std::size_t i) {
    const double shift = values[i] - middle;
    return std::abs(shift) > k_spike_reach * noise_.sd && std::abs(series_.effect(shift)) >= options_.min_effect;
  };
  for (std::size_t i = 0; i < values.size();) {
    std::size_t after = i;
    while (after < values.size() && is_far(after)) ++after;
    // At the end of the series nothing shows yet that it returned.
    const bool returned = after < values.size();
    if (after > i && after - i <= k_longest_spike && returned) {
      const auto largest = std::max_element(
          values.begin() + static_cast<std::ptrdiff_t>(i), values.begin() + static_cast<std::ptrdiff_t>(after),
          [&](double a, double b) { return std::abs(a - middle) < std::abs(b - middle); });
      out.spikes.push_back({series_.places[begin + static_cast<std::size_t>(largest - values.begin())],
                            1 + series_.effect(*largest - middle)});
    }
    i = std::max(after, i + 1);
  }
}

void Epoch::add_to(Segmentation& out) {
  const std::size_t n = series_.values.size();
  if (n == 0) return;
  std::vector<std::size_t> borders{0, n};
  if (n >= 2 * options_.min_segment && n >= 4) {
    noise_ = noise_of(series_.values);
    sums_ = Sums(winsorised(series_.values, noise_.sd, k_reach, k_window));
    borders = partition(sums_, noise_.long_run_sd() * noise_.long_run_sd(), options_.min_segment);
    remove_weak(borders);
    out.spread = std::max(out.spread, series_.effect(noise_.sd));
    out.autocorrelation = std::max(out.autocorrelation, noise_.autocorrelation);
  } else {
    sums_ = Sums(series_.values);
  }
  const std::vector<Ramp> ramps = ramps_of(borders);
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= ramps.size(); ++i) {
    const std::size_t end = i < ramps.size() ? ramps[i].begin : n;
    out.segments.push_back({series_.places[begin], series_.places[end - 1] + 1, level(begin, end)});
    if (n >= 4) add_spikes(out, begin, end);
    if (i == ramps.size()) break;
    out.changes.push_back(change_at(ramps[i], begin, i + 1 < ramps.size() ? ramps[i + 1].begin : n));
    if (ramps[i].end > ramps[i].begin)
      out.segments.push_back(
          {series_.places[ramps[i].begin], series_.places[ramps[i].end - 1] + 1, level(ramps[i].begin, ramps[i].end)});
    begin = ramps[i].end;
  }
}

}  // namespace

Segmentation find_changes(std::span<const double> values, std::span<const std::size_t> epochs,
                          const ChangePointOptions& options) {
  std::vector<std::size_t> cuts{0};
  for (const std::size_t epoch : epochs)
    if (epoch > cuts.back() && epoch < values.size()) cuts.push_back(epoch);
  cuts.push_back(values.size());
  Segmentation out;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i)
    Epoch(values, scaled(values, cuts[i], cuts[i + 1]), options).add_to(out);
  return out;
}

}  // namespace perfwarden::trend
