#include "config/section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "config/key.hpp"

namespace perfwarden::config {
namespace {

// Our key for a word that other tools use, where it is known here; "" when there is none.
std::string_view synonym_of(std::string_view word, const std::vector<std::string>& known) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 17> k_words{{
      {"format", "parser"},
      {"tool", "parser"},
      {"command", "run"},
      {"cmd", "run"},
      {"script", "run"},
      {"exec", "run"},
      {"dir", "cwd"},
      {"directory", "cwd"},
      {"working-directory", "cwd"},
      {"workdir", "cwd"},
      {"output", "output-file"},
      {"file", "output-file"},
      {"benchmarks", "suites"},
      {"thresholds", "budgets"},
      {"limits", "budgets"},
      {"repeat", "iterations"},
      {"runs", "iterations"},
  }};
  for (const auto& [theirs, ours] : k_words)
    if (theirs == word && std::find(known.begin(), known.end(), ours) != known.end()) return ours;
  return "";
}

// Where a key belongs that is known elsewhere in the file; "" when it is known nowhere, or in many places.
std::string where_known(std::string_view word) {
  constexpr std::size_t k_most = 2;
  const std::vector<std::string> places = places_of(word);
  if (places.empty() || places.size() > k_most) return "";
  std::vector<std::string> named;
  named.reserve(places.size());
  for (const std::string& place : places)
    named.push_back(place.empty() ? "at the top of the file" : fmt::format("in '{}'", place));
  return fmt::format("it belongs {}", text::join(named, " or "));
}

}  // namespace

Section::Section(Reader& reader, const Node* node, std::string path, const std::string& title,
                 const std::vector<std::string>& known, Options options)
    : reader_(reader), node_(node), path_(std::move(path)), options_(options) {
  if (node_ && !reader_.is_map(*node_, title)) node_ = nullptr;
  if (!node_) return;
  for (const Node& key : node_->keys) {
    if (key.kind != Node::Kind::scalar) continue;  // already reported
    if (std::find(known.begin(), known.end(), key.text) != known.end()) continue;
    if (path_.empty() && key.text.starts_with("x-")) continue;
    all_known_ = false;
    std::string cure = "known keys: " + quote_list(known);
    if (key.text == "<<")
      cure = "merge keys are not applied: write the values in 'defaults', or an alias for the whole mapping";
    else if (const std::string_view ours = synonym_of(key.text, known); !ours.empty())
      cure = fmt::format("did you mean '{}'?", ours);
    else if (const std::string where = where_known(key.text); !where.empty())
      cure = where;
    else if (const auto near = text::nearest(key.text, known))
      cure = fmt::format("did you mean '{}'?", *near);
    reader_.problem(key,
                    title.empty() ? fmt::format("unknown key '{}'", text::one_line(key.text))
                                  : fmt::format("unknown key '{}' in {}", text::one_line(key.text), title),
                    std::move(cure));
  }
}

Section Section::enter(std::string_view key, const std::vector<std::string>& known) const {
  Options inner = options_;
  inner.defaults = options_.defaults ? options_.defaults->find(key) : nullptr;
  return {reader_, own(key), path(key), fmt::format("'{}'", key), known, inner};
}

std::string Section::path(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

const Node* Section::own(std::string_view key) const {
  return node_ ? node_->find(key) : nullptr;
}

const Node* Section::find(std::string_view key) const {
  const Node* given = own(key);
  return given || !options_.defaults ? given : options_.defaults->find(key);
}

void Section::record(std::string_view key, std::string value, const Node* given) const {
  reader_.record(path(key), std::move(value), reader_.origin(given));
}

}  // namespace perfwarden::config
