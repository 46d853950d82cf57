#include "profile/draw/flame_graph.hpp"

#include <gmock/gmock.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "support/xml.hpp"

namespace perfwarden::profile {
namespace {

using testing::HasSubstr;
using testing::Not;

using Stacks = std::vector<std::pair<std::string, double>>;

void add(CallTree& tree, std::vector<double>& self, const Stacks& stacks) {
  for (const auto& [stack, cost] : stacks) {
    std::vector<FrameId> frames;
    for (const std::string_view name : text::split(stack, ';')) frames.push_back(tree.frames.add(name));
    const NodeId node = tree.add(frames);
    self.resize(tree.size(), 0);
    self[node] += cost;
  }
}

Profile drawn_profile(const Stacks& stacks, const SampleType& type = {"samples", "count"}) {
  Profile profile;
  profile.types = {type};
  profile.self.resize(1, {0});
  add(profile.tree, profile.self[0], stacks);
  return profile;
}

struct TwoSides {
  DiffTree tree;
  ProfileDiff evidence;

  TwoSides(const Stacks& base, const Stacks& head) {
    add(tree.tree, tree.self[0], base);
    add(tree.tree, tree.self[1], head);
    tree.self[0].resize(tree.tree.size(), 0);
    tree.change.assign(tree.tree.size(), FrameChange::unchanged);
    tree.share.resize(tree.tree.size());
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      tree.total[side] = totals_of(tree.tree, tree.self[side]);
      tree.scale[side] = 1 / tree.total[side][k_root];
    }
    for (std::size_t i = 0; i < tree.tree.size(); ++i) {
      tree.share[i].base = tree.total[0][i] * tree.scale[0];
      tree.share[i].head = tree.total[1][i] * tree.scale[1];
    }
    evidence.type = {"samples", "count"};
    evidence.base.label = "main (1a2b3c4)";
    evidence.head.label = "pull request (9be01d4)";
  }

  // The node of the one stack that ends in `name`.
  [[nodiscard]] NodeId node(std::string_view name) const {
    for (std::size_t i = 1; i < tree.tree.size(); ++i)
      if (tree.tree.name(static_cast<NodeId>(i)) == name) return static_cast<NodeId>(i);
    ADD_FAILURE() << "no frame " << name;
    return k_root;
  }
  void call(std::string_view name, FrameChange change) { tree.change[node(name)] = change; }
};

TwoSides grown() {
  TwoSides sides({{"main;parse", 300}, {"main;sort", 500}, {"main;gone", 200}},
                 {{"main;parse", 600}, {"main;sort", 300}, {"main;fresh", 100}});
  sides.call("parse", FrameChange::regression);
  sides.call("gone", FrameChange::removed);
  sides.call("fresh", FrameChange::added);
  Share& parse = sides.tree.share[sides.node("parse")];
  parse.interval = {0.24, 0.36, 0.99};
  parse.p = 3.2e-7;
  return sides;
}

std::string rect_of(const std::string& svg, const std::string& told) {
  const std::size_t at = svg.find("<title>" + told);
  if (at == std::string::npos) return "not drawn";
  return svg.substr(at, svg.find("</g>", at) - at);
}

PictureOptions page() {
  PictureOptions options;
  options.form = PictureForm::html;
  return options;
}

TEST(FlameGraph, FramesAreAsWideAsTheyCost) {
  PictureOptions options;
  options.width = 1020;
  const std::string svg = draw(drawn_profile({{"main;parse", 3}, {"main;sort", 1}}), options);
  EXPECT_THAT(rect_of(svg, "main"), HasSubstr(R"(width="999.0")"));
  EXPECT_THAT(rect_of(svg, "parse — 75.0 % (3 samples), self 75.0 %"), HasSubstr(R"(width="749.0")"));
  EXPECT_THAT(rect_of(svg, "sort — 25.0 % (1 sample), self 25.0 %"), HasSubstr(R"(x="760.0")"));
}

TEST(FlameGraph, TheRootIsAtTheBottomUnlessInverted) {
  const Profile profile = drawn_profile({{"main;parse", 3}});
  const auto height = [](const std::string& svg, const std::string& frame) {
    const std::string group = rect_of(svg, frame);
    const std::size_t at = group.find(" y=\"") + 4;
    return text::to_double(group.substr(at, group.find('"', at) - at)).value();
  };
  PictureOptions options;
  std::string svg = draw(profile, options);
  EXPECT_GT(height(svg, "main"), height(svg, "parse"));
  options.inverted = true;
  svg = draw(profile, options);
  EXPECT_LT(height(svg, "main"), height(svg, "parse"));
}

TEST(FlameGraph, CostsAreTold_InTheirUnit) {
  EXPECT_THAT(draw(drawn_profile({{"main", 8'120'000'000}}, {"cpu", "nanoseconds"}), {}),
              HasSubstr("cpu: 8.12 s in all"));
  EXPECT_THAT(draw(drawn_profile({{"main", 1048576}}, {"alloc_space", "bytes"}), {}),
              HasSubstr("alloc_space: 1 MiB in all"));
  EXPECT_THAT(draw(drawn_profile({{"main", 1234567}}, {"cycles", ""}), {}),
              HasSubstr("main — 100.0 % (1,234,567 cycles)"));
}

TEST(FlameGraph, NarrowFramesAreSummedUpAndTold) {
  Stacks stacks{{"main;wide", 9000}};
  for (int i = 0; i < 100; ++i) stacks.emplace_back("main;narrow" + std::to_string(i), 5);
  const std::string svg = draw(drawn_profile(stacks), {});
  EXPECT_THAT(rect_of(svg, "100 more"), HasSubstr("5.3 % (500 samples)"));
  EXPECT_THAT(svg, HasSubstr("100 frames narrower than 0.1 % are summed up"));
  EXPECT_THAT(svg, Not(HasSubstr("narrow5")));
}

TEST(FlameGraph, NarrowTowersDoNotPushTheRestOutOfSight) {
  std::string tower = "main";
  for (int i = 0; i < 200; ++i) tower += ";lost" + std::to_string(i);
  const std::string narrow = draw(drawn_profile({{tower, 1}, {"main;wide", 99}}), {});
  EXPECT_THAT(narrow, HasSubstr("Deeper frames, 1.0 % wide, are not drawn."));
  EXPECT_THAT(narrow, Not(HasSubstr("lost100")));
  const std::string wide = draw(drawn_profile({{tower, 3}, {"main;wide", 97}}), {});
  EXPECT_THAT(wide, HasSubstr("lost199"));
  EXPECT_THAT(wide, Not(HasSubstr("not drawn")));
}

TEST(FlameGraph, APictureStaysWithinItsBytes) {
  Stacks stacks;
  for (int i = 0; i < 20000; ++i)
    stacks.emplace_back("main;f" + std::to_string(i % 500) + ";<&g" + std::to_string(i) + ">&&&&&&&&&&&&", 1 + i % 7);
  const Profile profile = drawn_profile(stacks);
  for (const PictureForm form : {PictureForm::svg, PictureForm::html}) {
    PictureOptions options;
    options.form = form;
    options.min_share = 0;
    options.max_bytes = 150'000;
    const std::string out = draw(profile, options);
    EXPECT_LE(out.size(), options.max_bytes);
    EXPECT_GT(out.size(), options.max_bytes / 3);
    EXPECT_THAT(out, HasSubstr("summed up"));
  }
}

TEST(FlameGraph, AProfileWithoutStacksSaysSo) {
  const Profile empty = drawn_profile({});
  EXPECT_THAT(draw(empty, {}), HasSubstr("The profile holds no stacks."));
  EXPECT_THAT(draw(empty, page()), HasSubstr("The profile holds no stacks."));
}

TEST(FlameGraph, NegativeCostsAreNotDrawnAndTold) {
  const std::string svg = draw(drawn_profile({{"main;freed", -5}, {"main;kept", 10}}), {});
  EXPECT_THAT(svg, HasSubstr("1 stack of negative cost is not drawn."));
  EXPECT_THAT(rect_of(svg, "kept"), HasSubstr("100.0 %"));
}

TEST(FlameGraph, HostileNamesStayText) {
  const std::string hostile =
      "<script>alert(1)</script>\"'&]]>\x1b[31m\xe2\x80\xae\xef\xbf\xbe\x01\xff--><svg onload=x>";
  PictureOptions options;
  options.title = hostile;
  TwoSides sides({{"main;" + hostile, 1}}, {{"main;" + hostile, 1}});
  sides.evidence.base.label = sides.evidence.head.label = sides.evidence.type.name = hostile;
  for (const PictureForm form : {PictureForm::svg, PictureForm::html}) {
    options.form = form;
    const std::vector<std::string> outs{draw(drawn_profile({{"main;" + hostile, 1}}, {hostile, "count"}), options),
                                        draw_diff(sides.tree, sides.evidence, options)};
    for (const std::string& out : outs) {
      EXPECT_THAT(out, Not(HasSubstr("<script>alert")));
      EXPECT_THAT(out, Not(HasSubstr("<svg onload")));
      EXPECT_EQ(out.find_first_of("\x1b\x01"), std::string::npos);
      EXPECT_THAT(out, Not(HasSubstr("\xe2\x80\xae")));
      EXPECT_THAT(out, Not(HasSubstr("\xef\xbf\xbe")));
    }
  }
}

TEST(FlameGraph, AStaticPictureHasNoScriptStyleOrOutsideReference) {
  const TwoSides sides = grown();
  for (const std::string& svg :
       {draw(drawn_profile({{"main;parse", 3}}), {}), draw_diff(sides.tree, sides.evidence, {})}) {
    for (const char* const banned : {"<script", "<style", "style=", "onload", "onclick", "href", "class="})
      EXPECT_THAT(svg, Not(HasSubstr(banned)));
    EXPECT_EQ(svg.find("http"), svg.rfind("http")) << "one name space and nothing else";
  }
}

TEST(FlameGraph, AStaticPictureIsWellFormed) {
  const TwoSides sides = grown();
  EXPECT_EQ(support::xml_fault(draw_diff(sides.tree, sides.evidence, {})), "");
  EXPECT_EQ(support::xml_fault(draw(drawn_profile({{"a<b;c&d;]]>", 3}}), {})), "");
}

TEST(DifferentialFlameGraph, TellsBothSidesTheirIntervalAndHowSureItIs) {
  const TwoSides sides = grown();
  const std::string svg = draw_diff(sides.tree, sides.evidence, {});
  EXPECT_THAT(svg, HasSubstr("parse — base 30.0 % (300) → head 60.0 % (600), +30.0 pp (+100 %), 99 % interval +24.0 to "
                             "+36.0 pp, p = 3.2e-07, self +30.0 pp; surely more"));
  EXPECT_THAT(svg, HasSubstr("base main (1a2b3c4), 1,000 samples → head pull request (9be01d4), 1,000 samples"));
}

TEST(DifferentialFlameGraph, IsGreyUntilTheChangeIsSure) {
  TwoSides sides = grown();
  const std::string grey = "fill=\"#ced1d5\"";
  EXPECT_THAT(rect_of(draw_diff(sides.tree, sides.evidence, {}), "sort"), HasSubstr(grey));
  EXPECT_THAT(rect_of(draw_diff(sides.tree, sides.evidence, {}), "parse"), HasSubstr("fill=\"#dc3220\""));
  sides.call("parse", FrameChange::inconclusive);
  sides.call("sort", FrameChange::improvement);
  EXPECT_THAT(rect_of(draw_diff(sides.tree, sides.evidence, {}), "parse"), HasSubstr(grey));
  EXPECT_THAT(rect_of(draw_diff(sides.tree, sides.evidence, {}), "sort"), Not(HasSubstr(grey)));
}

TEST(DifferentialFlameGraph, NewAndRemovedAreMarkedByShapeAndSign) {
  const TwoSides sides = grown();
  const std::string svg = draw_diff(sides.tree, sides.evidence, {});
  EXPECT_THAT(rect_of(svg, "fresh"), HasSubstr("stroke="));
  EXPECT_THAT(rect_of(svg, "fresh"), HasSubstr(">+ fresh<"));
  EXPECT_THAT(rect_of(svg, "gone"), HasSubstr("url(#gone)"));
  EXPECT_THAT(rect_of(svg, "gone"), HasSubstr(">− gone<"));
  EXPECT_THAT(svg, HasSubstr("Base: as wide as base spent"));
}

TEST(DifferentialFlameGraph, HasNoBasePaneWhenNothingIsGone) {
  const TwoSides sides({{"main;parse", 300}}, {{"main;parse", 600}});
  const std::string svg = draw_diff(sides.tree, sides.evidence, {});
  EXPECT_THAT(svg, HasSubstr("Head: as wide as head spends"));
  EXPECT_THAT(svg, Not(HasSubstr("Base: as wide")));
}

TEST(DifferentialFlameGraph, ThePageCarriesWidthsOfHeadBaseAndChange) {
  const TwoSides sides = grown();
  const std::string html = draw_diff(sides.tree, sides.evidence, page());
  EXPECT_THAT(html, HasSubstr(R"("cost":[[1000,1000,0,200,300,500],[1000,1000,100,0,600,300]])"));
  EXPECT_THAT(html, HasSubstr(R"("delta":[10000000,10000000,1250000,2500000,3750000,2500000])"));
  EXPECT_THAT(html, HasSubstr(R"("change":"..adr.")"));
  EXPECT_THAT(html, HasSubstr(R"("sure":{"4":[0.24,0.36,0.99,3.2e-07]})"));
  EXPECT_THAT(html, HasSubstr("parse — base 30.0 %")) << "and reads without its script";
}

TEST(DifferentialFlameGraph, FixedWorkThatTakesTwiceAsLongIsTwiceAsWide) {
  TwoSides sides({{"main;work", 100}}, {{"main;work", 200}});
  sides.evidence.normalization = Normalization::absolute;
  sides.tree.scale = {0.01, 0.01};
  sides.tree.change[sides.node("work")] = FrameChange::removed;  // so that both panes are drawn
  PictureOptions options;
  options.width = 1020;
  const std::string svg = draw_diff(sides.tree, sides.evidence, options);
  EXPECT_THAT(svg, HasSubstr("as recorded, percentages of base’s total"));
  const std::size_t first = svg.find(R"(width="999.0")"), second = svg.find(R"(width="499.0")");
  EXPECT_NE(first, std::string::npos);
  EXPECT_NE(second, std::string::npos);
  EXPECT_LT(first, second);
}

}  // namespace
}  // namespace perfwarden::profile
