#include "app/init/detect.hpp"
#include "base/text.hpp"

namespace perfwarden::app {
namespace {

void find_scripts_of_shell(const SourceTree& tree, Findings& findings) {
  for (const File& file : tree.files()) {
    if (!file.name.ends_with(".sh") || !is_plain_word(file.path)) continue;
    const bool times = file.has("hyperfine");
    if (!times && file.name.find("bench") == std::string::npos) continue;
    const bool bash =
        file.text.starts_with("#!") && text::lines(file.text).front().find("bash") != std::string_view::npos;
    Proposal suite{.suite = stem_of(file.name), .run = (bash ? "bash " : "sh ") + file.path};
    suite.parser = "time";
    suite.harness = times ? "hyperfine script" : "benchmark script";
    findings.propose(std::move(suite));
    findings.doubt(times ? file.path +
                               " calls hyperfine: perfwarden times the command itself, so write that command as `run`"
                         : file.path + " is timed as a whole: check that it is a benchmark");
    return;
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_scripts{
    .name = "shell scripts",
    .marks = [] { return std::vector<std::string_view>{}; },
    .find = find_scripts_of_shell,
    .form = "perfwarden init --run './build/bench --benchmark_format=json' [--build CMD] [--parser NAME]",
    .last_resort = true};

}  // namespace perfwarden::app
