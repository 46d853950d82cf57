#include <algorithm>

#include "app/init/detect.hpp"
#include "app/init/native.hpp"
#include "app/init/recipe.hpp"
#include "base/text.hpp"

namespace perfwarden::app {
namespace {

// What the first rule makes that has any of these among its prerequisites; empty when there is none or it is a pattern.
std::string made_from(const File& makefile, const std::vector<std::string>& sources) {
  for (const std::string_view line : text::lines(makefile.text)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || line.starts_with('\t') || line.substr(colon).starts_with(":=")) continue;
    const std::vector<std::string> needed = words_of(line.substr(colon + 1));
    const bool named = std::any_of(needed.begin(), needed.end(), [&](const std::string& word) {
      return std::find(sources.begin(), sources.end(), word) != sources.end();
    });
    if (std::string target(text::trim(line.substr(0, colon))); named && is_plain_word(target)) return target;
  }
  return "";
}

// The program that the Makefile makes of this source, directly or by an object; empty when it does not say.
std::string program_of(const File& makefile, const File& source) {
  const std::string path = seen_from(makefile.folder, source.path);
  std::string made = made_from(makefile, {path, "./" + path});
  if (made.ends_with(".o")) made = made_from(makefile, {made});
  const std::string stem = stem_of(source.name);
  return made.empty() && has_word(makefile.text, stem) ? stem : made;
}

// The programs of sources that use a harness.
void find_programs(const SourceTree& tree, const File& makefile, bool has_recipe, Findings& findings) {
  for (const File* source : benchmark_sources(tree)) {
    if (tree.above(source->folder, {"Makefile", "GNUmakefile", "makefile"}) != &makefile) continue;
    std::string program = program_of(makefile, *source);
    const bool known = !program.empty();
    if (!known && has_recipe) continue;  // which says better than a guess how they are run
    if (!known) program = stem_of(source->name);
    if (!is_plain_word(program)) continue;
    Proposal suite = native_suite(stem_of(program), program, *harness_of(*source), source, findings);
    suite.cwd = makefile.folder;
    suite.build = "make " + program;
    if (!known)
      findings.doubt(source->path +
                     " holds benchmarks, but how it is built was not recognised: check `build` and `run`");
    findings.propose(std::move(suite));
  }
}

// A recipe that only compiles a program of the target's name: `bench: bench.c`.
bool only_compiles(const std::string& recipe, const std::string& target) {
  const bool compiles =
      recipe.find("-o $@") != std::string::npos || recipe.find("-o " + target + " ") != std::string::npos;
  return compiles && recipe.find("./") == std::string::npos;
}

void find_make(const SourceTree& tree, Findings& findings) {
  for (const File& file : tree.files()) {
    if (file.name != "Makefile" && file.name != "GNUmakefile" && file.name != "makefile") continue;
    std::string target;
    const std::string recipe = recipe_in(file.text, target);
    find_programs(tree, file, !recipe.empty(), findings);
    if (!findings.empty()) return;
    if (recipe.empty()) continue;
    Proposal suite{.suite = target, .cwd = file.folder, .run = "make --silent " + target};
    if (only_compiles(recipe, target)) {
      suite.build = "make " + target;
      suite.run = "./" + target;
    }
    suite.parser = parser_of_recipe(recipe);
    suite.harness = "Makefile target";
    findings.propose(std::move(suite));
    return;
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_make{
    .name = "Make",
    .marks =
        [] {
          return std::vector<std::string_view>{"Makefile", "GNUmakefile", "makefile"};
        },
    .find = find_make,
    .form = "perfwarden init --build make --run './bench --benchmark_format=json'",
    .last_resort = true};

}  // namespace perfwarden::app
