#include "app/init/detect.hpp"
#include "app/init/recipe.hpp"
#include "json/parse.hpp"
#include "json/path.hpp"

namespace perfwarden::app {
namespace {

// A script named like a benchmark, of which nothing else is known.
void find_package_scripts(const SourceTree& tree, Findings& findings) {
  for (const File& manifest : tree.files()) {
    if (manifest.name != "package.json") continue;
    const auto package = json::parse(manifest.text);
    if (!package) continue;
    for (const char* name : {"bench", "benchmark", "benchmarks", "perf"}) {
      const std::string script = json::string_at(*package, {"scripts", name});
      if (script.empty()) continue;
      Proposal suite{.suite = name, .cwd = manifest.folder};
      const bool needs =
          json::at(*package, {"dependencies"}) != nullptr || json::at(*package, {"devDependencies"}) != nullptr;
      if (needs) suite.build = tree.above(manifest.folder, {"package-lock.json"}) != nullptr ? "npm ci" : "npm install";
      suite.run = std::string("npm run --silent ") + name;
      suite.parser = parser_of_recipe(script);
      suite.harness = "npm script";
      suite.unversioned = {"node_modules/"};
      findings.propose(std::move(suite));
      break;
    }
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_package_scripts{
    .name = "npm scripts",
    .marks = [] { return std::vector<std::string_view>{"package.json"}; },
    .find = find_package_scripts,
    .form = "perfwarden init --run 'npm run --silent bench'",
    .last_resort = true};

}  // namespace perfwarden::app
