#include <fmt/format.h>

#include "base/text.hpp"
#include "config/parts.hpp"

namespace perfwarden::config {
namespace {

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

void check_when(const Section& section, const When&) {
  const Node* const paths = section.find("paths");
  if (paths == nullptr || paths->kind != Node::Kind::sequence) return;
  Reader& reader = section.reader();
  if (paths->items.empty()) reader.problem(*paths, "'paths' is an empty list", "name a glob or take the key out");
  for (const Node& item : paths->items)
    if (const auto [what, cure] = path_glob_fault(item.text); !what.empty())
      reader.problem(item, fmt::format("{}: '{}'", what, text::one_line(item.text)), cure);
}

Type<std::vector<std::string>> path_globs_type() {
  Type<std::vector<std::string>> type = list_type();
  type.value = "list of globs";
  type.schema = R"({"type": "array", "minItems": 1, "uniqueItems": true,
    "items": {"type": "string", "minLength": 1, "pattern": "^(?![!/])(?!.*(//|\\*\\*\\*|/$)).*\\S"}})";
  return type;
}

}  // namespace

Field<Suite> when_field() {
  const auto tiers = choice_type<Tier>();
  return mapping<Suite, When>(
             "when", &Suite::when,
             {row("paths", &When::paths, path_globs_type(),
                  "measured only when a changed file matches; from the repository's root, `*` within a folder's name, "
                  "`**` across folders")
                  .preset("any file"),
              row("tier", &When::tier, tiers, "measured by runs of this tier and those after it")},
             "which runs measure the suite", check_when)
      .more("see [Which suites run](#which-suites-run)");
}

}  // namespace perfwarden::config
