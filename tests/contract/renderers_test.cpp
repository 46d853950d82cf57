#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "base/text.hpp"
#include "report/renderer.hpp"
#include "support/fakes.hpp"

namespace perfwarden {
namespace {

std::string name_of_renderer(const testing::TestParamInfo<const report::Renderer*>& row) {
  return text::replace_all(std::string(row.param->name), "-", "_");
}

class RendererContract : public testing::TestWithParam<const report::Renderer*> {};

TEST(RendererContract, NamesAndFileNamesAreUnique) {
  std::set<std::string_view> names;
  std::set<std::string_view> files;
  for (const report::Renderer* renderer : report::renderers()) {
    EXPECT_TRUE(names.insert(renderer->name).second) << renderer->name;
    if (renderer->file_name.empty()) continue;
    EXPECT_TRUE(files.insert(renderer->file_name).second) << renderer->file_name;
  }
}

TEST_P(RendererContract, IsFoundByItsNameAndSaysWhatItIs) {
  EXPECT_EQ(report::find_renderer(GetParam()->name), GetParam());
  EXPECT_FALSE(GetParam()->summary.empty());
  EXPECT_NE(GetParam()->media_type.find('/'), std::string_view::npos);
  EXPECT_EQ(GetParam()->name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos);
}

TEST_P(RendererContract, HasAGolden) {
  const std::string infix = "." + std::string(GetParam()->name) + ".";
  bool found = false;
  for (const auto& entry : std::filesystem::directory_iterator(support::source_path("tests/golden/report")))
    found = found || entry.path().filename().string().find(infix) != std::string::npos;
  EXPECT_TRUE(found) << "no tests/golden/report/*" << infix << "*";
}

TEST_P(RendererContract, RendersAReportOfNothing) {
  const auto text = GetParam()->render(Report{}, report::Templates{}, {});
  ASSERT_TRUE(text) << text.error().text();
  ASSERT_FALSE(text->empty());
  EXPECT_EQ(text->back(), '\n');
}

INSTANTIATE_TEST_SUITE_P(Every, RendererContract,
                         testing::ValuesIn(report::renderers().begin(), report::renderers().end()), name_of_renderer);

}  // namespace
}  // namespace perfwarden
