#include "app/init/detect.hpp"

namespace perfwarden::app {
namespace {

// A package with the plugin of package-benchmark. A program that uses google/swift-benchmark is named by hand.
void find_swift(const SourceTree& tree, Findings& findings) {
  for (const File& package : tree.files()) {
    if (package.name != "Package.swift" || !package.has("package-benchmark")) continue;
    Proposal suite{.suite = "swift", .cwd = package.folder, .build = "swift build -c release"};
    suite.run = "swift package --allow-writing-to-package-directory benchmark";
    suite.parser = "swift-benchmark";
    suite.harness = "package-benchmark";
    suite.unversioned = {".build/"};
    findings.propose(std::move(suite));
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_swift{
    .name = "Swift",
    .marks = [] { return std::vector<std::string_view>{"Package.swift"}; },
    .find = find_swift,
    .form =
        "perfwarden init --build 'swift build -c release' --run '.build/release/Benchmarks --format json' --parser "
        "swift-benchmark"};

}  // namespace perfwarden::app
