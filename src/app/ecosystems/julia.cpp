#include "app/init/detect.hpp"

namespace perfwarden::app {
namespace {

constexpr std::string_view k_julia_results = "julia-bench.json";

// benchmark/benchmarks.jl with a SUITE, as PkgBenchmark and AirspeedVelocity have it.
void find_julia(const SourceTree& tree, Findings& findings) {
  for (const File& file : tree.files()) {
    if (file.name != "benchmarks.jl" || !has_word(file.text, "SUITE") || !is_plain_word(file.path)) continue;
    const File* project = tree.above(file.folder, {"Project.toml"});
    Proposal suite{.suite = "julia", .cwd = parent_of(file.folder)};
    const std::string environment =
        "--project=" +
        (project == nullptr || project->folder == suite.cwd ? std::string(".") : seen_from(suite.cwd, project->folder));
    suite.build = "julia " + environment + " -e 'using Pkg; Pkg.instantiate()'";
    suite.run = "julia " + environment + " -e 'using BenchmarkTools; include(\"" + seen_from(suite.cwd, file.path) +
                "\"); BenchmarkTools.save(\"" + std::string(k_julia_results) +
                "\", run(SUITE; samples=50, seconds=0.5))'";
    suite.output_file = k_julia_results;
    suite.parser = "julia";
    suite.harness = "BenchmarkTools";
    suite.unversioned = {std::string(k_julia_results)};
    findings.propose(std::move(suite));
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_julia{
    .name = "Julia",
    .marks = [] { return std::vector<std::string_view>{"Project.toml"}; },
    .find = find_julia,
    .form =
        "perfwarden init --run 'julia --project=. bench.jl' --output-file bench.json --parser julia   (bench.jl ends "
        "in BenchmarkTools.save(\"bench.json\", run(suite)))"};

}  // namespace perfwarden::app
