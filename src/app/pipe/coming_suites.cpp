#include "app/pipe/coming_suites.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "app/cli/vocabulary.hpp"
#include "config/load.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{1} << 20;

// The suites of the config below a side's folder, which anybody may have written; none without a config. nullopt: it
// cannot be read.
std::optional<std::vector<Suite>> suites_in(const std::string& directory, const std::string& config_file) {
  std::vector<std::string> names(config::k_file_names.begin(), config::k_file_names.end());
  if (std::find(names.begin(), names.end(), config_file) == names.end()) names = {config_file};
  for (const std::string& name : names) {
    if (!os::exists(fmt::format("{}/{}", directory, name))) continue;
    const Result<std::string> text = os::read_file_below(directory, name, k_most_bytes);
    if (!text) return std::nullopt;
    Result<config::Loaded> loaded = config::parse(*text, name, vocabulary());
    if (!loaded) return std::nullopt;
    return std::move(loaded->config.suites);
  }
  return std::vector<Suite>();
}

bool has(const std::vector<Suite>& suites, const std::string& name) {
  return std::any_of(suites.begin(), suites.end(), [&name](const Suite& suite) { return suite.name == name; });
}

}  // namespace

Config with_coming_suites(const Config& config, const Checkouts& sides, const std::string& config_file, bool all) {
  Config out = config;
  if (!sides.worktrees || config_file.starts_with('/')) return out;
  const std::optional<std::vector<Suite>> base = suites_in(sides.base_directory, config_file);
  const std::optional<std::vector<Suite>> head = suites_in(sides.head_directory, config_file);
  if (!base || !head) return out;
  for (Suite& suite : out.suites) {
    const bool of_base = has(*base, suite.name);
    const bool of_head = has(*head, suite.name);
    if (of_base != of_head) suite.life = of_base ? Life::goes : Life::comes;
  }
  for (const Suite& suite : *base) {
    if (!all || has(out.suites, suite.name) || has(*head, suite.name)) continue;
    out.suites.push_back(suite);
    out.suites.back().life = Life::gone;
  }
  return out;
}

}  // namespace perfwarden::app
