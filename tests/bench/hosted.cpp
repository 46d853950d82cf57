#include "bench/hosted.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/table.hpp"
#include "bench/trial.hpp"
#include "compare/compare.hpp"
#include "compare/past.hpp"
#include "gates/demand.hpp"

namespace perfwarden::bench {
namespace {

constexpr double k_planted = 0.10;
constexpr std::size_t k_draws = 10;  // of coins that swap the labels

struct Blocks {
  std::vector<double> base, head;
};
using Job = std::map<std::string, Blocks>;
using Jobs = std::map<std::string, Job>;

Jobs read(const std::string& file) {
  Jobs jobs;
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::array<std::string, 5> field;
    for (std::string& one : field) std::getline(fields, one, ',');
    Blocks& blocks = jobs[field[0]][field[1]];
    blocks.base.push_back(std::stod(field[3]));
    blocks.head.push_back(std::stod(field[4]));
  }
  return jobs;
}

// The benchmarks of each job with at least so many blocks, cut to that; only those whose name ends so.
Jobs cut(const Jobs& jobs, const std::string& ending, std::size_t blocks) {
  Jobs out;
  for (const auto& [number, job] : jobs)
    for (const auto& [name, all] : job) {
      if (!name.ends_with(ending) || all.base.size() < blocks) continue;
      Blocks& some = out[number][name];
      some.base.assign(all.base.begin(), all.base.begin() + static_cast<std::ptrdiff_t>(blocks));
      some.head.assign(all.head.begin(), all.head.begin() + static_cast<std::ptrdiff_t>(blocks));
    }
  return out;
}

Samples side(const Job& job, const std::string& session, bool head) {
  Samples samples;
  samples.run.session = session;
  samples.run.machine.fingerprint = "0123456789abcdef";
  for (const auto& [name, blocks] : job) {
    Series series;
    series.id = {"imported", name, "wall_time"};
    series.metric = {"wall_time", "s", Better::lower, false, true};
    for (const double value : head ? blocks.head : blocks.base) series.invocations.push_back({value});
    samples.series.push_back(std::move(series));
  }
  return samples;
}

void plant(Job& job, std::size_t first, std::size_t count) {
  std::size_t at = 0;
  for (auto& [name, blocks] : job) {
    const std::size_t place = (at++ + job.size() - first) % job.size();
    if (place < count)
      for (double& value : blocks.head) value *= 1 + k_planted;
  }
}

// What became of the benchmarks that were looked at, and of the runs.
struct Tally {
  std::size_t runs = 0, failed = 0;
  std::vector<Told> watched;

  void judge(const Samples& base, const Samples& head, const Config& config, const std::vector<bool>& watch,
             const Past& past) {
    const Trial trial = trial_of(compare::all(base, head, config.statistics, past, gates::demands_of(config)), config);
    ++runs;
    failed += trial.fails ? 1U : 0U;
    for (std::size_t i = 0; i < trial.benchmarks.size(); ++i)
      if (watch[i]) watched.push_back(trial.benchmarks[i]);
  }
  void print(const std::string& measured, const std::string& change, bool of_runs) const {
    const Fate fate = fate_of(watched);
    print_row("hosted runners", measured, change, of_runs ? percent_of(static_cast<double>(failed), runs) : fate.fails,
              of_runs ? runs : watched.size(), fate);
  }
};

void interleaved(const Jobs& jobs, const Config& config, const std::string& name) {
  Tally recorded;
  Tally flipped;
  std::mt19937_64 coin(1);
  for (const auto& [number, job] : jobs) {
    const std::vector<bool> all(job.size(), true);
    recorded.judge(side(job, number, false), side(job, number, true), config, all, {});
    for (std::size_t draw = 0; draw < k_draws; ++draw) {
      Job mixed = job;
      for (auto& [benchmark, blocks] : mixed)
        for (std::size_t i = 0; i < blocks.base.size(); ++i)
          if (coin() % 2 == 0) std::swap(blocks.base[i], blocks.head[i]);
      flipped.judge(side(mixed, number, false), side(mixed, number, true), config, all, {});
    }
  }
  recorded.print(name, "unchanged runs, as recorded", true);
  flipped.print(name, "unchanged runs, labels flipped", true);
  for (const std::size_t count : {std::size_t{1}, std::size_t{3}, std::size_t{6}}) {
    Tally tally;
    for (const auto& [number, job] : jobs)
      for (std::size_t first = 0; first < (count == 1 ? job.size() : 1); ++first) {
        Job slower = job;
        plant(slower, first, count);
        std::vector<bool> watched;
        for (std::size_t at = 0; at < job.size(); ++at)
          watched.push_back((at + job.size() - first) % job.size() < count);
        tally.judge(side(slower, number, false), side(slower, number, true), config, watched, {});
      }
    tally.print(name, fmt::format("{:+.0f} % in {} of 6", 100 * k_planted, count), false);
  }
}

void cached(const Jobs& jobs, const Config& config, std::size_t window, double factor) {
  Tally tally;
  std::vector<Samples> past;
  for (const auto& [number, job] : jobs) {
    if (past.size() == std::max<std::size_t>(1, window)) {
      Job slower = job;
      for (auto& [name, blocks] : slower)
        for (double& value : blocks.base) value *= factor;
      const Past known = window > 1 ? compare::past_of(past) : Past{};
      tally.judge(past.back(), side(slower, number + "later", false), config, std::vector<bool>(job.size(), true),
                  known);
      past.erase(past.begin());
    }
    past.push_back(side(job, number, false));
  }
  tally.print(fmt::format("the job before, {} known", window),
              factor == 1 ? "unchanged runs" : fmt::format("{:+.0f} % in all", 100 * (factor - 1)), factor == 1);
}

}  // namespace

void print_hosted(const std::string& file) {
  const Jobs jobs = read(file);
  if (jobs.empty()) throw std::runtime_error("no jobs in " + file);
  const Config config = config_of_trials();
  interleaved(cut(jobs, "x30", 30), config, "30 blocks");
  interleaved(cut(jobs, "x30", 10), config, "10 blocks");
  interleaved(cut(jobs, "x5", 5), config, "5 blocks");
  for (const std::size_t window : {1U, 10U, 30U})
    for (const double factor : {1.0, 1.1, 1.7, 3.0}) cached(jobs, config, window, factor);
}

}  // namespace perfwarden::bench
