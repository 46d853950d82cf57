// config/perfwarden.schema.json, the lists in config/README.md and the inputs of action.yml are what the table of keys
// says: UPDATE_GOLDEN=1 writes them anew.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "app/cli/vocabulary.hpp"
#include "base/text.hpp"
#include "config/gate_variables.hpp"
#include "config/key.hpp"
#include "config/overrides.hpp"
#include "support/fakes.hpp"

namespace perfwarden::docs {
namespace {

using support::slurp;
using support::source_path;

void expect_file(const std::string& file, const std::string& wanted) {
  if (slurp(source_path(file)) == wanted) return;
  if (std::getenv("UPDATE_GOLDEN") != nullptr)
    std::ofstream(source_path(file), std::ios::binary) << wanted;
  else
    ADD_FAILURE() << file << " is not what the table of keys says: UPDATE_GOLDEN=1 writes it anew";
}

// The text with what stands between the lines `begin` and `end` replaced.
std::string with_part(const std::string& text, const std::string& begin, const std::string& end,
                      const std::string& part) {
  const std::size_t from = text.find(begin + "\n"), to = text.find(end, from == std::string::npos ? 0 : from);
  if (from == std::string::npos || to == std::string::npos) {
    ADD_FAILURE() << "no lines '" << begin << "' and '" << end << "'";
    return text;
  }
  return text.substr(0, from + begin.size() + 1) + part + text.substr(to);
}

void add_keys(const config::Key& key, const std::string& path, std::string& out) {
  for (const config::Key& one : key.keys) {
    if (one.refused) continue;
    const std::string inner = path.empty() ? one.name : path + "." + one.name;
    const std::string sentence = one.more.empty() ? one.sentence : one.sentence + "; " + one.more;
    out += fmt::format("| `{}` | {} | {} | {} |\n", inner, one.value, one.preset, sentence);
    if (!one.folded) add_keys(one, inner, out);
  }
}

std::string keys() {
  std::string out = "| key | value | default | what it does |\n|---|---|---|---|\n";
  add_keys(config::keys(app::vocabulary()), "", out);
  return out;
}

std::string gate_variables() {
  std::string out = "| variable | value | what it overrides |\n|---|---|---|\n";
  for (const config::GateVariable& row : config::gate_variables())
    out += fmt::format("| `{}` | {} | {} |\n", row.name, row.value, row.sentence);
  return out;
}

std::string reserved() {
  std::string out;
  for (const std::string_view name : config::reserved_variables())
    out += fmt::format("{}`{}`", out.empty() ? "" : ", ", name);
  return out + "\n";
}

TEST(ConfigDocuments, TheSchemaIsThatOfTheTable) {
  expect_file("config/perfwarden.schema.json", config::schema(app::vocabulary()));
}

TEST(ConfigDocuments, TheListsOfTheReadmeAreThoseOfTheTable) {
  std::string readme = slurp(source_path("config/README.md"));
  const std::map<std::string, std::string> lists{
      {"keys", keys()}, {"gate-variables", gate_variables()}, {"reserved", reserved()}};
  for (const auto& [name, list] : lists)
    readme = with_part(readme, fmt::format("<!-- generated: {} -->", name), "<!-- /generated -->", list);
  expect_file("config/README.md", readme);
}

// "Level of the intervals. 50% to 99.99%; default 99%."
std::string description_of_input(const config::Key& key) {
  const bool is_choice = key.value.find("`, `") != std::string::npos;
  std::string out = key.sentence + (is_choice ? ". One of " : ". ") + key.value;
  out += key.preset.empty() ? "." : "; default " + key.preset + ".";
  out.front() = static_cast<char>(out.front() >= 'a' && out.front() <= 'z' ? out.front() - 'a' + 'A' : out.front());
  return text::replace_all(out, "`", "");
}

TEST(ConfigDocuments, InputsOfTheActionThatAreKeysSayWhatTheTableSays) {
  std::string inputs;
  config::walk(config::keys(app::vocabulary()), [&](const std::string& path, const config::Key& key) {
    if (!key.input) return;
    const std::string description = description_of_input(key);
    EXPECT_EQ(description.find(": "), std::string::npos) << path << ": YAML would want quotes";
    inputs += fmt::format("  {}:\n    description: {}\n", text::replace_all(path, ".", "-"), description);
  });
  expect_file("action.yml", with_part(slurp(source_path("action.yml")), "  # generated: keys of perfwarden.yml",
                                      "  # /generated", inputs));
}

}  // namespace
}  // namespace perfwarden::docs
