#include "app/doctor/noise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/cli/messages.hpp"
#include "app/doctor/workload.hpp"
#include "base/hash.hpp"
#include "base/table.hpp"
#include "base/text.hpp"
#include "os/files/files.hpp"
#include "os/machine/control.hpp"
#include "os/machine/disturbance.hpp"
#include "os/process/user.hpp"
#include "stats/power.hpp"
#include "stats/summary.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_fewest_pairs = 6;
constexpr double k_usual_run_s = 1;
constexpr double k_tell_every_s = 10;
constexpr double k_level = 0.005;  // one side of the 99 % interval by which budgets are judged

os::Command workload(const World& world, std::string_view name, const std::vector<int>& cpus) {
  os::Command command;
  command.argv = {"/proc/self/exe", "doctor", "--workload", std::string(name)};  // a fresh process of this program
  command.env = world.environment.for_children();
  command.cpus = cpus;
  command.timeout_s = 60;
  if (const auto user = os::unprivileged_owner_of(".")) {
    command.uid = user->uid;
    command.gid = user->gid;
  }
  return command;
}

// Runs one workload at a time and watches the machine meanwhile.
class Rounds {
 public:
  Rounds(World& world, Noise& noise)
      : world_(world),
        noise_(noise),
        cpus_(os::cpus_to_pin(os::read_host())),
        random_(fnv1a(std::to_string(world.clock.unix_s()))) {}

  Status pair(NoiseOf& of) {
    const bool swapped = random_.below(2) == 1;
    PW_TRY_ASSIGN(const double first_s, run(of.workload));
    PW_TRY_ASSIGN(const double second_s, run(of.workload));
    of.first_s.push_back(swapped ? second_s : first_s);
    of.second_s.push_back(swapped ? first_s : second_s);
    return Nothing{};
  }
  [[nodiscard]] std::vector<Warning> warnings() const { return watch_.warnings(); }

 private:
  Result<double> run(const std::string& name) {
    watch_.begin(cpus_);
    PW_TRY_ASSIGN(const os::ProcessResult result, world_.processes.run(workload(world_, name, cpus_)));
    const os::Disturbance found = watch_.end(result.usage, name);
    if (result.interrupted) return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal"};
    if (!result.ok() || !(result.usage.wall_s > 0))
      return Error{.kind = ErrorKind::benchmark,
                   .what = fmt::format("the built-in workload '{}' failed: {}", name, result.describe()),
                   .hint = text::truncate(text::one_line(result.err), 300)};
    ++noise_.runs;
    if (!found.calm()) {
      if (noise_.example.empty()) noise_.example = found.reason();
      ++noise_.disturbed;
    }
    return result.usage.wall_s;
  }

  World& world_;
  Noise& noise_;
  std::vector<int> cpus_;
  SplitMix64 random_;
  os::MachineWatch watch_;
};

std::string percent(double fraction) {
  if (!std::isfinite(fraction)) return "?";
  return fmt::format("{:.{}f} %", fraction * 100, fraction < 0.0995 ? 1 : 0);
}

std::string seconds(double value) {
  return value < 1 ? fmt::format("{:.0f} ms", value * 1000) : fmt::format("{:.1f} s", value);
}

}  // namespace

void summarise(NoiseOf& noise) {
  std::vector<double> all = noise.first_s, ratios;
  all.insert(all.end(), noise.second_s.begin(), noise.second_s.end());
  for (std::size_t i = 0; i < std::min(noise.first_s.size(), noise.second_s.size()); ++i)
    ratios.push_back(std::log(noise.second_s[i] / noise.first_s[i]));
  noise.run_s = stats::median(all);
  noise.cv = stats::coefficient_of_variation(all);
  noise.paired_sd = stats::standard_deviation(ratios);
  const double pair_s = 2 * std::max(k_usual_run_s, noise.run_s);
  for (std::size_t i = 0; i < k_detection_s.size(); ++i)
    noise.detectable[i] =
        stats::detectable_paired(noise.paired_sd, static_cast<std::size_t>(k_detection_s[i] / pair_s), k_level);
}

Result<Noise> measure_noise(World& world, double budget_s) {
  Noise noise;
  for (const std::string_view name : k_workloads) noise.of.push_back({std::string(name), {}, {}, 0, 0, 0, {}});
  Rounds rounds(world, noise);
  note(world, fmt::format("measuring the noise of this machine for about {:.0f} s", budget_s));
  const double start_s = world.clock.monotonic_s();
  double told_s = start_s, round_s = 0;
  for (std::size_t round = 0;; ++round) {
    const double now_s = world.clock.monotonic_s();
    if (round >= k_fewest_pairs && now_s - start_s + round_s > budget_s) break;
    if (now_s - told_s >= k_tell_every_s) {
      note(world, fmt::format("{:.0f} of {:.0f} s", now_s - start_s, budget_s));
      told_s = now_s;
    }
    for (NoiseOf& of : noise.of) PW_TRY(rounds.pair(of));
    round_s = world.clock.monotonic_s() - now_s;
  }
  noise.seconds = world.clock.monotonic_s() - start_s;
  noise.warnings = rounds.warnings();
  for (NoiseOf& of : noise.of) summarise(of);
  return noise;
}

std::string describe(const Noise& noise) {
  constexpr std::size_t k_width = 80;
  std::vector<std::string> seen;
  for (const NoiseOf& of : noise.of) seen.push_back(fmt::format("{} ({})", percent(of.detectable[1]), of.workload));
  std::string out = "Noise: 5 minutes show changes from " + text::join(seen, ", ") + "\n\n";
  text::Table table({{"workload", text::Align::left, 0, 0},
                     {"pairs", text::Align::right, 0, 0},
                     {"one run", text::Align::right, 0, 0},
                     {"CV", text::Align::right, 0, 0},
                     {"paired sd", text::Align::right, 0, 0},
                     {"seen in 1 min", text::Align::right, 0, 0},
                     {"5 min", text::Align::right, 0, 0},
                     {"15 min", text::Align::right, 0, 0}});
  for (const NoiseOf& of : noise.of)
    table.add({of.workload, std::to_string(of.first_s.size()), seconds(of.run_s), percent(of.cv), percent(of.paired_sd),
               percent(of.detectable[0]), percent(of.detectable[1]), percent(of.detectable[2])});
  for (const std::string& line : table.lines(k_width)) out += line + "\n";
  std::vector<std::string> notes{
      fmt::format("Identical runs in pairs, {:.0f} s in all. \"Seen\" is for one benchmark whose run takes a second, "
                  "with 80 % power at 99 % confidence; smaller changes need more runs.",
                  noise.seconds)};
  if (noise.disturbed > 0)
    notes.push_back(fmt::format("! {} of {} runs were disturbed by the machine: {}", noise.disturbed, noise.runs,
                                text::one_line(noise.example)));
  for (const Warning& warning : noise.warnings) notes.push_back("! " + text::one_line(warning.text));
  out += "\n";
  for (const std::string& one : notes)
    for (const std::string& line : text::wrap(one, k_width, one.starts_with('!') ? 2 : 0)) out += line + "\n";
  return out;
}

}  // namespace perfwarden::app
