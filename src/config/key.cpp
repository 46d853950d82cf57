#include "config/key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "config/parts.hpp"

namespace perfwarden::config {
namespace {

void walk_below(const Key& key, const std::string& path,
                const std::function<void(const std::string& path, const Key& key)>& visit) {
  for (const Key& one : key.keys) {
    const std::string inner = path.empty() ? one.name : path + "." + one.name;
    visit(inner, one);
    walk_below(one, inner, visit);
  }
}

// Replaces the placeholders by the names.
void fill_in(Key& key, const Vocabulary& vocabulary) {
  std::string parsers;
  for (const std::string& name : vocabulary.parsers)
    if (name != "regex") parsers += ", \"" + name + "\"";  // which needs its pattern, and so a mapping
  const std::vector<std::string>& formats = vocabulary.report_formats;
  key.schema = text::replace_all(std::move(key.schema), k_parsers, parsers);
  key.schema = text::replace_all(std::move(key.schema), fmt::format("[{}]", k_report_formats), json_list(formats));
  key.value = text::replace_all(std::move(key.value), k_report_formats, code_list(formats));
  for (Key& one : key.keys) fill_in(one, vocabulary);
}

}  // namespace

void walk(const Key& root, const std::function<void(const std::string& path, const Key& key)>& visit) {
  walk_below(root, "", visit);
}

Key keys(const Vocabulary& vocabulary) {
  Key root{.value = "mapping",
           .sentence =
               "what perfwarden measures, and how much slower each part may get; config/README.md describes every "
               "key",
           .mapping = R"({"required": ["version", "suites"],
            "patternProperties": {"^x-": {"description": "Ignored: room for your own anchors and notes."}}})",
           .keys = keys_of(fields())};
  fill_in(root, vocabulary);
  return root;
}

std::vector<std::string> places_of(std::string_view name) {
  // Made once: a hostile file may have a hundred thousand unknown keys.
  static const std::multimap<std::string, std::string, std::less<>> places = [] {
    std::multimap<std::string, std::string, std::less<>> out;
    walk(keys({}), [&](const std::string& path, const Key& key) {
      if (!key.refused) out.emplace(key.name, path.substr(0, path.size() - std::min(path.size(), key.name.size() + 1)));
    });
    return out;
  }();
  std::vector<std::string> out;
  const auto [first, last] = places.equal_range(name);
  for (auto place = first; place != last; ++place) out.push_back(place->second);
  return out;
}

std::vector<std::string> environment_keys() {
  std::vector<std::string> out;
  walk(keys({}), [&](const std::string& path, const Key& key) {
    const bool chosen_by_user = path.find('<') != std::string::npos;
    if (!chosen_by_user && !key.file_only && !key.refused && !key.schema.empty()) out.push_back(path);
  });
  return out;
}

}  // namespace perfwarden::config
