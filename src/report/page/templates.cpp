#include <fmt/format.h>

#include <cstdlib>
#include <span>
#include <vector>

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "report/page/page.hpp"
#include "report/renderer.hpp"
#include "report/view/links.hpp"

namespace perfwarden::report {

std::span<const EmbeddedText> templates_embedded();

namespace {

Error unknown(const std::string& name, const std::string& what, const std::vector<std::string>& known,
              const std::string& where) {
  const auto near = text::nearest(name, known);
  return Error{
      .kind = ErrorKind::config,
      .what = fmt::format("unknown {} '{}'", what, text::one_line(name)),
      .where = where,
      .hint = near ? fmt::format("did you mean '{}'?", *near) : fmt::format("known: {}", text::join(known, ", "))};
}

template <class Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> keys;
  keys.reserve(map.size());
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

}  // namespace

Templates::Templates() {
  for (const EmbeddedText& embedded : templates_embedded())
    if (embedded.name.ends_with(".mustache")) texts_.emplace(embedded.name, embedded.text);
}

Status Templates::replace(const std::string& name, std::string text) {
  const auto found = texts_.find(name);
  if (found == texts_.end()) return unknown(name, "template", keys_of(texts_), "");
  PW_TRY(check_template(name, text));
  if (name == k_phrases) {
    PW_TRY_ASSIGN(const auto given, split_phrases(name, text));
    static const Templates built_in;
    PW_TRY_ASSIGN(const auto own, split_phrases(name, built_in.get(name)));
    for (const auto& [key, words] : given)
      if (!own.contains(key)) return unknown(key, "phrase", keys_of(own), name);
    if (const auto links = given.find(k_links_phrase); links != given.end()) PW_TRY(check_links(name, links->second));
  }
  found->second = std::move(text);
  return Nothing{};
}

const std::string& Templates::get(const std::string& name) const {
  static const std::string none;
  const auto found = texts_.find(name);
  return found == texts_.end() ? none : found->second;
}

const Renderer* find_renderer(std::string_view name) {
  for (const Renderer* renderer : renderers())
    if (renderer->name == name) return renderer;
  return nullptr;
}

}  // namespace perfwarden::report
