#include <map>
#include <set>

#include "app/init/detect.hpp"
#include "base/text.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_packages = 4;  // measured each by itself

bool has_benchmark(const File& file) {
  return file.name.ends_with("_test.go") && (file.has("\nfunc Benchmark") || file.text.starts_with("func Benchmark"));
}

// "-ldflags=-funcalign=64 " where the module's Go knows it, so that a change does not seem slower only because it moved
// code. Go 1.25 was the first whose linker does; an older one refuses it.
std::string alignment_of(const File& module) {
  constexpr std::string_view k_key = "go 1.";
  for (const std::string_view line : text::lines(module.text)) {
    if (!line.starts_with(k_key)) continue;
    std::string_view minor = line.substr(k_key.size());
    minor = minor.substr(0, minor.find_first_not_of("0123456789"));
    return text::to_integer(minor).value_or(0) >= 25 ? "-ldflags=-funcalign=64 " : "";
  }
  return "";
}

std::string setup_go(const std::string& module) {
  return "- uses: actions/setup-go@d35c59abb061a4a6fb18e82ac0862c26744d6ab5 # v5.5.0\n  with:\n    go-version-file: " +
         module;
}

// A package by itself: its test program is built once, so that runs spend no time in the linker, and equal programs are
// known to be equal.
Proposal of_package(const std::string& folder, const std::string& module, const std::string& align) {
  Proposal suite;
  suite.suite = folder.empty() ? "go" : folder.substr(folder.rfind('/') + 1);
  suite.cwd = folder;
  suite.build = "go test " + align + "-c -o bench.test .";
  suite.run = "./bench.test -test.run '^$' -test.bench . -test.benchtime 50ms -test.count 3 -test.benchmem";
  suite.parser = "go-bench";
  suite.harness = "testing.B";
  suite.steps = {setup_go(module)};
  suite.unversioned = {"bench.test"};
  return suite;
}

Proposal of_module(const std::string& folder, const std::string& module, const std::string& align) {
  Proposal suite;
  suite.suite = folder.empty() ? "go" : folder.substr(folder.rfind('/') + 1);
  suite.cwd = folder;
  suite.run = "go test " + align + "-run '^$' -bench . -benchtime 50ms -count 3 -benchmem ./...";
  suite.parser = "go-bench";
  suite.harness = "testing.B";
  suite.steps = {setup_go(module)};
  return suite;
}

void find_go(const SourceTree& tree, Findings& findings) {
  std::map<std::string, std::set<std::string>> packages;  // by module
  std::vector<std::string> order;
  for (const File& file : tree.files()) {
    if (!has_benchmark(file)) continue;
    const File* module = tree.above(file.folder, {"go.mod"});
    if (module == nullptr) continue;
    if (packages[module->path].empty()) order.push_back(module->path);
    packages[module->path].insert(file.folder);
  }
  for (const std::string& module : order) {
    const std::string align = alignment_of(*tree.at(module));
    if (align.empty())
      findings.doubt("with Go 1.25 or later in " + module +
                     ", add -ldflags=-funcalign=64 to `go test`: else a change can seem slower only because it moved "
                     "code");
    if (packages[module].size() > k_most_packages) {
      findings.propose(of_module(parent_of(module), module, align));
      continue;
    }
    for (const std::string& folder : packages[module]) findings.propose(of_package(folder, module, align));
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_go{
    .name = "Go",
    .marks =
        [] {
          return std::vector<std::string_view>{"go.mod", "go.work"};
        },
    .find = find_go,
    .form = "perfwarden init --run \"go test -run '^$' -bench . -benchtime 50ms -count 3 ./...\" --parser go-bench"};

}  // namespace perfwarden::app
