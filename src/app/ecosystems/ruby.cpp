#include "app/init/detect.hpp"

namespace perfwarden::app {
namespace {

void find_ruby(const SourceTree& tree, Findings& findings) {
  for (const File& file : tree.files()) {
    if (!file.name.ends_with(".rb") || !file.has("benchmark/ips") || !is_plain_word(file.path)) continue;
    const File* gems = tree.above(file.folder, {"Gemfile"});
    Proposal suite{.suite = stem_of(file.name), .cwd = gems == nullptr ? "" : gems->folder};
    if (gems != nullptr) suite.build = "bundle install --quiet";
    suite.run = (gems == nullptr ? "ruby " : "bundle exec ruby ") + seen_from(suite.cwd, file.path);
    suite.parser = "benchmark-ips";
    suite.harness = "benchmark-ips";
    findings.propose(std::move(suite));
    findings.doubt(
        file.path +
        " runs as long as it is written to: x.config(warmup: 0.1, time: 0.5) in its block makes a check quick");
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_ruby{
    .name = "Ruby",
    .marks = [] { return std::vector<std::string_view>{"Gemfile"}; },
    .find = find_ruby,
    .form = "perfwarden init --build 'bundle install' --run 'bundle exec ruby bench/parse.rb' --parser benchmark-ips"};

}  // namespace perfwarden::app
