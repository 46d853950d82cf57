#include "json/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "json/source.hpp"

namespace perfwarden::json {
namespace {

bool is_token_character(char c) {
  return text::is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
}

bool is_non_finite_word(std::string_view token) {
  if (!token.empty() && (token.front() == '-' || token.front() == '+')) token.remove_prefix(1);
  if (token.empty() || (token.front() >= '0' && token.front() <= '9')) return false;
  const std::string word = text::lower(token);
  return word == "nan" || word == "inf" || word == "infinity";
}

// RFC 8259 sets no limit to numbers; a double does.
bool overflows(std::string_view token) {
  if (token.size() < 308 && token.find_first_of("eE") == std::string_view::npos) return false;
  double value = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (error != std::errc::result_out_of_range || end != token.data() + token.size()) return false;
  return std::isinf(std::strtod(std::string(token).c_str(), nullptr));  // underflow is out of range too, and harmless
}

// A token that JSON does not know, and what stands in its place.
struct Replaced {
  std::size_t string_end;  // offset behind the stand-in "N", relative to the value's start
  std::string_view token;
};

// The value with its non-finite tokens made into strings of the same length, so that offsets stay true.
class Preparation {
 public:
  Preparation(std::string_view text, const Extent& extent)
      : text_(text), start_(extent.begin), copy_(text.substr(extent.begin, extent.size)) {
    std::size_t at = 0;
    while (at < copy_.size()) {
      if (copy_[at] == '"') {
        ++at;
        while (at < copy_.size() && copy_[at] != '"') at += copy_[at] == '\\' ? 2U : 1U;
        ++at;
      } else if (is_token_character(copy_[at])) {
        take_token(at);
      } else {
        ++at;
      }
    }
  }

  [[nodiscard]] std::string_view json() const { return copy_; }
  [[nodiscard]] std::size_t start() const { return start_; }
  [[nodiscard]] const std::vector<Replaced>& replaced() const { return replaced_; }

 private:
  void take_token(std::size_t& at) {
    const std::size_t begin = at;
    while (at < copy_.size() && is_token_character(copy_[at])) ++at;
    const std::string_view token = std::string_view(copy_).substr(begin, at - begin);
    const bool word = is_non_finite_word(token);
    if (!word && !overflows(token)) return;
    if (word && at < copy_.size() && copy_[at] == '(') {  // "-nan(ind)"
      const std::size_t close = copy_.find_first_of(")\n", at);
      if (close != std::string::npos && copy_[close] == ')') at = close + 1;
    }
    replaced_.push_back({begin + 3, text_.substr(start_ + begin, at - begin)});
    std::fill(copy_.begin() + static_cast<std::ptrdiff_t>(begin), copy_.begin() + static_cast<std::ptrdiff_t>(at), ' ');
    copy_.replace(begin, 3, "\"N\"");
  }

  std::string_view text_;
  std::size_t start_;
  std::string copy_;
  std::vector<Replaced> replaced_;
};

// nlohmann's reader says nothing of positions; an iterator that leaves its own behind does.
class Scanner {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  Scanner() = default;
  Scanner(const char* at, const char** reached) : at_(at), reached_(reached) {}
  reference operator*() const { return *at_; }
  Scanner& operator++() {
    *reached_ = ++at_;
    return *this;
  }
  Scanner operator++(int) {
    const Scanner before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Scanner& a, const Scanner& b) { return a.at_ == b.at_; }

 private:
  const char* at_ = nullptr;
  const char** reached_ = nullptr;
};

}  // namespace

class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder(const Preparation& prepared, const Source& source, const Tree::Options& options)
      : json_(prepared.json()),
        reached_(json_.data()),
        scanned_(json_.data()),
        source_(source),
        start_(prepared.start()),
        options_(options),
        replaced_(prepared.replaced()),
        line_(static_cast<std::uint32_t>(first_line(options))) {}

  Result<Tree> build() {
    const bool good = nlohmann::json::sax_parse(Scanner(json_.data(), &reached_),
                                                Scanner(json_.data() + json_.size(), &reached_), this);
    if (error_) return *std::move(error_);
    if (!good || tree_.slots_.empty()) return source_.unexpected(start_);
    tree_.end_ = start_ + json_.size();
    tree_.end_line_ =
        static_cast<int>(line_) + static_cast<int>(std::count(scanned_, json_.data() + json_.size(), '\n'));
    return std::move(tree_);
  }

  bool null() override { return push(Kind::null) != nullptr; }
  bool boolean(bool value) override { return push_number(Kind::boolean, value ? 1 : 0); }
  bool number_integer(number_integer_t value) override { return push_number(Kind::number, static_cast<double>(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    return push_number(Kind::number, static_cast<double>(value));
  }
  bool number_float(number_float_t value, const string_t& /*spelled*/) override {
    return push_number(Kind::number, value);
  }
  bool string(string_t& value) override {
    const auto offset = static_cast<std::size_t>(reached_ - json_.data());
    while (next_replaced_ < replaced_.size() && replaced_[next_replaced_].string_end < offset) ++next_replaced_;
    if (next_replaced_ < replaced_.size() && replaced_[next_replaced_].string_end == offset)
      return push_text(Kind::non_finite, replaced_[next_replaced_++].token);
    return push_text(Kind::string, value);
  }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*size*/) override { return open(Kind::object); }
  bool key(string_t& value) override { return push_text(Kind::string, value); }
  bool end_object() override {
    const std::uint32_t index = open_.back();
    close();
    return note_repeated_keys(index);
  }
  bool start_array(std::size_t /*size*/) override { return open(Kind::array); }
  bool end_array() override {
    close();
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*e*/) override {
    const std::size_t offset = position == 0 ? 0 : position - 1;
    error_ = offset >= json_.size() ? source_.cut_off() : source_.unexpected(start_ + offset);
    return false;
  }

 private:
  [[nodiscard]] int first_line(const Tree::Options& options) const {
    if (options.line <= 0) return place_of(source_.text, start_).line;
    const std::string_view skipped = source_.text.substr(options.from, start_ - options.from);
    return options.line + static_cast<int>(std::count(skipped.begin(), skipped.end(), '\n'));
  }

  Tree::Slot* push(Kind kind) {
    if (tree_.slots_.size() >= options_.most_values) {
      error_ = source_.fault(start_ + static_cast<std::size_t>(reached_ - json_.data()),
                             fmt::format("the JSON holds more than {} values", options_.most_values));
      error_->hint = "write fewer repetitions of each benchmark to it, or split the suite";
      return nullptr;
    }
    line_ += static_cast<std::uint32_t>(std::count(scanned_, reached_, '\n'));
    scanned_ = reached_;
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
  bool open(Kind kind) {
    open_.push_back(static_cast<std::uint32_t>(tree_.slots_.size()));
    return push(kind) != nullptr;
  }
  void close() {
    tree_.slots_[open_.back()].past = static_cast<std::uint32_t>(tree_.slots_.size());
    open_.pop_back();
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

  std::string_view json_;
  const char* reached_;
  const char* scanned_;
  const Source& source_;
  std::size_t start_;
  const Tree::Options& options_;
  const std::vector<Replaced>& replaced_;
  std::size_t next_replaced_ = 0;
  std::uint32_t line_;
  Tree tree_;
  std::vector<std::uint32_t> open_, keys_;
  std::optional<Error> error_;
};

Result<Tree> Tree::read(std::string_view text, std::string_view name, const Options& options) {
  const Source source{text, name, options.hint};
  PW_TRY_ASSIGN(const Extent extent, find_value(source, Limits{}, options.from, options.trailing_text));
  try {
    return TreeBuilder(Preparation(text, extent), source, options).build();
  } catch (const nlohmann::json::exception&) {
    return source.unexpected(extent.begin);
  }
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
