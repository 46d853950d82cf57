#include "json/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.hpp"
#include "json/source.hpp"

namespace perfwarden::json {
namespace {

bool is_token_character(char c) {
  return text::is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_non_finite_word(std::string_view token) {
  if (!token.empty() && (token.front() == '-' || token.front() == '+')) token.remove_prefix(1);
  if (token.empty() || is_digit(token.front())) return false;
  const std::string word = text::lower(token);
  return word == "nan" || word == "inf" || word == "infinity";
}

// Length of the number of RFC 8259 at the front; 0 when there is none.
std::size_t number_size(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t first = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > first;
  };
  if (text.substr(at).starts_with('0'))
    ++at;
  else if (!digits())
    return 0;
  if (text.substr(at).starts_with('.') && (++at, !digits())) return 0;
  if (at == text.size() || (text[at] != 'e' && text[at] != 'E')) return at;
  ++at;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  return digits() ? at : 0;
}

// The nearest double; infinite beyond all of them.
double number_of(std::string_view token) {
  double value = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (error == std::errc::result_out_of_range) return std::strtod(std::string(token).c_str(), nullptr);
  return value + 0.0;  // never a negative zero
}

}  // namespace

// Reads one value by recursive descent; find_value() has seen to it that brackets match and do not nest deeply.
class TreeBuilder {
 public:
  TreeBuilder(const Source& source, const Extent& extent, const Tree::Options& options)
      : source_(source),
        text_(source.text.substr(0, extent.begin + extent.size)),
        at_(extent.begin),
        options_(options),
        line_(static_cast<std::uint32_t>(first_line())) {}

  Result<Tree> build() {
    if (value()) skip_space();
    if (!error_ && at_ < text_.size()) error_ = source_.unexpected(at_);
    if (error_) return *std::move(error_);
    tree_.end_ = at_;
    tree_.end_line_ = static_cast<int>(line_);
    return std::move(tree_);
  }

 private:
  [[nodiscard]] int first_line() const {
    if (options_.line <= 0) return place_of(source_.text, at_).line;
    const std::string_view skipped = source_.text.substr(options_.from, at_ - options_.from);
    return options_.line + static_cast<int>(std::count(skipped.begin(), skipped.end(), '\n'));
  }

  bool unexpected(std::size_t offset) {
    error_ = offset >= text_.size() ? source_.cut_off() : source_.unexpected(offset);
    return false;
  }
  [[nodiscard]] bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void skip_space() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n')
        ++line_;
      else if (c != ' ' && c != '\t' && c != '\r')
        return;
    }
  }

  Tree::Slot* push(Kind kind) {
    if (tree_.slots_.size() >= options_.most_values) {
      error_ = source_.fault(at_, fmt::format("the JSON holds more than {} values", options_.most_values));
      error_->hint = "write fewer repetitions of each benchmark to it, or split the suite";
      return nullptr;
    }
    Tree::Slot& slot = tree_.slots_.emplace_back();
    slot.kind = kind;
    slot.line = line_;
    return &slot;
  }
  bool push_number(Kind kind, double value) {
    Tree::Slot* const slot = push(kind);
    if (slot != nullptr) slot->number = value;
    return slot != nullptr;
  }
  bool push_text(Kind kind, std::string_view value) {
    Tree::Slot* const slot = push(kind);
    if (slot == nullptr) return false;
    slot->text = {static_cast<std::uint32_t>(tree_.strings_.size()), static_cast<std::uint32_t>(value.size())};
    tree_.strings_ += value;
    return true;
  }

  bool value() {
    skip_space();
    if (next_is('{')) return object();
    if (next_is('[')) return array();
    if (next_is('"')) return string();
    return token();
  }

  bool array() {
    return container(Kind::array, ']', [this] { return value(); });
  }
  bool object() {
    const auto index = static_cast<std::uint32_t>(tree_.slots_.size());
    const auto member = [this] {
      skip_space();
      if (!next_is('"')) return unexpected(at_);
      if (!string()) return false;
      skip_space();
      if (!next_is(':')) return unexpected(at_);
      ++at_;
      return value();
    };
    return container(Kind::object, '}', member) && note_repeated_keys(index);
  }
  template <class Item>
  bool container(Kind kind, char closing, Item item) {
    const std::size_t index = tree_.slots_.size();
    if (push(kind) == nullptr) return false;
    ++at_;
    skip_space();
    if (!next_is(closing)) {
      for (;;) {
        if (!item()) return false;
        skip_space();
        if (!next_is(',')) break;
        ++at_;
      }
      if (!next_is(closing)) return unexpected(at_);
    }
    ++at_;
    tree_.slots_[index].past = static_cast<std::uint32_t>(tree_.slots_.size());
    return true;
  }

  bool string() {
    std::size_t end = at_ + 1;
    bool plain = true;
    for (; end < text_.size() && text_[end] != '"'; ++end) {
      const auto c = static_cast<unsigned char>(text_[end]);
      plain = plain && c >= 0x20 && c < 0x80 && c != '\\';
      if (c == '\\') ++end;
    }
    if (end >= text_.size()) return unexpected(text_.size());
    const std::size_t begin = std::exchange(at_, end + 1);
    if (plain) return push_text(Kind::string, text_.substr(begin + 1, end - begin - 1));
    try {  // escapes, and UTF-8 that has to be checked
      return push_text(Kind::string,
                       nlohmann::json::parse(text_.substr(begin, at_ - begin)).get_ref<const std::string&>());
    } catch (const nlohmann::json::parse_error& error) {
      return unexpected(begin + std::max<std::size_t>(error.byte, 1) - 1);
    }
  }

  // A number or a word; also the words and numbers that JSON does not know.
  bool token() {
    std::size_t end = at_;
    while (end < text_.size() && is_token_character(text_[end])) ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    if (word == "null" || word == "true" || word == "false") {
      at_ = end;
      return word == "null" ? push(Kind::null) != nullptr : push_number(Kind::boolean, word == "true" ? 1 : 0);
    }
    if (is_non_finite_word(word)) {
      if (end < text_.size() && text_[end] == '(') {  // "-nan(ind)"
        const std::size_t close = text_.find_first_of(")\n", end);
        if (close != std::string_view::npos && text_[close] == ')') end = close + 1;
      }
      const std::size_t begin = std::exchange(at_, end);
      return push_text(Kind::non_finite, text_.substr(begin, end - begin));
    }
    const std::size_t size = number_size(word);
    if (size == 0) return unexpected(at_);
    const double number = number_of(word.substr(0, size));
    at_ += size;
    return std::isfinite(number) ? push_number(Kind::number, number)
                                 : push_text(Kind::non_finite, word.substr(0, size));
  }

  bool note_repeated_keys(std::uint32_t object) {
    keys_.clear();
    for (std::uint32_t i = object + 1; i < tree_.slots_.size(); i = tree_.next(i + 1)) keys_.push_back(i);
    const auto text_at = [&](std::uint32_t i) { return tree_.view(tree_.slots_[i].text); };
    std::sort(keys_.begin(), keys_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return text_at(a) != text_at(b) ? text_at(a) < text_at(b) : a < b;
    });
    for (std::size_t i = 1; i < keys_.size(); ++i) {
      if (text_at(keys_[i - 1]) != text_at(keys_[i])) continue;
      const int line = static_cast<int>(tree_.slots_[keys_[i]].line);
      const std::string shown = text::truncate(text::one_line(text_at(keys_[i])), 80);
      if (!options_.repeated_keys) {
        error_ = Error{.kind = ErrorKind::parse,
                       .what = fmt::format("the key '{}' occurs twice in one object", shown),
                       .where = fmt::format("{}:{}", source_.name, line),
                       .hint = "keep one of them"};
        return false;
      }
      if (tree_.repeated_.size() < k_max_repeated) tree_.repeated_.push_back({shown, line});
    }
    return true;
  }

  const Source& source_;
  std::string_view text_;
  std::size_t at_;
  const Tree::Options& options_;
  std::uint32_t line_;
  Tree tree_;
  std::vector<std::uint32_t> keys_;
  std::optional<Error> error_;
};

Result<Tree> Tree::read(std::string_view text, std::string_view name, const Options& options) {
  const Source source{text, name, options.hint};
  PW_TRY_ASSIGN(const Extent extent, find_value(source, Limits{}, options.from, options.trailing_text));
  return TreeBuilder(source, extent, options).build();
}

Kind Node::kind() const {
  return tree_->slots_[index_].kind;
}
int Node::line() const {
  return static_cast<int>(tree_->slots_[index_].line);
}
double Node::number() const {
  const bool has = is(Kind::number) || is(Kind::boolean);
  return has ? tree_->slots_[index_].number : std::numeric_limits<double>::quiet_NaN();
}
std::string_view Node::text() const {
  const bool has = is(Kind::string) || is(Kind::non_finite);
  return has ? tree_->view(tree_->slots_[index_].text) : std::string_view{};
}

std::optional<Node> Node::find(std::string_view key) const {
  if (!is(Kind::object)) return std::nullopt;
  for (std::uint32_t i = index_ + 1; i < tree_->slots_[index_].past; i = tree_->next(i + 1))
    if (tree_->view(tree_->slots_[i].text) == key) return Node(*tree_, i + 1);
  return std::nullopt;
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "true or false";
    case Kind::number:
      return "a number";
    case Kind::non_finite:
      return "not a finite number";
    case Kind::string:
      return "a string";
    case Kind::array:
      return "an array";
    case Kind::object:
      return "an object";
  }
  return "";
}

std::optional<std::size_t> find_object(std::string_view text, std::string_view key, std::size_t from) {
  const std::string quoted = fmt::format("\"{}\"", key);
  for (std::size_t at = text.find(quoted, from); at != std::string_view::npos; at = text.find(quoted, at + 1)) {
    const std::size_t brace = text.substr(from, at - from).find_last_not_of(" \t\r\n");
    if (brace != std::string_view::npos && text[from + brace] == '{') return from + brace;
  }
  return std::nullopt;
}

}  // namespace perfwarden::json
