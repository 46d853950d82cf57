#include "app/init/detect.hpp"

namespace perfwarden::app {
namespace {

void find_k6(const SourceTree& tree, Findings& findings) {
  for (const File& file : tree.files()) {
    const bool imports = file.has("from 'k6'") || file.has("from \"k6\"") || file.has("from 'k6/") ||
                         file.has("from \"k6/") || file.has("require('k6/");
    if (!imports || !file.has("export default") || !is_plain_word(file.path)) continue;
    Proposal suite{.suite = stem_of(file.name)};
    suite.run = "k6 run --quiet --vus 4 --duration 5s --summary-export k6.json " + file.path;
    suite.output_file = "k6.json";
    suite.parser = "k6";
    suite.harness = "k6";
    suite.unversioned = {"/k6.json"};
    findings.propose(std::move(suite));
    findings.doubt(file.path + " needs a server: start the one of this checkout in `setup`, and stop it in `teardown`");
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_k6{
    .name = "k6",
    .marks = [] { return std::vector<std::string_view>{}; },
    .find = find_k6,
    .form = "perfwarden init --run 'k6 run --summary-export k6.json load.js' --output-file k6.json --parser k6"};

}  // namespace perfwarden::app
