#include "app/init/detect.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_max_suites = 8;
constexpr std::size_t k_max_name = 40;

// Of the last resorts only the first that finds anything counts: they are ways to the same benchmarks.
void ask(const SourceTree& tree, Findings& findings) {
  for (const Ecosystem* ecosystem : ecosystems())
    if (!ecosystem->last_resort) ecosystem->find(tree, findings);
  for (const Ecosystem* ecosystem : ecosystems())
    if (ecosystem->last_resort && findings.empty()) ecosystem->find(tree, findings);
}

}  // namespace

void Findings::propose(Proposal proposal) {
  const std::string shown = text::truncate(text::one_line(proposal.run), 100);
  const bool printable = text::one_line(proposal.run + proposal.build + proposal.setup + proposal.cwd) ==
                         proposal.run + proposal.build + proposal.setup + proposal.cwd;
  if (!printable || (!proposal.cwd.empty() && !is_plain_word(proposal.cwd))) {
    doubt("'" + shown + "' was skipped: its name needs quoting; write that suite by hand");
    return;
  }
  if (found_.suites.size() == k_max_suites) {
    doubt("more than " + std::to_string(k_max_suites) + " benchmarks were found; add '" + shown + "' by hand");
    return;
  }
  const auto taken = [&](const std::string& name) {
    return std::any_of(found_.suites.begin(), found_.suites.end(), [&](const Proposal& p) { return p.suite == name; });
  };
  const std::string stem = suite_name(proposal.suite);
  proposal.suite = stem;
  for (int n = 2; taken(proposal.suite); ++n) proposal.suite = stem + "-" + std::to_string(n);
  found_.suites.push_back(std::move(proposal));
}

Detection detect(const std::string& root) {
  const SourceTree tree = SourceTree::look(root);
  Findings findings;
  ask(tree, findings);
  Detection found = std::move(findings.detection());
  for (const bool last_resort : {false, true})
    for (const Ecosystem* ecosystem : ecosystems()) {
      if (ecosystem->last_resort != last_resort || !tree.any_named(ecosystem->marks())) continue;
      found.ecosystems.emplace_back(ecosystem->name);
      if (found.form.empty()) found.form = ecosystem->form;
    }
  return found;
}

std::string suite_name(std::string_view word) {
  std::string name;
  for (const char c : text::lower(word)) {
    const bool good = text::is_lower_or_digit(c) || ((c == '_' || c == '-') && !name.empty());
    if (good) name += c;
  }
  return name.empty() ? "core" : name.substr(0, k_max_name);
}

}  // namespace perfwarden::app
