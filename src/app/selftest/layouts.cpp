#include "app/selftest/layouts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <utility>

#include "app/cli/messages.hpp"
#include "app/pipe/aligned_builds.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/trial.hpp"
#include "app/selftest/twins.hpp"
#include "base/text.hpp"
#include "model/unit.hpp"
#include "os/clock.hpp"
#include "os/files/files.hpp"
#include "os/machine/toolchain.hpp"
#include "plan/make.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_least_unused_bytes = 16, k_most_unused_bytes = 4096;  // of unused code: within a page

// Every suite with this many pairs, decided or not.
Config with_pairs(Config config, const LayoutOptions& options) {
  std::erase_if(config.suites, [&options](const Suite& suite) {
    return !options.suites.empty() &&
           std::find(options.suites.begin(), options.suites.end(), suite.name) == options.suites.end();
  });
  for (Suite& suite : config.suites) {
    suite.iterations.min = suite.iterations.max = static_cast<int>(options.pairs);
    suite.count_allocations = suite.count_instructions = false;
  }
  return config;
}

// An object file of code that nothing calls; kept by linkers that drop what nothing refers to.
Result<std::string> unused_code(World& world, const std::string& folder, std::size_t bytes) {
  os::Command command;
  command.env = world.environment.for_children();
  command.cwd = folder;
  command.timeout_s = 60;
  const std::string compiler = os::find_program(world.environment.get("PATH").value_or(""), "cc");
  const std::string path = fmt::format("{}/unused-{}.o", folder, bytes);
  for (const char* flags : {"axR", "ax"}) {
    PW_TRY(os::write_file(folder + "/unused.s", fmt::format(".section .text.unlikely,\"{}\",@progbits\n.skip {}\n"
                                                            ".section .note.GNU-stack,\"\",@progbits\n",
                                                            flags, bytes)));
    command.argv = {compiler.empty() ? "cc" : compiler, "-c", "unused.s", "-o", path};
    PW_TRY_ASSIGN(const os::ProcessResult result, world.processes.run(command));
    if (result.ok()) return path;
  }
  return Error{.kind = ErrorKind::benchmark,
               .what = "the code that moves the others could not be assembled by " + text::one_line(compiler),
               .hint = "install a C compiler (cc)"};
}

Result<Report> against_itself(World& world, const Config& config, const TunedMachine& machine,
                              const std::string& object, std::uint64_t seed, std::vector<std::string>& not_moved) {
  PW_TRY_ASSIGN(const Twins twins, Twins::make(world, config));
  Selected all;
  PW_TRY_ASSIGN(all.plan, plan::make(config, {{}, true, seed}));
  all.plan.first_object = object;
  PW_TRY_ASSIGN(const Trial trial, measure_trial(world, config, {}, machine, std::move(all), twins.checkouts()));
  if (!trial.measured.base_not_built.empty())
    return Error{.kind = ErrorKind::benchmark, .what = trial.measured.base_not_built};
  if (trial.measured.interrupted) return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal"};
  for (const std::string& suite : suites_with_equal_programs(config, trial.checkouts))
    if (std::find(not_moved.begin(), not_moved.end(), suite) == not_moved.end()) not_moved.push_back(suite);
  ReportFacts facts;
  facts.seed = seed;
  return make_report(trial.base, trial.measured.samples.head, config, facts, world.clock);
}

}  // namespace

Result<MeasuredLayouts> measure_layouts(World& world, const Config& given, const TunedMachine& machine,
                                        const LayoutOptions& options) {
  const Config config = with_pairs(given, options);
  const bool builds = std::any_of(config.suites.begin(), config.suites.end(),
                                  [](const Suite& suite) { return !suite.build.empty() || !suite.setup.empty(); });
  if (!builds)
    return Error{.kind = ErrorKind::usage,
                 .what = "no suite is built, so that its code cannot be moved",
                 .hint = "add `build:` to the suite"};
  PW_TRY_ASSIGN(const std::string work, work_folder());
  PW_TRY(os::make_directories(work + "/layouts"));
  std::mt19937_64 random(options.seed);
  std::uniform_int_distribution<std::size_t> size(k_least_unused_bytes, k_most_unused_bytes);
  MeasuredLayouts out;
  std::vector<Report> reports;
  for (std::size_t i = 0; i < options.layouts; ++i) {
    const std::size_t bytes = size(random);
    note(world, fmt::format("layout {} of {}: {} bytes in front", i + 1, options.layouts, bytes));
    PW_TRY_ASSIGN(const std::string object, unused_code(world, work + "/layouts", bytes));
    PW_TRY_ASSIGN(Report report, against_itself(world, config, machine, object, options.seed + i, out.not_moved));
    reports.push_back(std::move(report));
  }
  out.ranges.ranges = ranges_of(reports);
  std::erase_if(out.ranges.ranges, [&out](const PlacementRange& one) {
    return std::find(out.not_moved.begin(), out.not_moved.end(), one.id.suite) != out.not_moved.end();
  });
  out.ranges.layouts = reports.size();
  out.ranges.commit = repository(world).resolve("HEAD").value_or("");
  out.ranges.time = os::rfc3339(world.clock.unix_s());
  out.ranges.fingerprint = machine.machine().fingerprint;
  return out;
}

std::vector<PlacementRange> ranges_of(const std::vector<Report>& layouts) {
  std::map<SeriesId, PlacementRange> found;
  std::map<SeriesId, std::vector<double>> errors;
  for (const Report& layout : layouts)
    for (const Comparison& one : layout.comparisons) {
      const bool timed = !one.metric.deterministic && (one.metric.unit == "s" || one.metric.unit.ends_with("/s"));
      if (!timed || !std::isfinite(one.ratio)) continue;
      PlacementRange& range = found.try_emplace(one.id, PlacementRange{.id = one.id}).first->second;
      range.low = std::min(range.low, one.ratio - 1);
      range.high = std::max(range.high, one.ratio - 1);
      if (std::isfinite(one.ratio_interval.low) && std::isfinite(one.ratio_interval.high))
        errors[one.id].push_back((one.ratio_interval.high - one.ratio_interval.low) / 2);
    }
  std::vector<PlacementRange> out;
  for (auto& [id, range] : found) {
    std::vector<double>& all = errors[id];
    if (!all.empty()) {
      const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
      std::nth_element(all.begin(), middle, all.end());
      range.error = *middle;
    }
    out.push_back(range);
  }
  return out;
}

std::string text_of(const MeasuredLayouts& layouts) {
  std::string out =
      fmt::format("What placement alone does, over {} layouts of the same code\n\n", layouts.ranges.layouts);
  for (const PlacementRange& one : layouts.ranges.ranges) {
    const double most = std::max(std::abs(one.low), one.high);
    out +=
        fmt::format("  {} {}: {} … {}, each ± {:.1f} %; {}\n", text::one_line(one.id.suite + "/" + one.id.benchmark),
                    text::one_line(one.id.metric), format_change(one.low), format_change(one.high), one.error * 100,
                    most > one.error ? fmt::format("a change below {:.1f} % cannot be told from placement", most * 100)
                                     : "that is no more than the noise of this measurement");
  }
  for (const std::string& suite : layouts.not_moved)
    out += fmt::format(
        "  {}: not known, since its program came out the same: its build does not link by a compiler on PATH\n",
        text::one_line(suite));
  return out;
}

}  // namespace perfwarden::app
