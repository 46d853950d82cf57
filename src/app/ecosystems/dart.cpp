#include "app/init/detect.hpp"

namespace perfwarden::app {
namespace {

void find_dart(const SourceTree& tree, Findings& findings) {
  for (const File& file : tree.files()) {
    const bool runs = file.name.ends_with(".dart") && file.has("benchmark_harness") && file.has("main(");
    const File* package = runs ? tree.above(file.folder, {"pubspec.yaml"}) : nullptr;
    if (package == nullptr || !is_plain_word(file.path)) continue;
    Proposal suite{.suite = stem_of(file.name), .cwd = package->folder, .build = "dart pub get"};
    suite.run = "dart run " + seen_from(package->folder, file.path);
    suite.parser = "dart";
    suite.harness = "benchmark_harness";
    suite.unversioned = {".dart_tool/"};
    findings.propose(std::move(suite));
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_dart{
    .name = "Dart",
    .marks = [] { return std::vector<std::string_view>{"pubspec.yaml"}; },
    .find = find_dart,
    .form = "perfwarden init --build 'dart pub get' --run 'dart run benchmark/parse.dart' --parser dart"};

}  // namespace perfwarden::app
