#include "app/init/detect.hpp"
#include "app/init/native.hpp"
#include "app/init/recipe.hpp"
#include "base/text.hpp"

namespace perfwarden::app {
namespace {

// The programs that the Makefile names, of sources that use a harness.
void find_programs(const SourceTree& tree, const File& makefile, Findings& findings) {
  for (const File* source : benchmark_sources(tree)) {
    const std::string program = stem_of(source->name);
    if (tree.above(source->folder, {"Makefile", "GNUmakefile", "makefile"}) != &makefile) continue;
    if (!is_plain_word(program)) continue;
    Proposal suite = native_suite(program, program, *harness_of(*source), source, findings);
    suite.cwd = makefile.folder;
    suite.build = "make " + program;
    if (!has_word(makefile.text, program))
      findings.doubt(source->path +
                     " holds benchmarks, but how it is built was not recognised: check `build` and `run`");
    findings.propose(std::move(suite));
  }
}

void find_make(const SourceTree& tree, Findings& findings) {
  for (const File& file : tree.files()) {
    if (file.name != "Makefile" && file.name != "GNUmakefile" && file.name != "makefile") continue;
    find_programs(tree, file, findings);
    if (!findings.empty()) return;
    std::string target;
    const std::string recipe = recipe_in(file.text, target);
    if (recipe.empty()) continue;
    Proposal suite{.suite = target, .cwd = file.folder, .run = "make --silent " + target};
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
