#include "app/pipe/layouts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "app/cli/messages.hpp"
#include "app/pipe/aligned_builds.hpp"
#include "app/pipe/report.hpp"
#include "base/text.hpp"
#include "compare/case.hpp"
#include "compare/layouts.hpp"
#include "gates/demand.hpp"
#include "model/placement.hpp"
#include "os/files/files.hpp"
#include "os/machine/toolchain.hpp"
#include "plan/make.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_least_unused_bytes = 16, k_most_unused_bytes = 4096;  // of unused code: within a page
constexpr std::size_t k_pairs_of_a_layout = 5;
constexpr std::size_t k_least_ratios = 3;  // fewer have no spread worth a bound

bool is_flagged(const Report& report, std::size_t index) {
  const Comparison& one = report.comparisons[index];
  return one.presence == Presence::both && !one.metric.deterministic && one.ratio > 0 &&
         report.verdict.judgements[index].outcome == Outcome::regression;
}

bool is_of(const Comparison& one, const Suite& suite) {
  return one.id.suite == suite.name;
}

// The config with those suites alone that are measured over layouts.
Config only_flagged(const Config& config, const Report& report) {
  Config out = with_pairs(config, k_pairs_of_a_layout);
  std::erase_if(out.suites, [&report](const Suite& suite) {
    if (suite.layouts == 0) return true;
    for (std::size_t i = 0; i < report.comparisons.size(); ++i)
      if (is_of(report.comparisons[i], suite) && is_flagged(report, i)) return false;
    return true;
  });
  return out;
}

class Layouts {
 public:
  Layouts(World& world, const Config& config, const RunContext& context, const Trial& trial, std::uint64_t seed)
      : world_(world), config_(config), context_(context), trial_(trial), seed_(seed), unused_(world, seed) {}

  // Ratios of every series, one a layout. Nothing of suites whose programs did not move.
  Result<std::map<SeriesId, std::vector<double>>> measure() {
    const TunedMachine machine(world_, config_);
    int most = 0;
    for (const Suite& suite : config_.suites) most = std::max(most, suite.layouts);
    std::map<std::string, std::string> last;  // programs of head
    for (int i = 0; i < most; ++i) {
      note(world_, fmt::format("layout {} of {} of both sides", i + 1, most));
      PW_TRY_ASSIGN(Checkouts sides, check_out());
      std::map<Side, std::string> objects;
      for (const Side side : {Side::base, Side::head}) {
        PW_TRY_ASSIGN(objects[side], unused_.next());
      }
      PW_TRY_ASSIGN(Layout layout, measure_layout(world_, config_of(i), context_, machine, std::move(sides),
                                                  std::move(objects), seed_ + static_cast<std::uint64_t>(i)));
      for (const Comparison& one : layout.report.comparisons)
        if (one.presence == Presence::both && one.ratio > 0 && std::isfinite(one.ratio))
          ratios_[one.id].push_back(one.ratio);
      std::map<std::string, std::string> programs = program_digests(config_, layout.sides.head_directory);
      for (const std::string& suite : with_equal_digests(last, programs)) unmoved_.insert(suite);
      last = std::move(programs);
    }
    std::erase_if(ratios_, [this](const auto& one) { return unmoved_.contains(one.first.suite); });
    return std::move(ratios_);
  }

  [[nodiscard]] const std::set<std::string>& unmoved() const { return unmoved_; }

 private:
  Result<Checkouts> check_out() {
    const checkout::Git git = repository(world_);
    Checkouts commits;
    commits.base_sha = trial_.checkouts.base_sha;
    commits.head_sha = trial_.checkouts.head_sha;
    PW_TRY_ASSIGN(Checkouts sides, check_out_both(world_, git, std::move(commits), git.prefix(), "/layouts"));
    sides.base_sha.clear();
    sides.head_sha.clear();
    return sides;
  }

  // A suite may ask for fewer layouts than another one.
  [[nodiscard]] Config config_of(int layout) const {
    Config out = config_;
    std::erase_if(out.suites, [layout](const Suite& suite) { return suite.layouts <= layout; });
    return out;
  }

  World& world_;
  const Config& config_;
  const RunContext& context_;
  const Trial& trial_;
  std::uint64_t seed_;
  UnusedCode unused_;
  std::map<SeriesId, std::vector<double>> ratios_;
  std::set<std::string> unmoved_;
};

std::string why_impossible(const Trial& trial) {
  const Checkouts& sides = trial.checkouts;
  if (!sides.worktrees || sides.base_sha.empty() || sides.head_sha.empty() || sides.uncommitted)
    return "layouts are built from two commits, and this run has none of both sides";
  return "";
}

void say_not_measured(Report& report, const std::string& why) {
  report.warnings.push_back({"no-layouts", "flagged benchmarks were not measured over layouts: " + why});
}

Result<bool> confirm_over_layouts(World& world, const Config& config, const RunContext& context, const Trial& trial,
                                  Report& report) {
  const Config flagged = only_flagged(config, report);
  if (flagged.suites.empty()) return false;
  if (const std::string why = why_impossible(trial); !why.empty()) {
    say_not_measured(report, why);
    return false;
  }
  Layouts layouts(world, flagged, context, trial, report.seed);
  const Result<std::map<SeriesId, std::vector<double>>> ratios = layouts.measure();
  if (!ratios) {
    if (ratios.error().kind == ErrorKind::interrupted) return ratios.error();
    say_not_measured(report, ratios.error().what);
    return false;
  }
  for (const std::string& suite : layouts.unmoved())
    say_not_measured(report, fmt::format("the program of suite '{}' came out the same each time, since its build does "
                                         "not link by a compiler on PATH",
                                         text::one_line(suite)));
  const Demands demands = gates::demands_of(config);
  bool changed = false;
  for (std::size_t i = 0; i < report.comparisons.size(); ++i) {
    const auto found = ratios->find(report.comparisons[i].id);
    if (!is_flagged(report, i) || found == ratios->end() || found->second.size() < k_least_ratios) continue;
    Comparison& one = report.comparisons[i];
    const double threshold =
        compare::demand_of(demands, config.statistics, one.id, one.metric, one.base.median).threshold;
    compare::rest_on_layouts(one, found->second, threshold);
    changed = true;
  }
  return changed;
}

bool has(const Comparison& comparison, std::string_view code) {
  return std::any_of(comparison.warnings.begin(), comparison.warnings.end(),
                     [code](const Warning& warning) { return warning.code == code; });
}

bool doubt_what_may_be_placement(Report& report) {
  bool changed = false;
  for (std::size_t i = 0; i < report.comparisons.size(); ++i) {
    Comparison& one = report.comparisons[i];
    if (!is_flagged(report, i) || !has(one, k_within_placement) || has(one, compare::k_over_layouts)) continue;
    one.significance = Significance::undecidable;
    one.confidence.reset();
    changed = true;
  }
  return changed;
}

}  // namespace

Result<std::string> UnusedCode::next() {
  const std::size_t bytes =
      std::uniform_int_distribution<std::size_t>(k_least_unused_bytes, k_most_unused_bytes)(random_);
  PW_TRY_ASSIGN(const std::string work, work_folder());
  const std::string folder = work + "/unused-code";
  PW_TRY(os::make_directories(folder));
  os::Command command;
  command.env = world_.environment.for_children();
  command.cwd = folder;
  command.timeout_s = 60;
  const std::string compiler = os::find_program(world_.environment.get("PATH").value_or(""), "cc");
  const std::string path = fmt::format("{}/unused-{}.o", folder, bytes);
  for (const char* flags : {"axR", "ax"}) {  // kept also by linkers that drop what nothing refers to, where they know R
    PW_TRY(os::write_file(folder + "/unused.s", fmt::format(".section .text.unlikely,\"{}\",@progbits\n.skip {}\n"
                                                            ".section .note.GNU-stack,\"\",@progbits\n",
                                                            flags, bytes)));
    command.argv = {compiler.empty() ? "cc" : compiler, "-c", "unused.s", "-o", path};
    PW_TRY_ASSIGN(const os::ProcessResult result, world_.processes.run(command));
    if (result.ok()) return path;
  }
  return Error{.kind = ErrorKind::benchmark,
               .what = "the code that moves the others could not be assembled by " + text::one_line(compiler),
               .hint = "install a C compiler (cc)"};
}

Config with_pairs(Config config, std::size_t pairs) {
  for (Suite& suite : config.suites) {
    suite.iterations.min = suite.iterations.max = static_cast<int>(pairs);
    suite.count_allocations = suite.count_instructions = false;
  }
  config.identity.identical = WhenIdentical::measure;
  return config;
}

Result<Layout> measure_layout(World& world, const Config& config, const RunContext& context,
                              const TunedMachine& machine, Checkouts sides, std::map<Side, std::string> objects,
                              std::uint64_t seed) {
  Selected all;
  PW_TRY_ASSIGN(all.plan, plan::make(config, {{}, true, seed}));
  all.plan.first_objects = std::move(objects);
  PW_TRY_ASSIGN(Trial trial, measure_trial(world, config, context, machine, std::move(all), std::move(sides)));
  if (!trial.measured.base_not_built.empty())
    return Error{.kind = ErrorKind::benchmark, .what = trial.measured.base_not_built};
  if (trial.measured.interrupted) return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal"};
  ReportFacts facts;
  facts.seed = seed;
  Report report = make_report(trial.base, trial.measured.samples.head, config, facts, world.clock);
  return Layout{std::move(report), std::move(trial.checkouts)};
}

Result<bool> settle_placement(World& world, const Config& config, const RunContext& context, const Trial& trial,
                              Report& report) {
  if (config.identity.placement == OnPlacement::fail) return false;
  PW_TRY_ASSIGN(const bool confirmed, confirm_over_layouts(world, config, context, trial, report));
  const bool doubted = doubt_what_may_be_placement(report);
  return confirmed || doubted;
}

}  // namespace perfwarden::app
