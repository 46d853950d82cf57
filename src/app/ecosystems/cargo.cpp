#include <algorithm>
#include <set>

#include "app/init/detect.hpp"
#include "base/text.hpp"

namespace perfwarden::app {
namespace {

// Values of `name = "…"` in the sections of a TOML file with this heading.
std::vector<std::string> toml_names(const std::string& text, std::string_view heading) {
  std::vector<std::string> found;
  bool inside = false;
  for (const std::string_view raw : text::lines(text)) {
    const std::string_view line = text::trim(raw);
    if (line.starts_with('[')) inside = line.starts_with(heading);
    if (!inside || !line.starts_with("name")) continue;
    if (std::string name = in_quotes(line, '"'); !name.empty()) found.push_back(std::move(name));
  }
  return found;
}

// A module that benches share has neither.
bool is_runnable(const File& file) {
  return file.has("main") || file.has("#[bench]");
}

// The bench targets of a package: those it names, and what Cargo finds in benches/: NAME.rs and NAME/main.rs.
std::vector<std::string> benches_of(const SourceTree& tree, const File& manifest) {
  std::vector<std::string> out = toml_names(manifest.text, "[[bench]]");
  const std::string folder = below(manifest.folder, "benches");
  for (const File& file : tree.files()) {
    if (!file.name.ends_with(".rs") || !is_runnable(file)) continue;
    std::string name;
    if (file.folder == folder) name = stem_of(file.name);
    if (file.name == "main.rs" && parent_of(file.folder) == folder) name = seen_from(folder, file.folder);
    if (!name.empty() && std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
  }
  return out;
}

// Null where it was not seen.
const File* source_of(const SourceTree& tree, const File& manifest, const std::string& bench) {
  const std::string path = below(manifest.folder, "benches/" + bench);
  const File* file = tree.at(path + ".rs");
  return file != nullptr ? file : tree.at(path + "/main.rs");
}

// What the bench's source uses; its package's dependencies where the source was not seen.
void choose_harness(const File& manifest, const File* source, const std::string& bench, Proposal& suite,
                    Findings& findings) {
  const auto uses = [&](std::string_view word) { return source != nullptr ? source->has(word) : manifest.has(word); };
  suite.run = "cargo bench --bench " + bench;
  if (uses("criterion")) {
    suite.run += " -- --noplot --warm-up-time 0.2 --measurement-time 0.5 --sample-size 20";
    suite.parser = "criterion";
    suite.harness = "criterion";
  } else if (uses("divan")) {
    suite.run += " -- --sample-count 20 --max-time 0.5";
    suite.parser = "divan";
    suite.harness = "divan";
  } else if (uses("gungraun") || uses("iai_callgrind") || uses("iai-callgrind")) {
    suite.parser = "gungraun";
    suite.harness = "gungraun";
  } else if (uses("#[bench]")) {
    suite.parser = "libtest";
    suite.harness = "libtest";
    findings.doubt("#[bench] needs Rust's nightly toolchain: rustup override set nightly");
  } else {
    suite.harness = "a harness of its own";
  }
}

void find_cargo(const SourceTree& tree, Findings& findings) {
  for (const File& manifest : tree.files()) {
    if (manifest.name != "Cargo.toml" || !manifest.has("[package]")) continue;
    const std::vector<std::string> benches = benches_of(tree, manifest);
    for (const std::string& bench : benches) {
      if (!is_plain_word(bench)) continue;
      Proposal suite{.suite = bench};
      choose_harness(manifest, source_of(tree, manifest, bench), bench, suite, findings);
      suite.cwd = manifest.folder;
      suite.build = "cargo bench --no-run --bench " + bench;
      suite.unversioned = {"target/"};
      findings.propose(std::move(suite));
    }
    const bool inside = std::any_of(tree.files().begin(), tree.files().end(), [&](const File& file) {
      return file.folder == below(manifest.folder, "src") && file.has("#[bench]");
    });
    if (!inside || !benches.empty()) continue;
    Proposal suite{.suite = "cargo", .cwd = manifest.folder, .run = "cargo bench --lib", .parser = "libtest"};
    suite.harness = "libtest";
    suite.unversioned = {"target/"};
    findings.doubt("#[bench] needs Rust's nightly toolchain: rustup override set nightly");
    findings.propose(std::move(suite));
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_cargo{
    .name = "Cargo",
    .marks = [] { return std::vector<std::string_view>{"Cargo.toml"}; },
    .find = find_cargo,
    .form = "perfwarden init --build 'cargo build --release' --run ./target/release/PROGRAM --parser time"};

}  // namespace perfwarden::app
