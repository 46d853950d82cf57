#include "app/init/detect.hpp"
#include "app/init/recipe.hpp"

namespace perfwarden::app {
namespace {

void find_just(const SourceTree& tree, Findings& findings) {
  for (const File& file : tree.files()) {
    if (file.name != "justfile" && file.name != "Justfile" && file.name != ".justfile") continue;
    std::string target;
    const std::string recipe = recipe_in(file.text, target);
    if (recipe.empty()) continue;
    Proposal suite{.suite = target, .cwd = file.folder, .run = "just --quiet " + target};
    suite.parser = parser_of_recipe(recipe);
    suite.harness = "just recipe";
    suite.steps = {"- run: sudo apt-get update && sudo apt-get install -y just"};
    findings.propose(std::move(suite));
    return;
  }
}

}  // namespace

extern const Ecosystem k_ecosystem_just{.name = "just",
                                        .marks =
                                            [] {
                                              return std::vector<std::string_view>{"justfile", "Justfile", ".justfile"};
                                            },
                                        .find = find_just,
                                        .form = "perfwarden init --run 'just --quiet bench'",
                                        .last_resort = true};

}  // namespace perfwarden::app
