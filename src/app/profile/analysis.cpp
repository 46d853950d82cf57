#include "app/profile/analysis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/pipe/assistance.hpp"
#include "app/pipe/endpoints.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/trusted_config.hpp"
#include "app/profile/comparison.hpp"
#include "app/profile/files.hpp"
#include "app/profile/owners.hpp"
#include "base/text.hpp"
#include "github/run_context.hpp"
#include "ingest/benchstat_table.hpp"
#include "ingest/read.hpp"
#include "profile/diff/diff.hpp"

namespace perfwarden::app {
namespace {

// What the files of benchmarks hold: samples of both sides, or comparisons that were made elsewhere.
struct Benchmarks {
  Samples base, head;
  std::vector<Comparison> compared;
};

Result<Samples> read_raw(World& world, const std::string& name, std::string text, const Config& config) {
  constexpr std::size_t k_head = 4096;
  if (std::string_view(text).substr(0, k_head).find("perfwarden.samples/") != std::string_view::npos)
    return ingest::parse_samples(text, name);
  PW_TRY_ASSIGN(Samples samples, ingest::read_files({{name, std::move(text)}}, "auto", Suite{}, config));
  for (const Warning& warning : samples.warnings) note(world, warning.text);
  return samples;
}

Result<Benchmarks> read_benchmarks(World& world, const std::vector<std::string>& names, const Config& config) {
  Benchmarks out;
  std::vector<std::string> texts;
  for (const std::string& name : names) {
    PW_TRY_ASSIGN(std::string text, read_outputs(name));
    PW_TRY_ASSIGN(std::optional<std::vector<Comparison>> table, ingest::read_benchstat(text, name));
    if (table) out.compared.insert(out.compared.end(), table->begin(), table->end());
    texts.push_back(table ? std::string() : std::move(text));
  }
  if (texts.size() == 1 && out.compared.empty())
    return wrong_usage("--bench with one file takes a table that benchstat printed",
                       "give the outputs of both sides: --bench old.txt new.txt");
  if (texts.size() < 2 || (texts[0].empty() && texts[1].empty())) return out;  // tables
  if (texts[0].empty() || texts[1].empty())
    return wrong_usage("--bench got a table of benchstat and an output", "give one table, or two outputs");
  PW_TRY_ASSIGN(out.base, read_raw(world, names[0], std::move(texts[0]), config));
  PW_TRY_ASSIGN(out.head, read_raw(world, names[1], std::move(texts[1]), config));
  return out;
}

// One pair of profiles; `memory`: they were given as those of memory.
Result<ProfileDiff> compare_profiles(World& world, const std::vector<std::string>& sides, const AnalysisFiles& files,
                                     const TrustedConfig& trusted, bool memory) {
  profile::DiffOptions how;
  how.labels = {sides[0], sides[1]};
  how.ownership = ownership_in(world, ".", trusted.base_sha);
  PW_TRY_ASSIGN(const std::vector<Profile> base, read_recordings(world, {sides[0]}, files.format));
  PW_TRY_ASSIGN(const std::vector<Profile> head, read_recordings(world, {sides[1]}, files.format));
  PW_TRY_ASSIGN(profile::Diff diff, profile::diff(base, head, how));
  PW_TRY_ASSIGN(const std::vector<Pattern> rules,
                patterns_of(trusted.loaded.config, TrustedFiles(world, trusted.base_sha)));
  find_patterns(rules, how.ownership, diff);
  ProfileDiff& evidence = diff.evidence;
  const bool counts = counts_memory(evidence.type);
  if (counts && !memory)
    return wrong_usage("--cpu got profiles of memory: " + text::one_line(sides[1]), "give them as --alloc");
  // Folded stacks do not say what they count.
  if (memory && !counts) evidence.type = {"alloc_space", evidence.type.unit};
  return std::move(evidence);
}

Status add_profiles(World& world, const AnalysisFiles& files, const TrustedConfig& trusted, Report& report) {
  for (const bool memory : {false, true}) {
    const std::vector<std::string>& sides = memory ? files.alloc : files.cpu;
    if (sides.empty()) continue;
    PW_TRY_ASSIGN(ProfileDiff evidence, compare_profiles(world, sides, files, trusted, memory));
    report.evidence.push_back(std::move(evidence));
  }
  return Nothing{};
}

std::string quoted_pair(std::string_view option, const std::vector<std::string>& sides) {
  return sides.empty() ? "" : fmt::format(" {} {}", option, text::join(sides, " "));
}

Result<Report> make_analysis(World& world, const AnalysisFiles& files, const TrustedConfig& trusted) {
  const Config& config = trusted.loaded.config;
  Benchmarks benchmarks;
  if (!files.bench.empty()) {
    PW_TRY_ASSIGN(benchmarks, read_benchmarks(world, files.bench, config));
  }
  const std::vector<std::string>& named = !files.bench.empty() ? files.bench
                                          : !files.cpu.empty() ? files.cpu
                                                               : files.alloc;
  ReportFacts facts;
  PW_TRY_ASSIGN(facts.context, github::run_context(world.environment));
  facts.base_label = named.front();
  facts.head_label = named.back();
  facts.config_file = trusted.file;
  facts.warnings = trusted.warnings;
  facts.reproduce = "perfwarden analyze" + quoted_pair("--cpu", files.cpu) + quoted_pair("--alloc", files.alloc) +
                    quoted_pair("--bench", files.bench);
  Report report = make_report(benchmarks.base, benchmarks.head, config, facts, world.clock);
  report.comparisons.insert(report.comparisons.end(), benchmarks.compared.begin(), benchmarks.compared.end());
  std::stable_sort(report.comparisons.begin(), report.comparisons.end(),
                   [](const Comparison& a, const Comparison& b) { return a.id < b.id; });
  report.time = benchmarks.head.run.time;  // not now: the same files give the same bytes
  PW_TRY(add_profiles(world, files, trusted, report));
  tell_endpoints(files.spans, config, report);
  judge(report, config);
  return report;
}

}  // namespace

Result<ExitCode> analyze_files(World& world, const AnalysisFiles& files) {
  PW_TRY_ASSIGN(const TrustedConfig trusted, trusted_config_or_default(world, files.config));
  Config config = trusted.loaded.config;
  PW_TRY_ASSIGN(Report report, make_analysis(world, files, trusted));
  assist(world, config, files.output, report);
  PW_TRY_ASSIGN(const report::Templates templates,
                load_templates(TrustedFiles(world, trusted.base_sha), config.report.templates));
  const ExitCode code = settled(files.gate ? exit_code(report.verdict, config, true) : k_pass);
  if (!files.output.empty()) {
    config.report.formats = {"json", "markdown"};
    PW_TRY_ASSIGN(const WrittenReports written, write_reports(world, report, config, templates, files.output));
    if (!written.failures.empty()) return written.failures.front();
    for (const std::string& file : written.files) note(world, "wrote " + file);
  }
  PW_TRY_ASSIGN(const std::string text, render(world, report, templates, files.bench.empty() ? "hot-path" : "terminal",
                                               files.gate ? std::optional(code) : std::nullopt));
  world.console.out(text);
  return code;
}

}  // namespace perfwarden::app
