#include "app/selftest/proofs.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/pipe/past.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/trial.hpp"
#include "app/pipe/tuned_machine.hpp"
#include "app/selftest/layouts.hpp"
#include "app/selftest/twins.hpp"
#include "base/hash.hpp"
#include "base/table.hpp"
#include "base/text.hpp"
#include "baseline/placement.hpp"
#include "json/write.hpp"
#include "os/files/files.hpp"
#include "os/process/slowed_processes.hpp"
#include "plan/make.hpp"

namespace perfwarden::app {
namespace {

struct SelftestOptions {
  ConfigOptions config;
  std::vector<std::string> suites;
  std::string slowdown;
  std::optional<std::uint64_t> seed;
  bool json = false;
  bool placement = false;
  LayoutOptions layouts;
};

Result<double> slowdown_of(const SelftestOptions& options, const Config& config) {
  if (options.slowdown.empty()) return default_slowdown(config);
  std::string_view digits = text::trim(options.slowdown);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.ends_with('%')) digits.remove_suffix(1);
  const auto percent = text::to_double(text::trim(digits));
  if (percent && *percent >= 1 && *percent <= 1000) return *percent / 100;
  return Error{.kind = ErrorKind::usage,
               .what = "'" + text::one_line(options.slowdown) + "' is not a valid slowdown",
               .hint = "write a percentage from 1% to 1000%, like --slowdown 10%"};
}

// The usual pipe, with the same code on both sides.
Result<Report> compare_twins(World& world, const Config& config, const Plan& plan, const Twins& twins,
                             const TunedMachine& machine) {
  Selected all;
  all.plan = plan;
  PW_TRY_ASSIGN(const Trial trial, measure_trial(world, config, {}, machine, std::move(all), twins.checkouts()));
  if (!trial.measured.base_not_built.empty())
    return Error{.kind = ErrorKind::benchmark, .what = trial.measured.base_not_built};
  if (trial.measured.interrupted) return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal"};
  ReportFacts facts;
  facts.seed = plan.seed;
  facts.measured_s = trial.measured.seconds;
  return make_report(trial.base, trial.measured.samples.head, config, facts, world.clock);
}

struct Proofs {
  double slowdown = 0;
  Proof planted, same;
  bool observes = false;  // the config's mode fails nothing
  [[nodiscard]] bool hold() const { return planted.holds && same.holds; }
};

Result<Proofs> try_both(World& world, const SelftestOptions& options) {
  PW_TRY_ASSIGN(const config::Loaded loaded, load_config(world, options.config));
  Proofs proofs;
  proofs.observes = loaded.config.mode == Mode::observe || !loaded.config.gates_enabled;
  PW_TRY_ASSIGN(proofs.slowdown, slowdown_of(options, loaded.config));
  Config config = loaded.config;
  config.mode = Mode::enforce;
  config.gates_enabled = true;
  const TunedMachine tuned(world, config);
  PW_TRY_ASSIGN(const Twins twins, Twins::make(world, config));
  const std::uint64_t seed = options.seed.value_or(fnv1a(std::to_string(world.clock.unix_s())) % 1'000'000);
  PW_TRY_ASSIGN(Plan plan, plan::make(config, {options.suites, true, seed}));

  note(world, fmt::format("1 of 2: head slowed by {:.0f} %", proofs.slowdown * 100));
  os::SlowedProcesses slowed(world.processes, twins.head_directory(), proofs.slowdown);
  World slow{slowed, world.clock, world.environment, world.console, world.http, world.color, world.quiet};
  PW_TRY_ASSIGN(const Report planted, compare_twins(slow, config, plan, twins, tuned));
  proofs.planted = prove_planted(planted, proofs.slowdown);

  note(world, "2 of 2: the same code on both sides");
  plan.seed += 1;
  PW_TRY_ASSIGN(const Report same, compare_twins(world, config, plan, twins, tuned));
  proofs.same = prove_same(same);
  return proofs;
}

std::string_view verdict_of(const Proofs& proofs) {
  if (proofs.hold()) return "The gate works: a planted slowdown turns it red, identical code does not";
  if (proofs.planted.holds) return "The gate alarms falsely: identical code does not pass";
  if (proofs.same.holds) return "The gate cannot fail: a planted slowdown does not turn it red";
  return "The gate does not work in either direction: see below";
}

void add(std::string& out, const Proof& proof, bool color) {
  constexpr std::size_t k_width = 80;
  const auto line = [&out](const std::string& words, std::size_t indent) {
    for (const std::string& one : text::wrap(std::string(indent - 2, ' ') + words, k_width, indent)) out += one + "\n";
  };
  const std::string_view mark = proof.holds ? "✓" : "✗";
  std::string head;
  for (const std::string& one : text::wrap("x " + proof.text, k_width, 2)) head += one + "\n";
  out += (color ? fmt::format("\x1b[{}m{}\x1b[0m", proof.holds ? 32 : 31, mark) : std::string(mark)) + head.substr(1);
  for (const std::string& detail : proof.details) line("  " + detail, 4);
  if (!proof.cure.empty()) line("→ " + proof.cure, 4);
}

std::string as_text(const Proofs& proofs, bool color) {
  std::string out = std::string(verdict_of(proofs)) + "\n\n";
  add(out, proofs.planted, color);
  add(out, proofs.same, color);
  if (proofs.observes) out += "\nmode is observe: nothing fails a run until it is set to enforce\n";
  return out;
}

std::string as_json(const Proofs& proofs) {
  const auto json_of = [](const Proof& proof) {
    return nlohmann::ordered_json{{"holds", proof.holds},     {"text", proof.text},       {"series", proof.series},
                                  {"flagged", proof.flagged}, {"details", proof.details}, {"cure", proof.cure}};
  };
  const nlohmann::ordered_json out{{"schema", "perfwarden.selftest/1"},  {"holds", proofs.hold()},
                                   {"summary", verdict_of(proofs)},      {"slowdown", proofs.slowdown},
                                   {"planted", json_of(proofs.planted)}, {"same", json_of(proofs.same)},
                                   {"mode_observe", proofs.observes}};
  return json::pretty(out);
}

// The form in which baseline/placement.hpp keeps them, and what could not be moved.
nlohmann::ordered_json json_of(const MeasuredLayouts& measured) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const PlacementRange& one : measured.ranges.ranges)
    rows.push_back({{"suite", one.id.suite},
                    {"benchmark", one.id.benchmark},
                    {"metric", one.id.metric},
                    {"low", one.low},
                    {"high", one.high},
                    {"error", one.error}});
  return {{"schema", "perfwarden.placement/1"}, {"commit", measured.ranges.commit},
          {"time", measured.ranges.time},       {"fingerprint", measured.ranges.fingerprint},
          {"layouts", measured.ranges.layouts}, {"ranges", std::move(rows)},
          {"not_moved", measured.not_moved}};
}

// What placement alone does to the benchmarks, kept with the baseline for later reports.
Result<ExitCode> try_layouts(World& world, const SelftestOptions& options) {
  PW_TRY_ASSIGN(const config::Loaded loaded, load_config(world, options.config));
  const TunedMachine tuned(world, loaded.config);
  LayoutOptions layouts = options.layouts;
  layouts.suites = options.suites;
  layouts.seed = options.seed.value_or(fnv1a(std::to_string(world.clock.unix_s())) % 1'000'000);
  PW_TRY_ASSIGN(const MeasuredLayouts measured, measure_layouts(world, loaded.config, tuned, layouts));
  world.console.out(options.json ? json::pretty(json_of(measured)) : text_of(measured));
  if (measured.ranges.ranges.empty())
    return Error{.kind = ErrorKind::benchmark,
                 .what = "no program was moved, so nothing is known of placement",
                 .hint = "link by a compiler on PATH; Go and Bazel cannot be measured this way"};
  PW_TRY(baseline::keep_placement(loaded.config.baseline.directory, measured.ranges));
  PW_TRY(os::give_to_owner_of(loaded.config.baseline.directory, "."));
  return k_pass;
}

Run declare_selftest(Verb& verb) {
  auto options = std::make_shared<SelftestOptions>();
  add_config_options(verb, options->config);
  verb.add_option("-s,--suite", options->suites, "Only this suite (may be repeated)");
  verb.add_option("--slowdown", options->slowdown,
                  "How much to slow head down, by pauses (default: twice the loosest budget, at least 10%)");
  verb.add_option("--seed", options->seed, "Seed of the order in which base and head alternate (default: drawn)");
  verb.add_flag("--json", options->json, "Print perfwarden.selftest/1 instead of text");
  verb.add_flag("--placement", options->placement,
                "Measure what placement alone does: this code against itself with unused code linked in front");
  verb.add_option("--layouts", options->layouts.layouts, "With --placement: how many layouts")
      .within(1, 100)
      .needs("--placement");
  verb.add_option("--pairs", options->layouts.pairs, "With --placement: pairs of runs of each layout")
      .within(2, 1000)
      .needs("--placement");
  return [options](World& world) -> Result<ExitCode> {
    if (options->placement) return try_layouts(world, *options);
    PW_TRY_ASSIGN(const Proofs proofs, try_both(world, *options));
    world.console.out(options->json ? as_json(proofs) : as_text(proofs, world.color));
    return proofs.hold() ? k_pass : k_gate_failed;
  };
}

}  // namespace

extern const Command k_command_selftest{
    "selftest",
    "Prove that the gate can fail: plant a slowdown in your suite, then compare it with itself",
    declare_selftest,
    "  perfwarden selftest                 plant +10 %, then nothing: red, then green\n"
    "  perfwarden selftest --slowdown 5%",
    {k_gate_failed, k_not_measured}};

}  // namespace perfwarden::app
