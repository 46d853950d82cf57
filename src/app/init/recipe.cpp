#include "app/init/recipe.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"

namespace perfwarden::app {

std::string parser_of_recipe(std::string_view lines) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> k_words{{
      {"--benchmark_format=json", "google-benchmark"},
      {"go test", "go-bench"},
      {"cargo bench", "auto"},
      {"tinybench", "tinybench"},
      {"mitata", "mitata"},
      {"-r xml", "catch2"},
      {"hyperfine", "time"},
  }};
  for (const auto& [word, parser] : k_words)
    if (lines.find(word) != std::string_view::npos) return std::string(parser);
  return "auto";
}

std::string recipe_in(std::string_view file, std::string& target) {
  static constexpr std::array<std::string_view, 6> k_names{"bench", "benchmark", "benchmarks",
                                                           "perf",  "run-bench", "run-benchmarks"};
  const auto lines = text::lines(file);
  for (const std::string_view name : k_names) {
    std::string recipe;
    bool inside = false;
    for (std::string_view line : lines) {
      const bool indented = line.starts_with('\t') || line.starts_with(' ');
      if (inside && indented) recipe += std::string(line) + "\n";
      if (inside && !indented && !text::trim(line).empty()) break;
      if (line.starts_with('@')) line.remove_prefix(1);  // of a justfile: the recipe is not printed
      // "bench:" and "bench: all", and a justfile's "bench *args:"; not "bench := 1"
      const bool begins = line.starts_with(name) && line.size() > name.size() &&
                          (line[name.size()] == ':' || line[name.size()] == ' ') &&
                          line.find(':') != std::string_view::npos && line.find(":=") == std::string_view::npos;
      if (begins && !inside) inside = true;
    }
    if (!inside) continue;
    target = name;
    return recipe.empty() ? "\n" : recipe;
  }
  return "";
}

}  // namespace perfwarden::app
