#include "ingest/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/cli/version.hpp"

namespace perfwarden::app {
namespace {

struct IngestOptions {
  ConfigOptions config;
  std::vector<std::string> files;
  std::string format, output, suite, commit, branch, regex, metric;
  bool list = false;
};

std::string ingest_formats_table() {
  std::string out;
  for (const ingest::Format* format : ingest::formats())
    out += fmt::format("{:<18} {}\n", format->name, format->summary);
  return out;
}

Status check(const IngestOptions& options) {
  if (options.files.empty())
    return wrong_usage("no file was given", "perfwarden ingest --format auto FILE… -o SAMPLES.json");
  if (options.commit.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos || options.commit.size() > 64)
    return wrong_usage("--commit is not a commit: '" + options.commit + "'",
                       "give its hexadecimal hash: git rev-parse HEAD");
  constexpr std::string_view k_letters = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  if (options.suite.find_first_not_of(k_letters) != std::string::npos || options.suite.starts_with('-') ||
      options.suite.starts_with('_'))
    return wrong_usage("--suite is not a valid suite name: '" + options.suite + "'",
                       "use a-z, 0-9, - and _, such as core");
  return Nothing{};
}

Suite suite_of(const IngestOptions& options, const Config& config) {
  const auto found = std::find_if(config.suites.begin(), config.suites.end(),
                                  [&](const Suite& suite) { return suite.name == options.suite; });
  Suite suite = options.suite.empty() || found == config.suites.end() ? Suite{} : *found;
  suite.name = options.suite;
  if (!options.format.empty()) suite.parser.name = options.format;
  if (!options.regex.empty()) suite.parser = {"regex", options.regex, suite.parser.metric};
  if (!options.metric.empty()) suite.parser.metric = options.metric;
  return suite;
}

Result<Samples> read(World& world, const IngestOptions& options) {
  PW_TRY(check(options));
  PW_TRY_ASSIGN(const Config config, config_if_any(world, options.config));
  const Suite suite = suite_of(options, config);
  PW_TRY(ingest::check_parser(suite));
  std::vector<ingest::NamedText> files;
  for (const std::string& file : options.files) {
    PW_TRY_ASSIGN(std::string text, read_outputs(file));
    files.push_back({file, std::move(text)});
  }
  PW_TRY_ASSIGN(Samples samples, ingest::read_files(files, suite.parser.name, suite, config));
  if (!options.commit.empty()) samples.run.commit = options.commit;
  if (!options.branch.empty()) samples.run.branch = options.branch;
  if (samples.run.tool.empty()) samples.run.tool = fmt::format("perfwarden {}", version());
  return samples;
}

Result<ExitCode> run(World& world, const IngestOptions& options) {
  if (options.list) {
    world.console.out(ingest_formats_table());
    return k_pass;
  }
  PW_TRY_ASSIGN(const Samples samples, read(world, options));
  for (const Warning& warning : samples.warnings) warn(world, warning.text);
  std::set<std::pair<std::string, std::string>> benchmarks;
  for (const Series& series : samples.series) {
    benchmarks.emplace(series.id.suite, series.id.benchmark);
    for (const Warning& warning : series.warnings) warn(world, fmt::format("{}: {}", series.id.path(), warning.text));
  }
  PW_TRY_ASSIGN(const std::string text, ingest::write_readable_samples(samples));
  PW_TRY(write_result(world, options.output, text));
  note(world, fmt::format("{} series of {} benchmarks read from {} file{}", samples.series.size(), benchmarks.size(),
                          options.files.size(), options.files.size() == 1 ? "" : "s"));
  return k_pass;
}

Run declare_ingest(Verb& verb) {
  auto options = std::make_shared<IngestOptions>();
  verb.add_option(
      "files", options->files,
      "Benchmark outputs, each of one invocation; samples files; or a folder that criterion or gungraun wrote");
  verb.add_option("-f,--format", options->format,
                  "A format that --list prints, or auto (default: the suite's parser, else auto)");
  verb.add_option("-o,--output", options->output, "Samples file to write (default: stdout)");
  verb.add_option("-s,--suite", options->suite, "Suite that the benchmarks belong to (default: default)");
  verb.add_option("--commit", options->commit, "Commit that the numbers belong to");
  verb.add_option("--branch", options->branch, "Branch that the numbers belong to");
  verb.add_option("--regex", options->regex,
                  "Pattern with the groups name, value, unit, metric; implies --format regex");
  verb.add_option("--metric", options->metric, "Metric name for a pattern without the group metric");
  verb.add_flag("--list", options->list, "Print the formats and exit");
  add_config_file(verb, options->config);
  return [options](World& world) { return run(world, *options); };
}

}  // namespace

extern const Command k_command_ingest{"ingest",
                                      "Read benchmark outputs of other tools into a samples file",
                                      declare_ingest,
                                      "  perfwarden ingest --format go-bench old.txt -o base.json\n"
                                      "  perfwarden ingest target/criterion -o head.json\n"
                                      "  perfwarden ingest --list",
                                      {k_not_measured}};

}  // namespace perfwarden::app
