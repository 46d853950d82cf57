#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string_view>
#include <utility>

#include "app/ab/blocks.hpp"
#include "app/ab/generator.hpp"
#include "app/ab/service.hpp"
#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/cli/version.hpp"
#include "app/pipe/foreign_code.hpp"
#include "app/pipe/measurement.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/tokens_in_reach.hpp"
#include "app/pipe/trusted_config.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "github/run_context.hpp"
#include "measure/command.hpp"
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
  std::string base, head, load, parser = "auto", regex, path = "/", ready = "30s", block = "3s", timeout, split;
  double rate = 50;
  std::size_t pairs = 12;
  std::optional<std::uint64_t> seed;

  // Whether code of the repository may run, rather than a service be asked that runs already.
  [[nodiscard]] bool has_command() const {
    return !load.empty() || !is_service_address(base) || !is_service_address(head);
  }
};

Result<double> duration(const std::string& option, const std::string& text) {
  if (const std::optional<double> seconds = parse_duration_s(text)) return *seconds;
  return wrong_usage(fmt::format("{} '{}' is not a duration", option, text::one_line(text)), "write it as 3s or 500ms");
}

Result<double> duration_or(double usual_s, const std::string& option, const std::string& text) {
  if (text.empty()) return usual_s;
  return duration(option, text);
}

// "90:10" is 0.1, the share of head.
Result<double> share_of_head(const std::string& split) {
  const std::size_t colon = std::min(split.find(':'), split.size());
  const auto base = text::to_double(std::string_view(split).substr(0, colon));
  const auto head = text::to_double(std::string_view(split).substr(std::min(colon + 1, split.size())));
  if (base && head && *base > 0 && *head > 0 && std::isfinite(*base + *head)) return *head / (*base + *head);
  return wrong_usage(fmt::format("--split '{}' is not BASE:HEAD", text::one_line(split)), "write it as 90:10");
}

void tell_progress(World& world, std::size_t done, std::size_t of) {
  if (done % 4 == 0 || done == of) note(world, fmt::format("{} of {} pairs of blocks", done, of));
}

// By the built-in load.
Result<BlockPlan> block_plan(World& world, const AbOptions& options, std::uint64_t seed) {
  constexpr double k_timeout_s = 10;
  BlockPlan plan;
  plan.rate_per_s = options.rate;
  plan.pairs = options.pairs;
  plan.seed = seed;
  PW_TRY_ASSIGN(plan.block_s, duration("--block", options.block));
  PW_TRY_ASSIGN(plan.timeout_s, duration_or(k_timeout_s, "--timeout", options.timeout));
  if (!options.split.empty()) {
    PW_TRY_ASSIGN(plan.head_share, share_of_head(options.split));
  }
  plan.stop = [] { return os::stop_count() > 0; };
  plan.on_block = [&world](std::size_t done, std::size_t of) { tell_progress(world, done, of); };
  return plan;
}

// By the user's own load generator.
Result<GeneratorPlan> generator_plan(World& world, const AbOptions& options, std::uint64_t seed) {
  constexpr double k_timeout_s = 600;
  GeneratorPlan plan;
  plan.command = options.load;
  plan.parser.name = options.parser;
  if (!options.regex.empty()) plan.parser = {"regex", options.regex, ""};
  plan.rate_per_s = options.rate;
  plan.pairs = options.pairs;
  plan.seed = seed;
  PW_TRY_ASSIGN(plan.block_s, duration("--block", options.block));
  PW_TRY_ASSIGN(plan.timeout_s, duration_or(k_timeout_s, "--timeout", options.timeout));
  plan.on_pair = [&world](std::size_t done, std::size_t of) { tell_progress(world, done, of); };
  return plan;
}

Status check_path(const std::string& path) {
  if (path.starts_with('/')) return Nothing{};
  return wrong_usage(fmt::format("--path '{}' does not begin with a slash", text::one_line(path)),
                     "write it as /search?q=x");
}

// Starts what is given as a command, drives both services, and ends what it started.
Result<ingest::SidedSamples> drive_services(World& world, const AbOptions& options, const Config& config,
                                            const measure::Children& children, std::uint64_t seed) {
  PW_TRY(check_path(options.path));
  PW_TRY_ASSIGN(BlockPlan blocks, block_plan(world, options, seed));
  PW_TRY_ASSIGN(GeneratorPlan generator, generator_plan(world, options, seed));
  ServiceStart start{options.path, 0, options.load.empty()};
  PW_TRY_ASSIGN(start.ready_s, duration("--ready", options.ready));
  PW_TRY_ASSIGN(Service base, Service::begin(world, "base", options.base, start, children));
  PW_TRY_ASSIGN(Service head, Service::begin(world, "head", options.head, start, children));
  const auto check = [&base, &head]() -> Status {
    PW_TRY(base.check());
    return head.check();
  };
  const double pair_s = (blocks.head_share > 0 ? 1 : 2) * blocks.block_s;
  const std::string load = options.load.empty()
                               ? fmt::format(" at {:g} requests a second: about {}", blocks.rate_per_s,
                                             format_duration(pair_s * static_cast<double>(blocks.pairs + 1)))
                               : " by " + text::one_line(options.load);
  note(world, fmt::format("{} pairs of blocks of {}{}", blocks.pairs, format_duration(blocks.block_s), load));
  if (!options.load.empty()) {
    generator.urls = {base.url(), head.url()};
    generator.check = check;
    return measure_generator(generator, world.processes, children, config);
  }
  blocks.base_url = base.url();
  blocks.head_url = head.url();
  blocks.check = check;
  return measure_blocks(blocks, {});
}

Result<ingest::SidedSamples> measure_services(World& world, const AbOptions& options, const Config& config,
                                              std::uint64_t seed) {
  PW_TRY_ASSIGN(const RunContext context, github::run_context(world.environment));
  if (options.has_command()) PW_TRY(look_for_tokens(world, context, os::unprivileged_owner_of(".")));
  PW_TRY_ASSIGN(ForeignCode foreign, ForeignCode::begin(world, children_of(world, config, "", "")));
  Result<ingest::SidedSamples> samples = drive_services(world, options, config, foreign.children(), seed);
  PW_TRY(foreign.end());
  return samples;
}

// Those of the config's budgets that are about what was measured here; else +5 % on everything.
void keep_budgets_about(World& world, const Samples& samples, Config& config) {
  std::erase_if(config.budgets, [&samples](const Budget& budget) {
    return std::none_of(samples.series.begin(), samples.series.end(), [&budget](const Series& series) {
      const auto& [suite, benchmark, metric] = series.id;
      return text::glob_match_prefix(budget.glob, fmt::format("{}/{}/{}", suite, benchmark, metric));
    });
  });
  if (!config.budgets.empty()) return;
  config.budgets.push_back(usual_budget());
  note(world, "no budget of the config is about what was measured here (ab/…): judged by +5 % on everything");
}

// The command line that measures in the same order again.
std::string again(const AbOptions& options, std::uint64_t seed) {
  os::Command command;
  command.argv = {"perfwarden", "ab", options.base, options.head};
  const auto add = [&command](const char* option, const std::string& value) {
    if (!value.empty()) command.argv.insert(command.argv.end(), {option, value});
  };
  add("--rate", fmt::format("{:g}", options.rate));
  add("--block", options.block);
  add("--pairs", std::to_string(options.pairs));
  add("--seed", std::to_string(seed));
  add("--split", options.split);
  add("--load", options.load);
  if (options.parser != AbOptions().parser) add("--parser", options.parser);
  add("--regex", options.regex);
  if (options.path != AbOptions().path) add("--path", options.path);
  return measure::text_of(command);
}

Result<ExitCode> ab(World& world, const AbOptions& options) {
  PW_TRY_ASSIGN(TrustedConfig trusted, trusted_config_or_default(world, options.config));
  Config& config = trusted.loaded.config;
  config.suites.clear();
  constexpr std::uint64_t k_seeds = 1'000'000;  // short enough to be typed
  const std::uint64_t seed = options.seed.value_or(os::random_bits() % k_seeds);
  const os::Busy busy;  // a stop signal ends the load, not us
  const double began_s = world.clock.monotonic_s();
  RunInfo run;
  run.time = os::rfc3339(world.clock.unix_s());
  run.machine = os::read_machine();
  run.tool = "perfwarden " + std::string(version());
  run.seed = std::to_string(seed);
  run.session = hex16(os::random_bits()) + hex16(os::random_bits());
  PW_TRY_ASSIGN(ingest::SidedSamples samples, measure_services(world, options, config, seed));
  keep_budgets_about(world, samples.head, config);
  samples.base.run = samples.head.run = run;
  ReportFacts facts;
  facts.base_label = text::one_line(options.base);
  facts.head_label = text::one_line(options.head);
  facts.config_file = trusted.file;
  facts.warnings = trusted.warnings;
  facts.measured_s = world.clock.monotonic_s() - began_s;
  facts.seed = seed;
  facts.reproduce = again(options, seed);
  const Report report = make_report(samples.base, samples.head, config, facts, world.clock);
  PW_TRY_ASSIGN(const report::Templates templates,
                load_templates(TrustedFiles(world, trusted.base_sha), config.report.templates));
  return emit(world, report, templates, options.report, exit_code(report.verdict, config, true));
}

Run declare_ab(Verb& verb) {
  constexpr double k_most_rate = 10'000;
  auto options = std::make_shared<AbOptions>();
  verb.add_option("base", options->base,
                  "The service to compare with: its address, or a command that serves on port {port} (also in PORT)")
      .required();
  verb.add_option("head", options->head, "The changed service, likewise").required();
  verb.add_option("--rate", options->rate, "Requests a second, sent whether or not earlier ones are answered")
      .within(0.1, k_most_rate)
      .show_default();
  verb.add_option("--block", options->block, "How long one service is driven at a time").show_default();
  verb.add_option("--pairs", options->pairs, "Pairs of blocks, in an order by coin flips")
      .within(2, 1000)
      .show_default();
  const Option split = verb.add_option(
      "--split", options->split,
      "Drive both at the same time, as a canary is: BASE:HEAD shares of the requests, for example 90:10");
  verb.add_option(
          "--load", options->load,
          "Your own load generator instead of the built-in one: a command that runs once a block and prints its "
          "results; {url}, {rate} and {seconds} are put in")
      .excludes(split);
  std::vector<std::string> parsers{"auto"};
  for (const ingest::Format* format : ingest::formats()) parsers.emplace_back(format->name);
  verb.add_option("--parser", options->parser, "Format of what --load prints (default: auto)")
      .needs("--load")
      .one_of(parsers);
  verb.add_option("--regex", options->regex, "What --load prints, by a pattern for each line: see `ingest --regex`")
      .needs("--load");
  verb.add_option("--path", options->path, "What is asked of a service that is given as a command").show_default();
  verb.add_option("--ready", options->ready, "How long such a service may take until it answers").show_default();
  verb.add_option("--timeout", options->timeout,
                  "A request without an answer by then is an error (default: 10s); of --load, a run that takes longer "
                  "has failed (default: 10min)");
  verb.add_option("--seed", options->seed, "Seed of that order (default: drawn and recorded)");
  add_config_options(verb, options->config);
  add_report_options(verb, options->report);
  return [options](World& world) { return ab(world, *options); };
}

}  // namespace

extern const Command k_command_ab{
    "ab",
    "Compare the latency of two services under the same constant load",
    declare_ab,
    "  perfwarden ab http://127.0.0.1:8080/q http://127.0.0.1:8081/q --rate 200\n"
    "  perfwarden ab https://a.example.org/ https://b.example.org/ --rate 20 --block 10s --pairs 20\n"
    "  perfwarden ab https://a.example.org/ https://b.example.org/ --rate 50 --split 90:10\n"
    "  perfwarden ab 'base/server --port {port}' 'head/server --port {port}' --path /q --rate 200\n"
    "  perfwarden ab http://127.0.0.1:8080/q http://127.0.0.1:8081/q --load 'wrk -c 8 -d {seconds} --latency {url}'",
    {k_gate_failed, k_not_measured, k_inconclusive}};

}  // namespace perfwarden::app
