#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

// Noise to calibrate decisions against: what a run of benchmarks of unchanged code looks like. Values are ln(time).
namespace perfwarden::bench {

inline constexpr std::size_t k_benchmarks = 20;  // of a run

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  [[nodiscard]] double normal() { return normal_(engine_); }
  [[nodiscard]] double uniform() { return uniform_(engine_); }
  [[nodiscard]] double exponential() { return -std::log1p(-uniform()); }
  [[nodiscard]] bool chance(double p) { return uniform() < p; }
  [[nodiscard]] std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }

 private:
  std::mt19937_64 engine_;
  std::normal_distribution<double> normal_{0, 1};
  std::uniform_real_distribution<double> uniform_{0, 1};
};

struct Sides {
  std::vector<std::vector<double>> base, head;  // [benchmark][sample]
};

// A Setting makes the samples of a run under one kind of noise. `begin` starts a run; what the designs give after it
// belongs to the same run (its machine, its place in a recording).
class Setting {
 public:
  virtual ~Setting() = default;
  virtual void begin(Random& random) = 0;
  // Pairs: base and head adjacent, order by coin flip, a fresh process each.
  [[nodiscard]] virtual Sides interleaved(Random& random, std::size_t samples) = 0;
  // All of base in one process, then all of head in another: what most tools are fed.
  [[nodiscard]] virtual Sides sequential(Random& random, std::size_t samples) = 0;
  // One side alone, another time on another machine of the kind: a stored baseline.
  [[nodiscard]] virtual std::vector<std::vector<double>> other_run(Random& random, std::size_t samples) = 0;
};

struct NamedSetting {
  std::string name;
  std::shared_ptr<Setting> setting;
};
// The ten models of docs/statistics.md#confirmed-changes.
[[nodiscard]] std::vector<NamedSetting> synthetic_settings();
// Recorded pairs of identical code, one row a pair: "series,base,head" in any unit, a header line first. A run takes a
// window of one of the series for each benchmark and flips a coin for the labels of each pair. Throws
// std::runtime_error on a file that cannot be read or has too few pairs.
[[nodiscard]] NamedSetting replay_setting(const std::string& name, const std::string& file);

}  // namespace perfwarden::bench
