#include "unit/report/checkers.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <vector>

#include "base/text.hpp"

namespace perfwarden::support {
namespace {

// The text without its code: fenced blocks go, spans and <code> elements become "CODE".
std::string without_code(std::string_view markdown) {
  std::string prose;
  std::string fence;
  for (const std::string_view line : text::lines(markdown)) {
    const std::size_t ticks = std::min(line.find_first_not_of('`'), line.size());
    if (!fence.empty()) {
      if (ticks >= fence.size() && ticks == line.size()) fence.clear();
      continue;
    }
    if (ticks >= 3 && line.substr(ticks).find('`') == std::string_view::npos) {
      fence = line.substr(0, ticks);
      continue;
    }
    std::string out;
    for (std::size_t i = 0; i < line.size();) {
      if (line[i] != '`') {
        out += line[i++];
        continue;
      }
      std::size_t run = 0;
      while (i + run < line.size() && line[i + run] == '`') ++run;
      std::size_t close = i + run;
      while (close < line.size()) {
        std::size_t length = 0;
        while (close + length < line.size() && line[close + length] == '`') ++length;
        if (length == run) break;
        close += std::max<std::size_t>(length, 1);
      }
      if (close >= line.size()) {
        ADD_FAILURE() << "an open code span: " << line;
        return prose;
      }
      if (line.substr(i, close - i).find('|') != std::string_view::npos)
        ADD_FAILURE() << "a code span with a pipe breaks a table: " << line;
      out += "CODE";
      i = close + run;
    }
    prose += out + "\n";
  }
  if (!fence.empty()) ADD_FAILURE() << "an open fence";
  return std::regex_replace(prose, std::regex("<code>([A-Za-z0-9 \x80-\xff]|&#[0-9]+;)*</code>"), "CODE");
}

std::size_t cells(std::string_view row) {
  return static_cast<std::size_t>(std::count(row.begin(), row.end(), '|'));
}

void expect_even_tables(std::string_view prose) {
  std::size_t columns = 0;
  for (const std::string_view line : text::lines(prose)) {
    if (!line.starts_with("|")) {
      columns = 0;
      EXPECT_EQ(line.find('|'), std::string_view::npos) << line;
    } else if (columns == 0) {
      columns = cells(line);
    } else {
      EXPECT_EQ(cells(line), columns) << line;
    }
  }
}

struct Tag {
  std::string name;
  bool closes = false, alone = false;
};

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::string read_name(std::string_view s, std::size_t& at) {
  const std::size_t begin = at;
  while (at < s.size() && is_name(s[at])) ++at;
  return std::string(s.substr(begin, at - begin));
}

// The tag whose '<' is at `at`; moves `at` behind it. Attributes must be quoted and not twice. No name: not a tag.
Tag read_tag(std::string_view s, std::size_t& at, bool html) {
  static const std::set<std::string> k_void{"meta", "br"};
  const std::size_t begin = at++;
  Tag tag;
  const auto is = [&](char c) { return at < s.size() && s[at] == c; };
  if (is('/')) {
    tag.closes = true;
    ++at;
  }
  tag.name = read_name(s, at);
  std::set<std::string> attributes;
  while (!tag.name.empty()) {
    while (is(' ')) ++at;
    if (is('/')) {
      tag.alone = true;
      ++at;
    }
    if (is('>')) break;
    const std::string attribute = read_name(s, at);
    const std::size_t close = at + 2 < s.size() ? s.find('"', at + 2) : std::string_view::npos;
    if (attribute.empty() || s.substr(at, 2) != "=\"" || close == std::string_view::npos) {
      tag.name.clear();
    } else {
      if (s.substr(at, close - at).find('<') != std::string_view::npos) tag.name.clear();
      EXPECT_TRUE(attributes.insert(attribute).second) << "an attribute twice: " << s.substr(begin, 80);
      at = close + 1;
    }
  }
  if (tag.name.empty()) ADD_FAILURE() << "not a tag: " << s.substr(begin, 80);
  ++at;
  tag.alone = tag.alone || (html && k_void.contains(tag.name));
  return tag;
}

// Walks tags and text; `known` empty: any tag may occur.
void expect_nested(std::string_view s, bool html, const std::set<std::string>& known) {
  static const std::regex entity(R"(^&(amp|lt|gt|quot|apos|nbsp|#[0-9]+|#x[0-9a-fA-F]+);)");
  std::vector<std::string> open;
  for (std::size_t at = 0; at < s.size();) {
    if (s[at] == '&') {
      EXPECT_TRUE(std::regex_search(s.data() + at, s.data() + std::min(s.size(), at + 12), entity)) << s.substr(at, 40);
      ++at;
    } else if (s[at] != '<') {
      if (s[at] == '>') ADD_FAILURE() << "a stray '>': " << s.substr(at > 20 ? at - 20 : 0, 40);
      ++at;
    } else {
      const Tag tag = read_tag(s, at, html);
      if (tag.name.empty()) return;
      EXPECT_TRUE(known.empty() || known.contains(tag.name)) << "a tag that is not ours: " << tag.name;
      if (tag.closes) {
        ASSERT_FALSE(open.empty());
        ASSERT_EQ(open.back(), tag.name) << s.substr(at > 60 ? at - 60 : 0, 80);
        open.pop_back();
      } else if (!tag.alone) {
        open.push_back(tag.name);
      }
    }
  }
  EXPECT_TRUE(open.empty()) << "not closed: " << open.back();
}

}  // namespace

void expect_inert_markdown(std::string_view markdown) {
  EXPECT_EQ(std::string(markdown), text::printable(markdown)) << "control or bidirectional characters";
  std::string prose = without_code(markdown);
  expect_even_tables(prose);
  for (const char* own : {"<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>", "<br>", "<!-- -->"})
    prose = text::replace_all(std::move(prose), own, "\x01");
  prose =
      std::regex_replace(prose, std::regex(R"(\[(Commits between them|run)\]\(https://github\.com/[a-z0-9/.]*\))"), "");
  const auto holds = [&](const char* what, const std::string& pattern) {
    std::smatch match;
    EXPECT_FALSE(std::regex_search(prose, match, std::regex(pattern, std::regex::icase))) << what << ": " << match[0];
  };
  holds("a tag", "<");
  holds("a mention", "@[a-z0-9]");
  holds("an issue reference", "(^|[^&])#[0-9]|gh-[0-9]");
  holds("a link", R"(\]\(|://|www\.)");
  holds("an emoji code", ":[a-z+][a-z0-9_+-]*:");
  holds("math or strikethrough", R"(\$|~~)");
  holds("a stranger's heading or rule", "\n(#{1,6} |---|===)[^\n]*evil");
}

void expect_whole_html(std::string_view html) {
  const std::size_t style = html.find("<style>");
  const std::size_t behind = html.find("</style>");
  ASSERT_TRUE(html.starts_with("<!doctype html>\n"));
  ASSERT_LT(style, behind);
  const std::string page =
      std::string(html.substr(16, style - 16)) + std::string(html.substr(behind + std::string_view("</style>").size()));
  expect_nested(page, true,
                {"html",    "head",    "meta",    "title", "body",  "a",     "header", "main", "footer", "section",
                 "article", "div",     "span",    "h1",    "h2",    "h3",    "p",      "ul",   "li",     "dl",
                 "dt",      "dd",      "figure",  "code",  "pre",   "b",     "svg",    "path", "text",   "rect",
                 "circle",  "details", "summary", "table", "thead", "tbody", "tr",     "th",   "td",     "figcaption"});
}

void expect_well_formed_xml(std::string_view xml) {
  constexpr std::string_view k_declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  ASSERT_TRUE(xml.starts_with(k_declaration));
  EXPECT_EQ(std::string(xml), text::printable(xml)) << "characters that XML forbids";
  expect_nested(xml.substr(k_declaration.size()), false, {});
}

TEST(Checkers, FindWhatTheyAreFor) {
  EXPECT_NONFATAL_FAILURE(expect_inert_markdown("hello @octocat"), "a mention");
  EXPECT_NONFATAL_FAILURE(expect_inert_markdown("fixes #1"), "an issue reference");
  EXPECT_NONFATAL_FAILURE(expect_inert_markdown("<b"), "a tag");
  EXPECT_NONFATAL_FAILURE(expect_inert_markdown("`open"), "an open code span");
  EXPECT_NONFATAL_FAILURE(expect_inert_markdown("[x](y)"), "a link");
  EXPECT_NONFATAL_FAILURE(expect_inert_markdown("| a | b |\n| c |"), "| c |");
  EXPECT_NONFATAL_FAILURE(expect_well_formed_xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"1\" b=\"2\"/>"),
                          "twice");
  EXPECT_NONFATAL_FAILURE(expect_well_formed_xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>&x;</a>"), "&x;");
  EXPECT_NONFATAL_FAILURE(expect_well_formed_xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>"), "not closed");
  for (const char* broken : {"<", "<a", "<a b", "<a b=", "<a b=\"", "<a b=c>", "<a b=\"<\">", "< a>", "</>"})
    EXPECT_NONFATAL_FAILURE(
        expect_well_formed_xml(std::string("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") + broken), "not a tag");
}

}  // namespace perfwarden::support
