#include "publish/post.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "support/post_scene.hpp"

namespace perfwarden::publish {
namespace {

// A report of 200 series, so that no form is short.
struct LongReport : support::PostScene {
  os::Environment environment;
  publish::Post post{report, templates, "", environment, http, clock, console};

  LongReport() {
    for (int i = 0; i < 200; ++i) {
      Comparison comparison;
      comparison.id = {"core", "bench/ü" + std::to_string(i), "wall_time"};
      report.comparisons.push_back(comparison);
    }
    report.verdict.judgements.resize(report.comparisons.size());
  }
};

TEST(PostText, IsTheWholeTextWhereItFits) {
  const LongReport scene;
  for (const report::Renderer* renderer : report::renderers()) {
    const auto text = scene.post.text(renderer->name, 300'000'000);
    ASSERT_TRUE(text) << text.error().text();
    report::RenderOptions options;
    options.max_characters = 300'000'000;
    EXPECT_EQ(*text, *renderer->render(scene.report, scene.templates, options)) << renderer->name;
  }
}

TEST(PostText, IsWithinItsLimitOrAnError) {
  const LongReport scene;
  for (const report::Renderer* renderer : report::renderers()) {
    for (const std::size_t limit : {0U, 1U, 40U, 5'000U}) {
      const auto text = scene.post.text(renderer->name, limit);
      EXPECT_LE(text ? text::code_points(*text) : 0, limit) << renderer->name;
      EXPECT_TRUE(text || !text.error().hint.empty()) << renderer->name;
    }
  }
}

TEST(PostText, MarkdownLosesWholeRows) {
  const LongReport scene;
  const auto text = scene.post.text("markdown", 5'000);
  ASSERT_TRUE(text) << text.error().text();
  for (const std::string_view line : text::lines(*text))
    EXPECT_TRUE(!line.starts_with('|') || line.ends_with('|')) << line;
}

TEST(PostText, PlainTextLosesWholeLinesAndSaysHowMany) {
  LongReport scene;
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "line ü " + std::to_string(i) + "\n";
  ASSERT_TRUE(scene.templates.replace("terminal.txt.mustache", lines));
  const auto text = scene.post.text("terminal", 500);
  ASSERT_TRUE(text) << text.error().text();
  const auto kept = text::lines(*text);
  ASSERT_GT(kept.size(), 30U);
  EXPECT_EQ(kept.back(), "… " + std::to_string(1000 - (kept.size() - 1)) + " more lines");
  EXPECT_EQ(kept[kept.size() - 2], "line ü " + std::to_string(kept.size() - 2));
  EXPECT_GT(text::code_points(*text), 480U) << "what fits is kept";
}

TEST(PostText, ADocumentIsNeverCut) {
  const LongReport scene;
  for (const char* form : {"html", "json", "junit"}) {
    const auto text = scene.post.text(form, 1000);
    ASSERT_FALSE(text) << form;
    EXPECT_NE(text.error().what.find("cannot be cut"), std::string::npos) << text.error().what;
  }
  EXPECT_FALSE(scene.post.text("no-such-form", 1000));
}

}  // namespace
}  // namespace perfwarden::publish
