#include "ingest/json_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/text.hpp"

namespace perfwarden::ingest {

std::string string_of(const json::Node& object, std::string_view key) {
  const auto node = object.find(key);
  return node && node->is(json::Kind::string) ? std::string(node->text()) : std::string();
}

double number_of(const json::Node& object, std::string_view key, double otherwise) {
  const auto node = object.find(key);
  return node && node->is(json::Kind::number) ? node->number() : otherwise;
}

double number_or_nan(const json::Node& node) {
  constexpr double k_none = std::numeric_limits<double>::quiet_NaN();
  if (node.is(json::Kind::string)) return text::to_double(node.text()).value_or(k_none);  // {"value": "5.5"}
  return node.is(json::Kind::number) ? node.number() : k_none;
}

double number_or_nan(const json::Node& object, std::string_view key) {
  const auto node = object.find(key);
  return node ? number_or_nan(*node) : std::numeric_limits<double>::quiet_NaN();
}

std::string scalar_text(const json::Node& node) {
  switch (node.kind()) {
    case json::Kind::string:
    case json::Kind::non_finite:
      return std::string(node.text());
    case json::Kind::number:
      return fmt::format("{}", node.number());
    case json::Kind::boolean:
      return node.number() != 0 ? "true" : "false";
    case json::Kind::null:
      return "null";
    case json::Kind::array:
    case json::Kind::object:
      break;
  }
  return "";
}

Result<json::Tree> read_whole(const Document& document, json::Kind root, std::string_view cure, bool repeated_keys) {
  PW_TRY_ASSIGN(json::Tree tree,
                json::Tree::read(document.text, document.name, {.repeated_keys = repeated_keys, .hint = cure}));
  if (tree.root().is(root)) return tree;
  return Error{.kind = ErrorKind::parse,
               .what = fmt::format("the JSON is {}, not {}", name_of(tree.root().kind()), name_of(root)),
               .where = fmt::format("{}:{}", document.name, tree.root().line()),
               .hint = std::string(cure)};
}

void note_bad_record(Table& table, const json::Node& node, std::string_view what, std::string_view expected) {
  table.note(node.line(), "bad-record",
             fmt::format("{}: {} where {} is expected; ignored", shown(what), name_of(node.kind()), expected));
}

namespace {

// A walk through JSON that may be cut off or be none at all.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  void step() { ++at_; }
  std::string_view string() {  // at its opening quote
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2U : 1U;
    const std::size_t end = std::min(at_, text_.size());
    at_ = end + 1;
    return text_.substr(begin, end - begin);
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

constexpr std::size_t k_levels = 3;        // of keys that are kept
constexpr std::size_t k_key_bytes = 128;   // longer keys are cut
constexpr std::size_t k_path_bytes = 600;  // longer paths are cut

}  // namespace

Outline::Outline(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  head = text::trim(head);
  if (head.empty() || (head.front() != '{' && head.front() != '[')) return;
  root_ = head.front();
  scan(head);
}

void Outline::scan(std::string_view text) {
  struct Level {
    bool object;
    std::size_t path_size;  // of the container
  };
  Walk walk(text);
  std::vector<Level> levels;
  std::string path;
  std::size_t depth = 0;  // objects that are open
  bool key_next = false;
  const auto join = [&path](std::string_view part) {
    if (path.size() >= k_path_bytes) return;
    if (!path.empty()) path += '/';
    path += part.substr(0, k_key_bytes);
  };
  for (char c = walk.peek(); !walk.at_end() && members_.size() < k_members; c = walk.peek()) {
    if (c == '"') {
      const std::string_view word = walk.string();
      if (!key_next || levels.empty() || !levels.back().object) continue;
      key_next = false;
      path.resize(levels.back().path_size);
      join(word);
      if (walk.peek() == ':') walk.step();
      if (depth <= k_levels) members_.push_back({path, std::string(word.substr(0, k_key_bytes)), depth, walk.peek()});
      continue;
    }
    walk.step();
    if (c == '{' || c == '[') {
      if (!levels.empty() && !levels.back().object) {
        path.resize(levels.back().path_size);
        join("*");
      }
      levels.push_back({c == '{', path.size()});
      if (c == '{') ++depth;
      key_next = c == '{';
    } else if (c == '}' || c == ']') {
      if (levels.empty()) return;
      if (levels.back().object) --depth;
      levels.pop_back();
      if (levels.empty()) return;
      key_next = false;
    } else if (c == ',') {
      key_next = !levels.empty() && levels.back().object;
    }
  }
}

bool Outline::has(std::string_view path) const {
  return std::any_of(members_.begin(), members_.end(), [&](const Member& member) { return member.path == path; });
}

}  // namespace perfwarden::ingest
