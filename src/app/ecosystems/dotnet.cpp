#include "app/init/detect.hpp"

namespace perfwarden::app {
namespace {

void find_dotnet(const SourceTree& tree, Findings& findings) {
  for (const File& project : tree.files()) {
    if (!project.name.ends_with(".csproj") || !project.has("BenchmarkDotNet") || !is_plain_word(project.path)) continue;
    Proposal suite{.suite = stem_of(project.name), .cwd = project.folder};
    suite.build = "dotnet build -c Release";
    // The full JSON of all classes is joined into one file, whose name has the date in it.
    suite.run =
        "rm -rf bdn && dotnet run -c Release --no-build -- --filter '*' --job short --join --exporters fulljson "
        "--artifacts bdn >&2 && cat bdn/results/*-report-full.json";
    suite.shell = true;
    suite.parser = "benchmark-dotnet";
    suite.harness = "BenchmarkDotNet";
    suite.unversioned = {"bdn/", "bin/", "obj/"};
    findings.propose(std::move(suite));
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_dotnet{
    .name = ".NET",
    .marks =
        [] {
          return std::vector<std::string_view>{"global.json", "Directory.Build.props"};
        },
    .find = find_dotnet,
    .form = "perfwarden init --build 'dotnet build -c Release' --run 'dotnet run -c Release --no-build' --parser time"};

}  // namespace perfwarden::app
