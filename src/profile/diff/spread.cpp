#include "profile/diff/spread.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/series.hpp"
#include "profile/diff/classify.hpp"
#include "profile/frame_name.hpp"
#include "stats/distributions.hpp"

namespace perfwarden::profile {
namespace {

// Samples of one run are not quite independent, so variances are multiplied by this: what repeated runs of one program
// showed, with a margin. Kernel frames, such as the end of a spin lock, cluster more.
constexpr double k_overdispersion = 1.5;
constexpr double k_kernel_overdispersion = 3;
// How much one function differs between the runs of each side.
struct Difference {
  double share = 0;  // the larger of both sides
  double count = 0;  // a run, on average
  double chi2 = 0;   // Pearson's
};
Difference difference_of(const std::array<Runs, 2>& runs, const std::array<std::vector<double>, 2>& totals,
                         bool of_shares, std::size_t function) {
  Difference out;
  double all_runs = 0;
  for (std::size_t side = 0; side < 2; ++side) {
    double sum = 0;
    for (const std::vector<double>& run : runs[side]) sum += run[function];
    const auto number = static_cast<double>(runs[side].size());
    const double p = sum / std::accumulate(totals[side].begin(), totals[side].end(), 0.0);
    out.share = std::max(out.share, p);
    out.count += sum;
    all_runs += number;
    if (!(p > 0) || (of_shares && p >= 1)) continue;
    for (std::size_t run = 0; run < runs[side].size(); ++run) {
      const double expected = of_shares ? totals[side][run] * p : sum / number;
      const double off = runs[side][run][function] - expected;
      out.chi2 += off * off / (of_shares ? expected * (1 - p) : expected);
    }
  }
  out.count /= all_runs;
  return out;
}

double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

Overdispersion overdispersion_of(const std::array<Runs, 2>& runs, const std::array<std::vector<double>, 2>& totals,
                                 bool of_shares) {
  constexpr double k_prior_df = 4;
  const std::size_t functions = runs[0].empty() ? 0 : runs[0].front().size();
  const double df = static_cast<double>(runs[0].size() + runs[1].size()) - 2;
  std::vector<double> estimates(functions, k_nan);
  std::vector<double> seen;
  std::vector<double> slopes;
  Overdispersion out;
  out.counts.assign(functions, 0);
  for (std::size_t f = 0; f < functions; ++f) {
    const Difference difference = difference_of(runs, totals, of_shares, f);
    out.counts[f] = difference.count;
    if (difference.share < k_worth_a_test) continue;
    estimates[f] = difference.chi2 / df;
    seen.push_back(estimates[f]);
    slopes.push_back(std::max(0.0, estimates[f] - 1) / difference.count);
  }
  out.typical = std::max(1.0, median_of(seen));
  // What differs from run to run by a part of itself is noisier the larger it is: 1 + c·n (as in Robinson and Smyth
  // 2008).
  out.slope = median_of(slopes);
  const double tails = stats::t_quantile(0.975, k_prior_df + df) / stats::normal_quantile(0.975);
  out.tails = tails * tails;
  for (std::size_t f = 0; f < functions; ++f) {
    const double expected = std::max(out.typical, 1 + out.slope * out.counts[f]);
    const double own = std::isnan(estimates[f]) ? expected : estimates[f];
    out.of.push_back(std::max(1.0, (k_prior_df * expected + df * own) / (k_prior_df + df)) * out.tails);
  }
  return out;
}

Spread Spread::none() {
  return {};
}

Spread Spread::assumed(const FrameTable& functions, double relative) {
  Spread out;
  for (FrameId id = 0; id < functions.size(); ++id)
    out.own_.push_back(kind_of(functions.name(id)) == FrameKind::kernel ? k_kernel_overdispersion : k_overdispersion);
  out.typical_ = k_overdispersion;
  out.slope_ = relative * relative;
  return out;
}

Spread Spread::estimated(Overdispersion runs) {
  Spread out;
  out.own_ = std::move(runs.of);
  out.counts_ = std::move(runs.counts);
  out.typical_ = runs.typical;
  out.slope_ = runs.slope;
  out.tails_ = runs.tails;
  return out;
}

double Spread::of(FrameId function, double samples) const {
  if (own_.empty()) return 1;
  if (!known()) return own_[function] + slope_ * samples;
  constexpr double k_no_more = 1 + 1e-9;
  if (samples <= counts_[function] * k_no_more) return own_[function];
  return of_group(own_[function], samples);
}

double Spread::of_group(double largest, double samples) const {
  if (own_.empty()) return 1;
  return std::max(largest, tails_ * (typical_ + slope_ * samples));
}

double Spread::relative() const {
  return std::sqrt(slope_ * tails_);
}

}  // namespace perfwarden::profile
