#include "report/page/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "base/text.hpp"

namespace perfwarden::report {
namespace {

constexpr std::size_t k_largest_template = 1U << 20U;
constexpr int k_deepest_section = 16;

Error template_error(const std::string& name, const std::string& text, std::size_t offset, std::string what,
                     std::string hint = "") {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size()));
  const auto line = std::count(text.begin(), end, '\n') + 1;
  return Error{.kind = ErrorKind::config,
               .what = std::move(what),
               .where = fmt::format("{}:{}", name, line),
               .hint = std::move(hint)};
}

// The library says "… at 123"; a person wants a line.
std::size_t offset_in(const std::string& message) {
  const std::size_t at = message.rfind(' ');
  const auto offset = at == std::string::npos ? std::nullopt : text::to_integer(message.substr(at + 1));
  return offset ? static_cast<std::size_t>(std::max(0LL, *offset)) : 0;
}

struct Tag {
  char kind = 0;  // '#', '^', '/', '!', '>', '=', or 0 for a variable
  std::string name;
  std::size_t begin = 0, end = 0;  // offsets of "{{" and after "}}"
};

// The next tag at or after `from`; nullopt when there is none, or it is not closed.
std::optional<Tag> next_tag(const std::string& text, std::size_t from) {
  const std::size_t begin = text.find("{{", from);
  if (begin == std::string::npos) return std::nullopt;
  const std::size_t end = text.find("}}", begin + 2);
  if (end == std::string::npos) return std::nullopt;
  std::string_view inside = text::trim(std::string_view(text).substr(begin + 2, end - begin - 2));
  Tag tag{0, "", begin, end + 2};
  if (!inside.empty() && std::string_view("#^/!>=").find(inside[0]) != std::string_view::npos) {
    tag.kind = inside[0];
    inside.remove_prefix(1);
  }
  tag.name = text::trim(inside);
  return tag;
}

std::string identity(const std::string& s) {
  return s;
}

}  // namespace

Data some(const std::string& text) {
  return text.empty() ? Data(false) : Data(text);
}

void put(Data& data, const std::string& key, Data value) {
  data[key] = std::move(value);
}

void put_list(Data& data, const std::string& key, const List& items) {
  put(data, "has_" + key, !items.empty());
  put(data, key, Data(items));
}

List lines_of(const std::vector<std::string>& lines) {
  List out;
  out.reserve(lines.size());
  for (const std::string& line : lines) out.push_back(Data("text", line));
  return out;
}

Status check_template(const std::string& name, const std::string& text) {
  if (text.size() > k_largest_template)
    return Error{.kind = ErrorKind::config,
                 .what = fmt::format("the template is larger than {} KiB", k_largest_template / 1024),
                 .where = name,
                 .hint = "shorten it"};
  int depth = 0;
  for (auto tag = next_tag(text, 0); tag; tag = next_tag(text, tag->end)) {
    if (tag->kind == '=')
      return template_error(name, text, tag->begin, "a template cannot change its delimiters", "use {{ and }}");
    if (tag->kind == '>')
      return template_error(name, text, tag->begin, "a template cannot include another one", "write its text here");
    if (tag->kind == '#' || tag->kind == '^') ++depth;
    if (tag->kind == '/') --depth;
    if (depth > k_deepest_section)
      return template_error(name, text, tag->begin, fmt::format("sections nest deeper than {}", k_deepest_section),
                            "close a section before");
  }
  try {
    const kainjow::mustache::mustache parsed(text);
    if (!parsed.is_valid()) {
      const std::string& message = parsed.error_message();
      return template_error(name, text, offset_in(message), "not a mustache template: " + text::lower(message),
                            "each {{#name}} needs its {{/name}}, each {{ its }}");
    }
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    return template_error(name, text, 0, fmt::format("not a mustache template: {}", e.what()));
  }
  return Nothing{};
}

Page::Page(const std::string& text) : parsed_(text) {
  parsed_.set_custom_escape(identity);
}

Result<Page> Page::open(const Templates& templates, const std::string& name) {
  PW_TRY(check_template(name, templates.get(name)));
  return Page(templates.get(name));
}

std::string Page::fill(const Data& data) {
  return parsed_.render(data);
}

Result<std::string> fill(const Templates& templates, const std::string& name, const Data& data) {
  PW_TRY_ASSIGN(Page page, Page::open(templates, name));
  return page.fill(data);
}

Result<std::map<std::string, std::string>> split_phrases(const std::string& name, const std::string& text) {
  std::map<std::string, std::string> phrases;
  std::size_t at = 0;
  while (true) {
    const auto tag = next_tag(text, at);
    const std::size_t until = tag ? tag->begin : text.size();
    if (!text::trim(std::string_view(text).substr(at, until - at)).empty() ||
        (tag && tag->kind != '#' && tag->kind != '!'))
      return template_error(name, text, at, "text outside a phrase", "write {{#phrase_name}}the words{{/phrase_name}}");
    if (!tag) return phrases;
    at = tag->end;
    if (tag->kind == '!') continue;
    const std::string closing = "{{/" + tag->name + "}}";
    const std::size_t close = text.find(closing, at);
    if (close == std::string::npos)
      return template_error(name, text, tag->begin, fmt::format("phrase '{}' has no end", tag->name),
                            "write " + closing + " after it");
    if (!phrases.emplace(tag->name, text.substr(at, close - at)).second)
      return template_error(name, text, tag->begin, fmt::format("phrase '{}' is given twice", tag->name));
    at = close + closing.size();
  }
}

Phrases::Phrases(const Templates& templates) {
  if (auto given = split_phrases(k_phrases, templates.get(k_phrases))) texts_ = std::move(given).value();
  static const Templates built_in;
  if (auto own = split_phrases(k_phrases, built_in.get(k_phrases))) texts_.merge(std::move(own).value());
}

std::string Phrases::say(const std::string& key, const Data& data) const {
  const auto found = texts_.find(key);
  if (found == texts_.end()) return "";
  auto [page, fresh] = compiled_.try_emplace(key, found->second);
  if (fresh) page->second.set_custom_escape(identity);
  const std::string said = page->second.render(data);
  return std::string(text::trim(said));
}

std::string Phrases::say(const std::string& key) const {
  const auto [plain, fresh] = plain_.try_emplace(key);
  if (fresh) plain->second = say(key, Data());
  return plain->second;
}

}  // namespace perfwarden::report
