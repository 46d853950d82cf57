#include "app/init/detect.hpp"

namespace perfwarden::app {
namespace {

void find_k6(const SourceTree& tree, Findings& findings) {
  for (const File& file : tree.files()) {
    if (!imports_module(file, "k6") || !file.has("export default") || !is_plain_word(file.path)) continue;
    Proposal suite{.suite = stem_of(file.name)};
    suite.run = "k6 run --quiet --vus 4 --duration 5s --summary-export k6.json " + file.path;
    suite.output_file = "k6.json";
    suite.parser = "k6";
    suite.harness = "k6";
    suite.unversioned = {"/k6.json"};
    suite.steps = {
        "- name: Put k6 on the host\n  run: |\n    docker create --name k6 grafana/k6:1.2.3\n    sudo docker cp "
        "k6:/usr/bin/k6 /usr/local/bin/k6"};
    findings.propose(std::move(suite));
    findings.doubt(file.path +
                   " needs a server: let `run` be a script that starts the one of its own checkout, runs k6 and stops "
                   "the server; base and head take turns, so one port does");
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_k6{
    .name = "k6",
    .marks = [] { return std::vector<std::string_view>{}; },
    .find = find_k6,
    .form = "perfwarden init --run 'k6 run --summary-export k6.json load.js' --output-file k6.json --parser k6"};

}  // namespace perfwarden::app
