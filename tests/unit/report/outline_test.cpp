#include "unit/report/outline.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "base/text.hpp"
#include "report/page/page.hpp"

namespace perfwarden::support {
namespace {

constexpr std::string_view k_between = " | ";
constexpr std::string_view k_after_list = " > ";

struct TemplateTag {
  char kind = 0;  // '#', '^', '/', or 0 for a value
  std::string name;
  bool last = false;   // of its line
  bool alone = false;  // nothing else is in its line

  [[nodiscard]] std::string written() const { return "{{" + (kind == 0 ? "" : std::string(1, kind)) + name + "}}"; }
};

std::vector<TemplateTag> template_tags(std::string_view mustache) {
  std::vector<TemplateTag> tags;
  for (const std::string_view line : text::lines(mustache)) {
    const std::size_t before = tags.size();
    std::size_t close = 0;
    for (std::size_t open = line.find("{{"); open != std::string_view::npos; open = line.find("{{", close)) {
      close = line.find("}}", open);
      std::string_view inside = text::trim(line.substr(open + 2, close - open - 2));
      if (inside.starts_with('!')) continue;
      TemplateTag tag;
      if (std::string_view("#^/").find(inside.front()) != std::string_view::npos) {
        tag.kind = inside.front();
        inside.remove_prefix(1);
      }
      tag.name = inside;
      tag.alone = tag.kind != 0 && text::trim(line) == tag.written();
      tags.push_back(std::move(tag));
    }
    if (tags.size() > before) tags.back().last = true;
  }
  return tags;
}

// "steps > " before the lines of {{#steps}}; nothing for a condition.
std::string heading(const std::string& list) {
  return list.starts_with("has_") ? "" : list + std::string(k_after_list);
}

std::string printed(const TemplateTag& tag) {
  static const std::set<std::string> k_pictures{"forest", "strip", "zones"};
  if (tag.kind != 0 || tag.name == "block") return tag.written();
  return (k_pictures.contains(tag.name) ? tag.name : tag.name + ": " + tag.written()) + std::string(k_between);
}

}  // namespace

std::string outline_of(std::string_view mustache) {
  const std::vector<TemplateTag> tags = template_tags(mustache);
  std::vector<std::string> lists;
  std::string out;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const TemplateTag& tag = tags[i];
    const bool opens = tag.kind == '#' || tag.kind == '^';
    const bool chooses_words = opens && i + 1 < tags.size() && tags[i + 1].kind == '/';
    if (tag.alone && !chooses_words) {
      if (opens) lists.push_back(tag.name);
      if (tag.kind == '/') lists.pop_back();
      out += tag.written() + "\n";
      continue;
    }
    const bool begins = i == 0 || tags[i - 1].last;
    if (begins && tag.name != "block" && !lists.empty() && lists.back() != tag.name) out += heading(lists.back());
    const bool again = !begins && tag.kind == 0 && tags[i - 1].kind == 0 && tags[i - 1].name == tag.name;
    if (chooses_words) {
      out += tag.written() + (tag.kind == '^' ? "no " : "") + tag.name + std::string(k_between) + tags[++i].written();
    } else if (!again) {
      out += printed(tag);
    }
    if (tags[i].last) out += "\n";
  }
  return out;
}

report::Templates outlines_of_html() {
  const report::Templates built_in;
  report::Templates outlines;
  for (const auto& [name, text] : built_in.all()) {
    if (!name.ends_with(".html.mustache")) continue;
    const Status status = outlines.replace(name, outline_of(text));
    if (!status) ADD_FAILURE() << status.error().text();
  }
  return outlines;
}

std::string tidied_outline(std::string_view page) {
  std::string out;
  for (std::string_view line : text::lines(page)) {
    while (line.ends_with(k_between)) line.remove_suffix(k_between.size());
    if (!line.empty() && !line.ends_with(k_after_list)) out.append(line).append("\n");
  }
  return out;
}

TEST(Outline, HoldsEveryValueAndNoWords) {
  EXPECT_EQ(outline_of("<h1>{{a}}</h1> of {{b}}\n<hr>\n"), "a: {{a}} | b: {{b}} | \n");
  EXPECT_EQ(outline_of("<ul>\n{{#steps}}\n<li>{{text}}</li>\n{{/steps}}\n</ul>\n"),
            "{{#steps}}\nsteps > text: {{text}} | \n{{/steps}}\n");
}

TEST(Outline, ShowsWhichWordsAreChosen) {
  EXPECT_EQ(outline_of("<li{{#x}} class=\"x\"{{/x}}>{{a}}"), "{{#x}}x | {{/x}}a: {{a}} | \n");
  EXPECT_EQ(outline_of("{{^steps}}\nNothing.\n{{/steps}}\n"), "{{^steps}}no steps | {{/steps}}\n");
}

TEST(Outline, AsFilledHasNoEmptyLinesOrEnds) {
  report::Templates templates;
  const std::string page = "comment.md.mustache";
  ASSERT_TRUE(templates.replace(page, outline_of("<p>{{a}}{{#b}} and {{b}}{{/b}}\n{{#c}}\n<i>{{d}}</i>\n{{/c}}")));
  report::Data data;
  report::put(data, "a", report::Data("1"));
  EXPECT_EQ(tidied_outline(report::fill(templates, page, data).value_or("")), "a: 1\n");
  report::put(data, "b", report::Data("2"));
  report::put(data, "c", report::Data(report::List{report::Data("d", "3"), report::Data("e", "4")}));
  EXPECT_EQ(tidied_outline(report::fill(templates, page, data).value_or("")), "a: 1 | b: 2\nc > d: 3\nc > d: \n");
}

}  // namespace perfwarden::support
