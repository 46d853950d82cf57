#include "config/when.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace perfwarden::config {
namespace {

constexpr std::array<std::string_view, 2> k_when_keys{"paths", "tier"};
constexpr std::array<Choice<Tier>, 4> k_tiers{
    {{"smoke", Tier::smoke}, {"targeted", Tier::targeted}, {"full", Tier::full}, {"long", Tier::long_}}};

// What is wrong with a glob over paths, and the cure; empty when nothing is.
std::pair<std::string, std::string> path_glob_fault(std::string_view glob) {
  if (glob.starts_with('!')) return {"globs have no negation", "name the paths that matter instead"};
  if (glob.starts_with('/') || glob.ends_with('/'))
    return {"a glob cannot begin or end with '/'", "write it from the repository's root, like src/** or src"};
  if (glob.find("//") != std::string_view::npos) return {"'//' in a glob matches nothing", "write one '/'"};
  if (glob.find("***") != std::string_view::npos)
    return {"'***' in a glob", "write '*' within a folder's name, '**' across folders"};
  return {};
}

}  // namespace

When read_when(Reader& reader, const Section& suite) {
  When when;
  Section section(reader, suite.find("when"), suite.path("when"), "'when'", k_when_keys);
  section.take_strings("paths", when.paths);
  section.take_choice("tier", when.tier, k_tiers);
  const Node* const paths = section.find("paths");
  if (paths == nullptr || paths->kind != Node::Kind::sequence) return when;
  if (paths->items.empty()) reader.problem(*paths, "'paths' is an empty list", "name a glob or take the key out");
  for (const Node& item : paths->items)
    if (const auto [what, cure] = path_glob_fault(item.text); !what.empty())
      reader.problem(item, fmt::format("{}: '{}'", what, text::one_line(item.text)), cure);
  return when;
}

}  // namespace perfwarden::config
