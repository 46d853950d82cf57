#include "app/history/owners.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"

namespace perfwarden::app {
namespace {

struct OwnerRule {
  std::string pattern;
  bool anchored = false;  // to the top of the repository
  std::vector<std::string> owners;
};

std::vector<OwnerRule> rules_in(std::string_view codeowners) {
  std::vector<OwnerRule> rules;
  for (std::string_view line : text::lines(codeowners)) {
    line = text::trim(line.substr(0, line.find('#')));
    std::vector<std::string> words;
    const std::string blanks = text::replace_all(std::string(line), "\t", " ");
    for (const std::string_view word : text::split(blanks, ' '))
      if (!word.empty()) words.emplace_back(word);
    if (words.empty()) continue;
    OwnerRule rule;
    rule.pattern = words.front();
    rule.anchored = rule.pattern.find('/') < rule.pattern.size() - 1;
    if (rule.pattern.starts_with('/')) rule.pattern.erase(0, 1);
    if (rule.pattern.ends_with('/')) rule.pattern.pop_back();
    rule.owners.assign(words.begin() + 1, words.end());
    rules.push_back(std::move(rule));
  }
  return rules;
}

bool matches(const OwnerRule& rule, std::string_view file) {
  if (text::glob_match_prefix(rule.pattern, file)) return true;
  for (std::size_t slash = file.find('/'); !rule.anchored && slash != std::string_view::npos;
       slash = file.find('/', slash + 1))
    if (text::glob_match_prefix(rule.pattern, file.substr(slash + 1))) return true;
  return false;
}

}  // namespace

std::vector<std::string> owners_of(std::string_view codeowners, std::span<const std::string> files) {
  const std::vector<OwnerRule> rules = rules_in(codeowners);
  std::map<std::string, std::size_t> count;
  for (const std::string& file : files) {
    const auto last =
        std::find_if(rules.rbegin(), rules.rend(), [&](const OwnerRule& rule) { return matches(rule, file); });
    if (last == rules.rend()) continue;
    for (const std::string& owner : last->owners) ++count[owner];
  }
  std::vector<std::string> out;
  out.reserve(count.size());
  for (const auto& [owner, files_owned] : count) out.push_back(owner);
  std::stable_sort(out.begin(), out.end(),
                   [&](const std::string& a, const std::string& b) { return count[a] > count[b]; });
  return out;
}

}  // namespace perfwarden::app
