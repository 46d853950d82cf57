#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string_view>
#include <utility>

#include "app/ab/blocks.hpp"
#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/cli/version.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/trusted_config.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "model/unit.hpp"
#include "os/clock.hpp"
#include "os/machine/facts.hpp"
#include "os/process/signals.hpp"
#include "os/random.hpp"

namespace perfwarden::app {
namespace {

struct AbOptions {
  ConfigOptions config;
  ReportOptions report;
  std::string base, head, block = "3s", timeout = "10s", split;
  double rate = 50;
  std::size_t pairs = 12;
  std::optional<std::uint64_t> seed;
};

Result<double> duration(const std::string& option, const std::string& text) {
  if (const std::optional<double> seconds = parse_duration_s(text)) return *seconds;
  return wrong_usage(fmt::format("{} '{}' is not a duration", option, text::one_line(text)), "write it as 3s or 500ms");
}

// "90:10" is 0.1, the share of head.
Result<double> share_of_head(const std::string& split) {
  const std::size_t colon = std::min(split.find(':'), split.size());
  const auto base = text::to_double(std::string_view(split).substr(0, colon));
  const auto head = text::to_double(std::string_view(split).substr(std::min(colon + 1, split.size())));
  if (base && head && *base > 0 && *head > 0 && std::isfinite(*base + *head)) return *head / (*base + *head);
  return wrong_usage(fmt::format("--split '{}' is not BASE:HEAD", text::one_line(split)), "write it as 90:10");
}

Result<BlockPlan> plan_of(World& world, const AbOptions& options) {
  BlockPlan plan;
  plan.base_url = options.base;
  plan.head_url = options.head;
  plan.rate_per_s = options.rate;
  plan.pairs = options.pairs;
  constexpr std::uint64_t k_seeds = 1'000'000;  // short enough to be typed
  plan.seed = options.seed.value_or(os::random_bits() % k_seeds);
  PW_TRY_ASSIGN(plan.block_s, duration("--block", options.block));
  PW_TRY_ASSIGN(plan.timeout_s, duration("--timeout", options.timeout));
  if (!options.split.empty()) {
    PW_TRY_ASSIGN(plan.head_share, share_of_head(options.split));
  }
  plan.stop = [] { return os::stop_count() > 0; };
  plan.on_block = [&world](std::size_t done, std::size_t of) {
    if (done % 4 == 0 || done == of) note(world, fmt::format("{} of {} pairs of blocks", done, of));
  };
  return plan;
}

// The config with those of its budgets that are about what is measured here; else +5 % on everything.
Result<TrustedConfig> config_of_services(World& world, const AbOptions& options) {
  PW_TRY_ASSIGN(TrustedConfig out, trusted_config_or_default(world, options.config));
  Config& config = out.loaded.config;
  config.suites.clear();
  std::erase_if(config.budgets, [](const Budget& budget) {
    const bool matches_any = std::any_of(k_ab_metrics.begin(), k_ab_metrics.end(), [&budget](std::string_view metric) {
      return text::glob_match_prefix(budget.glob, fmt::format("ab/load/{}", metric));
    });
    return !matches_any;
  });
  if (!config.budgets.empty()) return out;
  config.budgets.push_back(usual_budget());
  note(world, "no budget of the config is about ab/load: judged by +5 % on everything");
  return out;
}

Result<ExitCode> ab(World& world, const AbOptions& options) {
  PW_TRY_ASSIGN(const TrustedConfig trusted, config_of_services(world, options));
  PW_TRY_ASSIGN(const BlockPlan plan, plan_of(world, options));
  const double pair_s = (plan.head_share > 0 ? 1 : 2) * plan.block_s;
  note(world, fmt::format("{} pairs of blocks of {} at {:g} requests a second: about {}", plan.pairs,
                          format_duration(plan.block_s), plan.rate_per_s,
                          format_duration(pair_s * static_cast<double>(plan.pairs + 1))));
  const os::Busy busy;  // a stop signal ends the load, not us
  const double began_s = world.clock.monotonic_s();
  RunInfo run;
  run.time = os::rfc3339(world.clock.unix_s());
  run.machine = os::read_machine();
  run.tool = "perfwarden " + std::string(version());
  run.seed = std::to_string(plan.seed);
  run.session = hex16(os::random_bits()) + hex16(os::random_bits());
  PW_TRY_ASSIGN(ingest::SidedSamples samples, measure_blocks(plan, {}));
  samples.base.run = samples.head.run = run;
  ReportFacts facts;
  facts.base_label = text::one_line(options.base);
  facts.head_label = text::one_line(options.head);
  facts.config_file = trusted.file;
  facts.warnings = trusted.warnings;
  facts.measured_s = world.clock.monotonic_s() - began_s;
  facts.seed = plan.seed;
  facts.reproduce = fmt::format("perfwarden ab '{}' '{}' --rate {:g} --block {} --pairs {} --seed {}{}",
                                facts.base_label, facts.head_label, options.rate, options.block, options.pairs,
                                plan.seed, options.split.empty() ? "" : " --split " + options.split);
  const Report report = make_report(samples.base, samples.head, trusted.loaded.config, facts, world.clock);
  PW_TRY_ASSIGN(const report::Templates templates,
                load_templates(TrustedFiles(world, trusted.base_sha), trusted.loaded.config.report.templates));
  return emit(world, report, templates, options.report, exit_code(report.verdict, trusted.loaded.config, true));
}

Run declare_ab(Verb& verb) {
  constexpr double k_most_rate = 10'000;
  auto options = std::make_shared<AbOptions>();
  verb.add_option("base", options->base, "Address of the service to compare with").required();
  verb.add_option("head", options->head, "Address of the changed service").required();
  verb.add_option("--rate", options->rate, "Requests a second, sent whether or not earlier ones are answered")
      .within(0.1, k_most_rate)
      .show_default();
  verb.add_option("--block", options->block, "How long one service is driven at a time").show_default();
  verb.add_option("--pairs", options->pairs, "Pairs of blocks, in an order by coin flips")
      .within(2, 1000)
      .show_default();
  verb.add_option("--split", options->split,
                  "Drive both at the same time, as a canary is: BASE:HEAD shares of the requests, for example 90:10");
  verb.add_option("--timeout", options->timeout, "A request without an answer by then is an error").show_default();
  verb.add_option("--seed", options->seed, "Seed of that order (default: drawn and recorded)");
  add_config_options(verb, options->config);
  add_report_options(verb, options->report);
  return [options](World& world) { return ab(world, *options); };
}

}  // namespace

extern const Command k_command_ab{
    "ab",
    "Compare the latency of two running services under the same constant load",
    declare_ab,
    "  perfwarden ab http://127.0.0.1:8080/q http://127.0.0.1:8081/q --rate 200\n"
    "  perfwarden ab https://a.example.org/ https://b.example.org/ --rate 20 --block 10s --pairs 20\n"
    "  perfwarden ab https://a.example.org/ https://b.example.org/ --rate 50 --split 90:10",
    {k_gate_failed, k_not_measured, k_inconclusive}};

}  // namespace perfwarden::app
