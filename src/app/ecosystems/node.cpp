#include <algorithm>
#include <set>

#include "app/init/detect.hpp"
#include "base/text.hpp"
#include "json/parse.hpp"
#include "json/path.hpp"

namespace perfwarden::app {
namespace {

constexpr std::string_view k_vitest_results = "vitest-bench.json";

bool is_script(const File& file) {
  return ends_in_any(file.name, {".js", ".mjs", ".cjs", ".ts", ".mts"});
}

// "bench.mjs", "parse.bench.ts", anything below benchmarks/.
bool is_benchmark(const File& file) {
  if (!is_script(file) || file.name.find(".config.") != std::string::npos) return false;
  return has_word(file.name, "bench") || file.name.find("bench") != std::string::npos ||
         has_word(file.folder, "bench") || has_word(file.folder, "benchmark") || has_word(file.folder, "benchmarks");
}

// How the project's package manager installs and runs.
struct NodeWay {
  std::string install, exec, run;
  std::vector<std::string> steps;
};

NodeWay node_way(const SourceTree& tree, const std::string& folder) {
  constexpr const char* k_node =
      "- uses: actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0\n  with:\n    node-version: 22";
  NodeWay way;
  way.steps.emplace_back(k_node);
  const File* lock = tree.above(
      folder, {"pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb", "package-lock.json", "npm-shrinkwrap.json"});
  if (lock != nullptr && lock->name.starts_with("bun.")) {
    way.steps.emplace_back("- run: npm install --global bun");
    return {"bun install --frozen-lockfile", "bunx", "bun run --silent", way.steps};
  }
  if (lock != nullptr && lock->name == "pnpm-lock.yaml") {
    way.steps.insert(way.steps.begin(),
                     "- uses: pnpm/action-setup@a7487c7e89a18df4991f7f222e4898a00d66ddda # v4.1.0\n  with:\n    "
                     "version: 10");
    return {"pnpm install --frozen-lockfile", "pnpm exec", "pnpm --silent run", way.steps};
  }
  if (lock != nullptr && lock->name == "yarn.lock") {
    const bool berry = tree.above(folder, {".yarnrc.yml"}) != nullptr;
    if (berry) way.steps.emplace_back("- run: corepack enable");
    return {berry ? "yarn install --immutable" : "yarn install --frozen-lockfile",
            berry ? "yarn exec" : "yarn --silent", berry ? "yarn run" : "yarn --silent run", way.steps};
  }
  const std::string up = lock == nullptr ? "" : way_up(folder, lock->folder);
  const std::string at = up.empty() ? "" : " --prefix " + up;
  return {(lock == nullptr ? "npm install" : "npm ci") + at, "npx", "npm run --silent", way.steps};
}

bool depends_on(const nlohmann::json& package, std::string_view name) {
  for (const char* kind : {"devDependencies", "dependencies", "peerDependencies"})
    if (json::at(package, {kind, name}) != nullptr) return true;
  return false;
}

// The harness that the script imports.
std::string parser_of(const File& file) {
  if (imports_module(file, "tinybench")) return "tinybench";
  if (imports_module(file, "mitata")) return "mitata";
  if (imports_module(file, "benchmark")) return "benchmark-js";
  return "auto";
}

// The script of package.json that runs this file; empty when there is none.
std::string script_that_runs(const nlohmann::json& package, const File& file, const std::string& folder) {
  for (const char* name : {"bench", "benchmark", "benchmarks", "perf"}) {
    const std::string line = json::string_at(package, {"scripts", name});
    if (line.find(seen_from(folder, file.path)) != std::string::npos) return name;
  }
  return "";
}

std::string name_of_package(const File& manifest) {
  return manifest.folder.empty() ? "bench" : manifest.folder.substr(manifest.folder.rfind('/') + 1);
}

void propose_vitest(const SourceTree& tree, const File& manifest, Findings& findings) {
  const NodeWay way = node_way(tree, manifest.folder);
  Proposal suite{.suite = name_of_package(manifest), .cwd = manifest.folder, .build = way.install};
  suite.run = way.exec + " vitest bench --run --outputJson " + std::string(k_vitest_results);
  suite.output_file = k_vitest_results;
  suite.parser = "vitest";
  suite.harness = "Vitest";
  suite.steps = way.steps;
  suite.unversioned = {std::string(k_vitest_results), "node_modules/"};
  findings.propose(std::move(suite));
}

// True when it was one for this package.
bool propose_script(const SourceTree& tree, const File& manifest, const nlohmann::json& package, const File& file,
                    Findings& findings) {
  const std::string parser = parser_of(file);
  const std::string script = script_that_runs(package, file, manifest.folder);
  if (!is_plain_word(file.path) || (parser == "auto" && script.empty())) return false;
  const NodeWay way = node_way(tree, manifest.folder);
  const bool typed = ends_in_any(file.name, {".ts", ".mts"});
  const bool needs =
      json::at(package, {"dependencies"}) != nullptr || json::at(package, {"devDependencies"}) != nullptr;
  Proposal suite{.suite = script.empty() ? stem_of(file.name) : name_of_package(manifest), .cwd = manifest.folder};
  if (needs) suite.build = way.install;
  suite.run = !script.empty() ? way.run + " " + script
                              : (typed ? way.exec + " tsx " : "node ") + seen_from(manifest.folder, file.path);
  suite.parser = parser;
  suite.harness = parser == "auto" ? "a script of its own" : parser;
  suite.steps = way.steps;
  suite.unversioned = {"node_modules/"};
  findings.propose(std::move(suite));
  return true;
}

// The package that a file belongs to.
bool is_of(const SourceTree& tree, const File& file, const File& manifest) {
  return tree.above(file.folder, {"package.json"}) == &manifest;
}

bool is_vitest(const SourceTree& tree, const File& manifest) {
  return std::any_of(tree.files().begin(), tree.files().end(), [&](const File& file) {
    const bool named = is_script(file) && file.name.find(".bench.") != std::string::npos;
    return named && is_of(tree, file, manifest) && (file.has("vitest") || parser_of(file) == "auto");
  });
}

void find_in_package(const SourceTree& tree, const File& manifest, Findings& findings) {
  const auto package = json::parse(manifest.text);
  if (!package) return;
  const File* root = &manifest;
  bool has_vitest = depends_on(*package, "vitest");
  while (!has_vitest && !root->folder.empty()) {  // a workspace's tools may be the root's
    root = tree.above(parent_of(root->folder), {"package.json"});
    if (root == nullptr) break;
    const auto above = json::parse(root->text);
    has_vitest = above && depends_on(*above, "vitest");
  }
  if (has_vitest && is_vitest(tree, manifest)) propose_vitest(tree, manifest, findings);
  std::set<std::string> scripts;  // of package.json, each run once
  for (const File& file : tree.files()) {
    if (!is_benchmark(file) || !is_of(tree, file, manifest)) continue;
    if (file.has("vitest") || imports_module(file, "k6")) continue;
    const std::string script = script_that_runs(*package, file, manifest.folder);
    if (!script.empty() && !scripts.insert(script).second) continue;
    (void)propose_script(tree, manifest, *package, file, findings);
  }
}

void find_node(const SourceTree& tree, Findings& findings) {
  for (const File& file : tree.files())
    if (file.name == "package.json") find_in_package(tree, file, findings);
}

}  // namespace

extern const Ecosystem k_ecosystem_node{
    .name = "Node.js",
    .marks = [] { return std::vector<std::string_view>{"package.json"}; },
    .find = find_node,
    .form =
        "perfwarden init --build 'npm ci' --run 'npx vitest bench --run --outputJson bench.json' --output-file "
        "bench.json --parser vitest"};

}  // namespace perfwarden::app
