#include "ingest/merge.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "ingest/read.hpp"

namespace perfwarden::app {
namespace {

struct MergeOptions {
  std::vector<std::string> files;
  std::string output;
};

Result<Samples> read_and_merge(const std::vector<std::string>& files) {
  std::vector<ingest::NamedSamples> parts;
  for (const std::string& file : files) {
    PW_TRY_ASSIGN(Samples samples, read_samples(file));
    parts.push_back({file, std::move(samples)});
  }
  return ingest::merge(std::move(parts));
}

Result<ExitCode> merge(World& world, const MergeOptions& options) {
  PW_TRY_ASSIGN(const Samples samples, read_and_merge(options.files));
  PW_TRY_ASSIGN(const std::string text, ingest::write_readable_samples(samples));
  PW_TRY(write_result(world, options.output, text));
  note(world, fmt::format("{} series from {} file{}", samples.series.size(), options.files.size(),
                          options.files.size() == 1 ? "" : "s"));
  return k_pass;
}

Run declare_merge(Verb& verb) {
  auto options = std::make_shared<MergeOptions>();
  verb.add_option("files", options->files, "Samples files of one side, one for each shard").required();
  verb.add_option("-o,--output", options->output, "Samples file to write (default: stdout)");
  return [options](World& world) { return merge(world, *options); };
}

}  // namespace

extern const Command k_command_merge{"merge",
                                     "Merge the samples files of shards, one side at a time",
                                     declare_merge,
                                     "  perfwarden merge shard-*/samples-head.json -o merged/samples-head.json",
                                     {k_not_measured}};

}  // namespace perfwarden::app
