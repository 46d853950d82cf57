#include "app/init/detect.hpp"
#include "app/init/native.hpp"

namespace perfwarden::app {
namespace {

void find_meson(const SourceTree& tree, Findings& findings) {
  const std::vector<const File*> sources = benchmark_sources(tree);
  for (const File& file : tree.files()) {
    if (file.name != "meson.build") continue;
    for (const std::string& call : calls_of(file.text, "executable")) {
      const std::string target = in_quotes(call, '\'');
      if (!is_plain_word(target)) continue;
      for (const File* source : sources) {
        if (source->folder != file.folder && !source->folder.starts_with(file.folder)) continue;
        if (call.find(source->name + "'") == std::string::npos) continue;
        Proposal suite =
            native_suite(target, below(below("build", file.folder), target), *harness_of(*source), source, findings);
        suite.build = "meson setup build --buildtype=release";
        suite.setup = "meson compile -C build";
        suite.unversioned.emplace_back("/build/");
        suite.steps.emplace_back("- run: sudo apt-get update && sudo apt-get install -y meson libbenchmark-dev");
        findings.propose(std::move(suite));
        break;
      }
    }
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_meson{
    .name = "Meson",
    .marks = [] { return std::vector<std::string_view>{"meson.build"}; },
    .find = find_meson,
    .form =
        "perfwarden init --build 'meson setup build --buildtype=release' --setup 'meson compile -C build' --run "
        "'./build/bench --benchmark_format=json'"};

}  // namespace perfwarden::app
