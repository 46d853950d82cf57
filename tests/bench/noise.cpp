#include "bench/noise.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace perfwarden::bench {
namespace {

// A Model says what is added up; 0 = absent. Fractions and log standard deviations.
struct Model {
  double iid = 0;                         // CV of independent lognormal noise
  double mode_share = 0, mode = 0;        // this share of samples is slower by this fraction
  double ar = 0, ar_sd = 0;               // correlation of neighbours in time, and sd
  double process = 0;                     // sd of an offset that a process keeps
  double run = 0;                         // sd of a factor that a whole run keeps
  double phase = 0, ramp = 0;             // sd of a step between sides, and of a slope over the run
  double outlier_share = 0, outlier = 0;  // this share is slower by 1 + Exp(mean)
  double burst_share = 0, burst = 0;      // bursts of a noisy neighbour
};

double log_sd(double cv) {
  return std::sqrt(std::log1p(cv * cv));
}

class Synthetic final : public Setting {
 public:
  explicit Synthetic(const Model& model) : model_(model) {}

  void begin(Random& random) override {
    loading_.resize(k_benchmarks);
    for (double& value : loading_) value = 0.5 + random.uniform();
  }

  [[nodiscard]] Sides interleaved(Random& random, std::size_t samples) override {
    Sides sides;
    const double slope = random.normal() * std::hypot(model_.ramp, model_.phase);
    for (std::size_t b = 0; b < k_benchmarks; ++b) {
      std::vector<double> base(samples);
      std::vector<double> head(samples);
      double slow = random.normal() * model_.ar_sd;
      const double kept = std::pow(model_.ar, 2.0 * k_benchmarks);  // a round of all others lies between two pairs
      for (std::size_t k = 0; k < samples; ++k) {
        const bool head_first = random.chance(0.5);
        double& first = head_first ? head[k] : base[k];
        double& second = head_first ? base[k] : head[k];
        first = white(random) + random.normal() * model_.process;
        second = white(random) + random.normal() * model_.process;
        if (model_.ar > 0) {
          first += slow;
          second += model_.ar * slow + std::sqrt(1 - model_.ar * model_.ar) * model_.ar_sd * random.normal();
          slow = kept * slow + std::sqrt(1 - kept * kept) * model_.ar_sd * random.normal();
        }
        const double place = samples > 1 ? static_cast<double>(k) / static_cast<double>(samples - 1) : 0;
        first += loading_[b] * slope * place;
        second += loading_[b] * slope * (place + 1 / (2.0 * static_cast<double>(samples) * k_benchmarks));
        if (model_.burst_share > 0 && random.chance(model_.burst_share)) {
          const bool both = random.chance(0.7);
          const bool on_first = random.chance(0.5);
          if (both || on_first) first += std::log1p(model_.burst);
          if (both || !on_first) second += std::log1p(model_.burst);
        }
      }
      sides.base.push_back(std::move(base));
      sides.head.push_back(std::move(head));
    }
    return sides;
  }

  [[nodiscard]] Sides sequential(Random& random, std::size_t samples) override {
    Sides sides{one_process(random, samples), one_process(random, samples)};
    const double step = random.normal() * model_.phase;
    const double slope = random.normal() * model_.ramp;
    for (std::size_t b = 0; b < k_benchmarks; ++b) {
      const double place = 0.5 * static_cast<double>(b) / static_cast<double>(k_benchmarks - 1);
      for (double& value : sides.base[b]) value += loading_[b] * slope * place;
      for (double& value : sides.head[b]) value += loading_[b] * (step + slope * (place + 0.5));
    }
    return sides;
  }

  [[nodiscard]] std::vector<std::vector<double>> other_run(Random& random, std::size_t samples) override {
    std::vector<std::vector<double>> values = one_process(random, samples);
    const double factor = random.normal() * model_.run;
    for (std::size_t b = 0; b < k_benchmarks; ++b)
      for (double& value : values[b]) value += loading_[b] * factor;
    return values;
  }

 private:
  [[nodiscard]] double white(Random& random) const {
    double value = random.normal() * log_sd(model_.iid);
    if (model_.mode_share > 0 && random.chance(model_.mode_share)) value += std::log1p(model_.mode);
    if (model_.outlier_share > 0 && random.chance(model_.outlier_share))
      value += std::log1p(model_.outlier * random.exponential());
    return value;
  }

  [[nodiscard]] std::vector<std::vector<double>> one_process(Random& random, std::size_t samples) const {
    std::vector<std::vector<double>> values(k_benchmarks, std::vector<double>(samples));
    for (std::vector<double>& series : values) {
      const double offset = random.normal() * model_.process;
      double slow = random.normal() * model_.ar_sd;
      const std::size_t half = std::max<std::size_t>(1, samples / 2);
      const std::size_t burst_from = random.chance(model_.burst_share) ? random.below(samples) : samples;
      for (std::size_t k = 0; k < samples; ++k) {
        series[k] = white(random) + offset;
        if (k >= burst_from && k < burst_from + half) series[k] += std::log1p(model_.burst);
        if (model_.ar > 0) {
          series[k] += slow;
          slow = model_.ar * slow + std::sqrt(1 - model_.ar * model_.ar) * model_.ar_sd * random.normal();
        }
      }
    }
    return values;
  }

  Model model_;
  std::vector<double> loading_;
};

struct Recording {
  std::vector<double> base, head;
};

class Replay final : public Setting {
 public:
  explicit Replay(std::vector<Recording> recordings) : recordings_(std::move(recordings)) {}

  void begin(Random& random) override {
    chosen_.resize(k_benchmarks);
    for (std::size_t& choice : chosen_) choice = random.below(recordings_.size());
  }

  [[nodiscard]] Sides interleaved(Random& random, std::size_t samples) override {
    Sides sides;
    for (const std::size_t choice : chosen_) {
      const Recording& recording = recordings_[choice];
      const std::size_t start = random.below(recording.base.size() - samples);
      std::vector<double> base;
      std::vector<double> head;
      for (std::size_t k = start; k < start + samples; ++k) {
        const bool swap = random.chance(0.5);
        base.push_back(swap ? recording.head[k] : recording.base[k]);
        head.push_back(swap ? recording.base[k] : recording.head[k]);
      }
      sides.base.push_back(std::move(base));
      sides.head.push_back(std::move(head));
    }
    return sides;
  }

  [[nodiscard]] Sides sequential(Random& random, std::size_t samples) override {
    Sides sides;
    for (const std::size_t choice : chosen_) {
      const std::vector<double>& values = recordings_[choice].base;
      const auto start = static_cast<std::ptrdiff_t>(random.below(values.size() - 2 * samples));
      const auto middle = start + static_cast<std::ptrdiff_t>(samples);
      const auto end = middle + static_cast<std::ptrdiff_t>(samples);
      sides.base.emplace_back(values.begin() + start, values.begin() + middle);
      sides.head.emplace_back(values.begin() + middle, values.begin() + end);
    }
    return sides;
  }

  [[nodiscard]] std::vector<std::vector<double>> other_run(Random& random, std::size_t samples) override {
    return interleaved(random, samples).base;
  }

 private:
  std::vector<Recording> recordings_;
  std::vector<std::size_t> chosen_;
};

}  // namespace

std::vector<NamedSetting> synthetic_settings() {
  const auto make = [](std::string name, const Model& model) {
    return NamedSetting{std::move(name), std::make_shared<Synthetic>(model)};
  };
  return {
      make("iid CV 1 %", {.iid = .01}),
      make("iid CV 3 %", {.iid = .03}),
      make("iid CV 5 %", {.iid = .05}),
      make("iid CV 10 %", {.iid = .10}),
      make("bimodal", {.iid = .01, .mode_share = .3, .mode = .08}),
      make("AR(1)", {.iid = .01, .ar = .9, .ar_sd = .03}),
      make("process offset", {.iid = .01, .process = .02}),
      make("drift", {.iid = .02, .run = .027, .phase = .02, .ramp = .03}),
      make("heavy tail", {.iid = .02, .outlier_share = .05, .outlier = .5}),
      make("shared CI", {.iid = .015,
                         .ar = .9,
                         .ar_sd = .02,
                         .process = .01,
                         .run = .027,
                         .phase = .015,
                         .outlier_share = .02,
                         .outlier = .3,
                         .burst_share = .05,
                         .burst = .15}),
  };
}

NamedSetting replay_setting(const std::string& name, const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file);
  std::map<std::string, Recording> by_series;
  std::string line;
  std::getline(in, line);
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    std::istringstream fields(line);
    std::string series;
    std::string base;
    std::string head;
    double b = 0;
    double h = 0;
    const bool split =
        std::getline(fields, series, ',') && std::getline(fields, base, ',') && std::getline(fields, head);
    if (!split || !(std::istringstream(base) >> b) || !(std::istringstream(head) >> h) || !(b > 0) || !(h > 0))
      throw std::runtime_error(file + ":" + std::to_string(number) + ": want series,base,head with numbers above 0");
    by_series[series].base.push_back(std::log(b));
    by_series[series].head.push_back(std::log(h));
  }
  std::vector<Recording> recordings;
  for (auto& [series, recording] : by_series) {
    if (recording.base.size() < 200)
      throw std::runtime_error(file + ": series " + series + " has fewer than 200 pairs");
    recordings.push_back(std::move(recording));
  }
  if (recordings.empty()) throw std::runtime_error(file + ": no pairs");
  return {name, std::make_shared<Replay>(std::move(recordings))};
}

}  // namespace perfwarden::bench
