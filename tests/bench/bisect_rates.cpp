// How often a search over commits is right and what it costs, beside plain `git bisect run` with ten pairs a step: the
// table of docs/bisect.md. Without arguments a short form, which exits 1 when a goal is missed; `bisect_rates --long`
// is the published one. Noise: recorded pairs of identical code (tests/fixtures/aa_own_machine.csv), a window of
// neighbours for each visit to a commit, and 0.2 % of its own for each build. A change that was reverted comes again an
// eighth of the range later, or more.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "bench/noise.hpp"
#include "bisect/search.hpp"
#include "stats/summary.hpp"

namespace {

using perfwarden::bench::Random;
using perfwarden::bisect::Next;
using perfwarden::bisect::Range;

constexpr double k_of_build = 0.002;
constexpr double k_broken = 0.1;                                     // of the commits
constexpr std::size_t k_of_proof = 20, k_most_of_verification = 50;  // as `check`: more pairs where there is more noise
constexpr std::size_t k_plain_pairs = 10;

enum class Kind { step, decoy, drift, revert };
constexpr const char* k_kinds[] = {"one step", "and a slow commit", "and a drift", "reverted, and again later"};

std::map<std::string, std::vector<double>> recordings() {
  std::map<std::string, std::vector<double>> out;
  std::ifstream in(PW_FIXTURES "/aa_own_machine.csv");
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string series;
    double base = 0;
    double head = 0;
    char comma = 0;
    if (std::getline(fields, series, ',') && (fields >> base >> comma >> head))
      out[series].push_back(std::log(head / base));
  }
  return out;
}

// A World is a range of commits whose truth is known. [0] is good, the last one bad.
class World {
 public:
  World(std::size_t commits, double step, Kind kind, const std::vector<double>& noise, Random& random)
      : noise_(noise), random_(random), level_(commits + 1, 0), build_(commits + 1), works_(commits + 1, true) {
    const double size = std::log1p(step);
    cause_ = 1 + random.below(commits);
    if (kind == Kind::revert) cause_ = std::max(cause_, commits * 3 / 8);
    for (std::size_t i = cause_; i <= commits; ++i) level_[i] += size;
    if (kind == Kind::revert) {
      const std::size_t window = 1 + random.below(commits / 8);
      const std::size_t first = 1 + random.below(cause_ - window - commits / 8);
      const std::size_t back = first + window;
      for (std::size_t i = first; i < back; ++i) level_[i] += size;
    }
    if (kind == Kind::drift)
      for (std::size_t i = 1; i <= commits; ++i)
        level_[i] += size / 4 * static_cast<double>(i) / static_cast<double>(commits);
    std::size_t decoy = cause_;
    while (kind == Kind::decoy && decoy == cause_) decoy = 1 + random.below(commits - 1);
    if (kind == Kind::decoy) level_[decoy] += size * (0.7 + 2 * random.uniform());
    for (std::size_t i = 1; i < commits; ++i) works_[i] = !random.chance(k_broken);
    works_[decoy == cause_ ? 0 : decoy] = true;
    for (double& build : build_) build = k_of_build * random.normal();
  }

  [[nodiscard]] std::size_t commits() const { return level_.size() - 1; }
  [[nodiscard]] std::size_t cause() const { return cause_; }
  [[nodiscard]] bool works(std::size_t commit) const { return works_[commit]; }
  void visit() { place_ = random_.below(noise_.size()); }
  double pair(std::size_t commit, std::size_t base = 0) {
    ++pairs;
    const double noise = noise_[place_++ % noise_.size()] * (random_.chance(0.5) ? 1 : -1);
    return level_[commit] + build_[commit] - level_[base] - build_[base] + noise;
  }
  std::vector<double> some(std::size_t commit, std::size_t count, std::size_t base = 0) {
    visit();
    std::vector<double> out(count);
    for (double& one : out) one = pair(commit, base);
    return out;
  }
  std::size_t pairs = 0;

 private:
  const std::vector<double>& noise_;
  Random& random_;
  std::vector<double> level_, build_;
  std::vector<bool> works_;
  std::size_t cause_ = 0, place_ = 0;
};

struct Answer {
  bool named = false, right = false;
  std::size_t pairs = 0, builds = 0;
};

Answer named(const World& world, std::size_t first, std::size_t last, std::size_t builds) {
  return {true, world.cause() >= first && world.cause() <= last, world.pairs, builds};
}

// What `perfwarden bisect` does, with the verification reduced to as many fresh pairs as
// show the step, fifty at most. The proof of B is not counted,
// but what is measured after it to know the step is.
Answer search(World world) {
  Range range(world.commits() + 1);
  range.back().pairs = world.some(world.commits(), k_of_proof);
  world.pairs = 0;
  while (!perfwarden::bisect::knows_step(range)) range.back().pairs.push_back(world.pair(world.commits()));
  std::size_t builds = 0;
  for (std::size_t i = 0; i < 400; ++i) {
    const Next next = perfwarden::bisect::next(range);
    if (next.kind == Next::Kind::stuck && next.probability < 0.5) return {false, false, world.pairs, builds};
    if (next.kind == Next::Kind::measure) {
      auto& [pairs, told, testable, changes, prior] = range[next.commit];
      if (pairs.empty()) ++builds;
      testable = world.works(next.commit);
      world.visit();
      const std::size_t before = pairs.size();
      while (testable && !perfwarden::bisect::is_enough(range, next.commit, before))
        pairs.push_back(world.pair(next.commit));
      continue;
    }
    const std::size_t parent = perfwarden::bisect::tested_before(range, next.commit);
    const std::size_t so_far = world.pairs;
    const std::size_t fresh_pairs = std::min(range.back().pairs.size(), k_most_of_verification);
    const std::vector<double> fresh = world.some(next.commit, fresh_pairs, parent);
    world.pairs = so_far;
    const double step = perfwarden::stats::median(range.back().pairs);
    if (perfwarden::stats::median(fresh) > step / 3) return named(world, next.first, next.commit, builds);
    for (std::size_t k = next.first; k <= next.commit; ++k) range[k].changes = false;
  }
  return {false, false, world.pairs, builds};
}

// git bisect run of a script that takes the median of ten pairs, and knows the step: it halves what is left, and takes
// the nearest commit that builds.
Answer plain(World world) {
  const double step = perfwarden::stats::median(world.some(world.commits(), k_of_proof));
  world.pairs = 0;
  std::size_t good = 0;
  std::size_t bad = world.commits();
  std::size_t builds = 0;
  while (bad - good > 1) {
    const auto middle = static_cast<std::ptrdiff_t>((good + bad) / 2);
    std::ptrdiff_t chosen = -1;
    for (std::ptrdiff_t i = static_cast<std::ptrdiff_t>(good) + 1; i < static_cast<std::ptrdiff_t>(bad); ++i)
      if (world.works(static_cast<std::size_t>(i)) && (chosen < 0 || std::abs(i - middle) < std::abs(chosen - middle)))
        chosen = i;
    if (chosen < 0) break;
    ++builds;
    const auto commit = static_cast<std::size_t>(chosen);
    (perfwarden::stats::median(world.some(commit, k_plain_pairs)) > step / 2 ? bad : good) = commit;
  }
  return named(world, good + 1, bad, builds);
}

struct Row {
  double right = 0, wrong = 0, pairs = 0, builds = 0;
};

void add(Row& row, const Answer& answer, double weight) {
  row.right += answer.right ? weight : 0;
  row.wrong += answer.named && !answer.right ? weight : 0;
  row.pairs += static_cast<double>(answer.pairs) * weight;
  row.builds += static_cast<double>(answer.builds) * weight;
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_long = argc > 1 && std::string_view(argv[1]) == "--long";
  const std::size_t count = is_long ? 100 : 20;
  const auto noise = recordings();
  const std::vector<std::string> series =
      is_long ? std::vector<std::string>{"alu-loop", "memory"} : std::vector<std::string>{"alu-loop"};
  fmt::print(
      "| noise | commits | step | history | right | wrong | pairs | builds | plain: right | wrong | pairs |\n"
      "|:--|--:|--:|:--|--:|--:|--:|--:|--:|--:|--:|\n");
  bool good = true;
  for (const std::string& name : series) {
    for (const std::size_t commits : {std::size_t{64}, std::size_t{256}, std::size_t{1024}}) {
      for (const double step : {0.03, 0.05, 0.1, 0.3}) {
        for (const Kind kind : {Kind::step, Kind::decoy, Kind::drift, Kind::revert}) {
          if (!is_long && commits == 1024 && step < 0.1) continue;
          Row ours;
          Row theirs;
          for (std::size_t seed = 0; seed < count; ++seed) {
            Random random(1000 * commits + seed);
            const World world(commits, step, kind, noise.at(name), random);
            add(ours, search(world), 1 / static_cast<double>(count));
            add(theirs, plain(world), 1 / static_cast<double>(count));
          }
          fmt::print(
              "| {} | {} | {:.0f} % | {} | {:.0f} % | {:.0f} % | {:.0f} | {:.0f} | {:.0f} % | {:.0f} % | {:.0f} |\n",
              name, commits, step * 100, k_kinds[static_cast<int>(kind)], ours.right * 100, ours.wrong * 100,
              ours.pairs, ours.builds, theirs.right * 100, theirs.wrong * 100, theirs.pairs);
          std::fflush(stdout);
          good = good && (name != "alu-loop" || ours.right >= (is_long ? 0.95 : 0.85));
        }
      }
    }
  }
  return good ? 0 : 1;
}
