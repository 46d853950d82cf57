#include <fmt/format.h>

#include "base/text.hpp"
#include "config/reader.hpp"

namespace perfwarden::config {

Section::Section(Reader& reader, const Node* node, std::string path, std::string title,
                 std::span<const std::string_view> known)
    : reader_(reader), node_(node), path_(std::move(path)) {
  if (node_ && !reader_.is_map(*node_, title)) node_ = nullptr;
  if (!node_) return;
  const std::vector<std::string> words(known.begin(), known.end());
  for (const Node& key : node_->keys) {
    if (key.kind != Node::Kind::scalar) continue;  // told of already
    if (std::find(words.begin(), words.end(), key.text) != words.end()) continue;
    if (path_.empty() && key.text.starts_with("x-")) continue;
    all_known_ = false;
    std::string cure = "known keys: " + quote_list(words);
    if (key.text == "<<")
      cure = "merge keys are not applied: write the values in 'defaults', or an alias for the whole mapping";
    else if (const auto near = text::nearest(key.text, words))
      cure = fmt::format("did you mean '{}'?", *near);
    reader_.problem(key,
                    title.empty() ? fmt::format("unknown key '{}'", text::one_line(key.text))
                                  : fmt::format("unknown key '{}' in {}", text::one_line(key.text), title),
                    std::move(cure));
  }
}

const Node* Section::find(std::string_view key) const {
  return node_ ? node_->find(key) : nullptr;
}

std::string Section::path(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void Section::take_text(std::string_view key, std::string& target) {
  take(
      key, target, [&](const Node& n, std::string_view k) { return reader_.text(n, k); },
      [](const std::string& value) { return value; });
}

void Section::take_boolean(std::string_view key, bool& target) {
  take(
      key, target, [&](const Node& n, std::string_view k) { return reader_.boolean(n, k); },
      [](bool value) { return std::string(value ? "true" : "false"); });
}

void Section::take_percent(std::string_view key, double& target, Range percent) {
  take(
      key, target, [&](const Node& n, std::string_view k) { return reader_.percent(n, k, percent); }, print_percent);
}

void Section::take_strings(std::string_view key, std::vector<std::string>& target) {
  take(
      key, target, [&](const Node& n, std::string_view k) { return reader_.strings(n, k); }, print_list);
}

}  // namespace perfwarden::config
