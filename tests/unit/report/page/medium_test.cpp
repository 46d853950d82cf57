#include "report/page/medium.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "support/fakes.hpp"
#include "unit/report/sample_reports.hpp"

namespace perfwarden::report {
namespace {

std::string name(std::string_view s) {
  return name_in(Medium::markdown, s);
}
std::string prose(std::string_view s) {
  return prose_in(Medium::markdown, s);
}

TEST(MarkdownName, IsACodeSpanWithAFenceLongerThanAnyRunInside) {
  EXPECT_EQ(name("parse/large"), "`parse/large`");
  EXPECT_EQ(name("BM_Sort<std::vector<int>>"), "`BM_Sort<std::vector<int>>`");
  EXPECT_EQ(name("a`b"), "``a`b``");
  EXPECT_EQ(name("a``b`c"), "```a``b`c```");
  EXPECT_EQ(name("`"), "`` ` ``");
  EXPECT_EQ(name("@octocat #1"), "`@octocat #1`");
}

TEST(MarkdownName, WithAPipeHoldsInTableCellsToo) {
  EXPECT_EQ(name("a|b"), "<code>a&#124;b</code>");
  EXPECT_EQ(name("</code>|*"), "<code>&#60;&#47;code&#62;&#124;&#42;</code>");
}

TEST(MarkdownName, OfNothingIsADash) {
  EXPECT_EQ(name(""), "`–`");
  EXPECT_EQ(name(" \t\n"), "`–`");
}

TEST(MarkdownProse, LeavesOrdinarySentencesReadable) {
  for (const std::string plain :
       {"needs 6 samples for a 99 % interval, has 4: raise iterations", "+5%", "12.4 ms", "−3.1 %",
        "merge base of main", "wall_time of core/parse went up (see the report)", "a - b + c"})
    EXPECT_EQ(prose(plain), plain);
}

TEST(MarkdownProse, MakesNoStructure) {
  EXPECT_EQ(prose("**b** _i_ ~~s~~ `c` [t](u)"),
            "&#42;&#42;b&#42;&#42; &#95;i&#95; &#126;&#126;s&#126;&#126; &#96;c&#96; &#91;t&#93;(u)");
  EXPECT_EQ(prose("<b>&amp;|\\$"), "&#60;b&#62;&#38;amp;&#124;&#92;&#36;");
  EXPECT_EQ(prose("# heading"), "&#35; heading");
  EXPECT_EQ(prose("- item"), "&#45; item");
  EXPECT_EQ(prose("12. item"), "12&#46; item");
  EXPECT_EQ(prose("12) item"), "12&#41; item");
  EXPECT_EQ(prose("---"), "&#45;--");
  EXPECT_EQ(prose("one\n\ntwo"), "one  two");
}

TEST(MarkdownProse, MentionsNobodyAndRefersToNothing) {
  EXPECT_EQ(prose("@octocat"), "@<!-- -->octocat");
  EXPECT_EQ(prose("a@b.example"), "a@<!-- -->b.example");
  EXPECT_EQ(prose("fixes #1"), "fixes #<!-- -->1");
  EXPECT_EQ(prose("GH-7 gh-7"), "GH-<!-- -->7 gh-<!-- -->7");
  EXPECT_EQ(prose("https://evil.example"), "https:<!-- -->//evil.example");
  EXPECT_EQ(prose("www.evil.example"), "www<!-- -->.evil.example");
  EXPECT_EQ(prose(":tada:"), ":<!-- -->tada:");
  EXPECT_EQ(prose("perfwarden.yml:7:5"), "perfwarden.yml:7:5");
}

TEST(MarkdownProse, IsBounded) {
  EXPECT_LE(prose(std::string(1 << 20, 'a')).size(), 610U);
  EXPECT_LE(name(std::string(1 << 20, '`')).size(), 1000U);
}

TEST(Html, EscapesWhatCouldEndATextOrAnAttribute) {
  EXPECT_EQ(name_in(Medium::html, "<b a='1' c=\"2\">&"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;");
  EXPECT_EQ(prose_in(Medium::html, "a\nb"), "a b");
}

TEST(Plain, HoldsNoControlOrBidirectionalCharacters) {
  EXPECT_EQ(name_in(Medium::plain, "\x1b[31mred\x1b[0m"), "[31mred [0m");
  EXPECT_EQ(prose_in(Medium::plain, "right\xE2\x80\xAEtfel"), "righttfel");
}

TEST(Command, IsWholeAndOnOneLine) {
  EXPECT_EQ(command_in(Medium::markdown, "perfwarden check --base a\n```"), "perfwarden check --base a ```");
  EXPECT_EQ(command_in(Medium::html, "a && b"), "a &amp;&amp; b");
  EXPECT_EQ(fence_for("a"), "```");
  EXPECT_EQ(fence_for("a ```` b"), "`````");
}

// A text as a line that can be read, and told apart from every other.
std::string readable(std::string_view text) {
  constexpr std::size_t k_most = 120;
  std::string out;
  for (const char c : text.substr(0, k_most))
    out += c >= 0x20 && c < 0x7F ? std::string(1, c) : fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
  return text.size() <= k_most ? out : fmt::format("{}… {} bytes", out, text.size());
}

// What each of these texts becomes; that they stand in every place of a page is held by the goldens of the reports.
TEST(EveryMedium, KeepsEveryHostileTextInItsPlace) {
  std::string all;
  for (const std::string& hostile : support::hostile_texts()) {
    all += readable(hostile) + "\n";
    const auto put = [&all](std::string_view where, std::string_view text) {
      all += fmt::format("  {:14} {}\n", where, text.size() <= 200 ? std::string(text) : readable(text));
    };
    put("markdown name", name_in(Medium::markdown, hostile));
    put("markdown prose", prose_in(Medium::markdown, hostile));
    put("html", prose_in(Medium::html, hostile));
    put("plain", prose_in(Medium::plain, hostile));
    put("xml", escape_xml(hostile));
  }
  support::expect_golden("report/hostile_texts.txt", all);
}

TEST(Xml, LosesWhatXmlForbids) {
  EXPECT_EQ(escape_xml("a\x01\x0B<b>\xEF\xBF\xBE\xEF\xBF\xBF\xFF"), "a  &lt;b&gt;\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace perfwarden::report
