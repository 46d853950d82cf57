#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <string>

#include "base/text.hpp"
#include "tidy/docs.hpp"

namespace perfwarden::docs {
namespace {

namespace fs = std::filesystem;

// Why a link leads nowhere; empty when it leads somewhere in this repository.
std::string why_broken(const std::string& document, const std::string& target) {
  static const std::regex scheme("^[a-zA-Z][a-zA-Z0-9+.-]*:");
  if (std::regex_search(target, scheme)) return "it needs the network: name the source instead";
  const std::size_t hash = target.find('#');
  const std::string path = target.substr(0, hash);
  const std::string file =
      path.empty() ? document : (fs::path(document).parent_path() / path).lexically_normal().string();
  if (!fs::exists(support::source_path(file))) return "there is no " + file;
  if (hash == std::string::npos) return "";
  if (fs::path(file).extension() != ".md") return "only documents have headings";
  const std::string text = read(file);
  return anchors_of(lines_of(text)).contains(target.substr(hash + 1)) ? "" : "no such heading in " + file;
}

TEST(Documents, EveryLinkLeadsToAFileOrHeadingOfThisRepository) {
  std::size_t links = 0;
  for (const std::string& document : documents()) {
    const std::string text = read(document);
    for (const std::string& target : links_of(lines_of(text))) {
      ++links;
      const std::string why = why_broken(document, target);
      EXPECT_TRUE(why.empty()) << document << ": link to '" << target << "': " << why;
    }
  }
  EXPECT_GT(links, 100U);
}

TEST(Documents, ABrokenLinkIsFound) {
  EXPECT_EQ(why_broken("docs/gates.md", "reports.md"), "");
  EXPECT_EQ(why_broken("docs/gates.md", "../README.md#get-the-binary"), "");
  EXPECT_NE(why_broken("docs/gates.md", "no-such.md"), "");
  EXPECT_NE(why_broken("docs/gates.md", "#no-such-heading"), "");
  EXPECT_NE(why_broken("docs/gates.md", "https://example.org/"), "");
}

TEST(Documents, EachIsReachedFromTheReadme) {
  const std::string readme = read("README.md");
  for (const std::string& document : documents())
    if (document.starts_with("docs/")) {
      EXPECT_NE(readme.find("(" + document), std::string::npos) << document;
    }
}

TEST(Documents, TheReadmeIsReadInAMinute) {
  const std::string readme = read("README.md");
  EXPECT_LE(std::count(readme.begin(), readme.end(), '\n'), 180);
}

// Sources cite documents as docs/statistics.md#sampling.
TEST(Documents, SourcesCiteWhatIsThere) {
  static const std::regex citation(R"(\bdocs/[a-z_]+\.md#[a-z0-9_-]+)");
  std::size_t citations = 0;
  for (const char* folder : {"src", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(support::source_path(folder))) {
      const std::string extension = entry.path().extension();
      if ((extension != ".cpp" && extension != ".hpp") || entry.path().filename().string().starts_with("docs"))
        continue;
      const std::string text = support::slurp(entry.path().string());
      if (text.find("docs/") == std::string::npos) continue;
      for (auto at = std::sregex_iterator(text.begin(), text.end(), citation); at != std::sregex_iterator(); ++at) {
        ++citations;
        EXPECT_EQ(why_broken("README.md", at->str()), "") << entry.path().string();
      }
    }
  }
  EXPECT_GT(citations, 10U);
}

TEST(Documents, EverySchemaHasItsRow) {
  static const std::regex schema(R"re("(perfwarden\.[a-z]+/[0-9]+)")re");
  const std::string text = read("docs/schemas.md");
  std::size_t schemas = 0;
  for (const auto& entry : fs::recursive_directory_iterator(support::source_path("src"))) {
    if (!entry.is_regular_file()) continue;
    const std::string source = support::slurp(entry.path().string());
    if (source.find("\"perfwarden.") == std::string::npos) continue;
    for (auto at = std::sregex_iterator(source.begin(), source.end(), schema); at != std::sregex_iterator(); ++at) {
      ++schemas;
      EXPECT_NE(text.find("| `" + (*at)[1].str() + "` |"), std::string::npos) << (*at)[1] << " in " << entry.path();
    }
  }
  EXPECT_GT(schemas, 15U);
}

TEST(Documents, EveryVersionOfTheHistoryHasItsRow) {
  const std::string source = read("src/store/schema.cpp");
  const std::string text = read("docs/schemas.md");
  std::size_t version = 1;
  for (; source.find("\n// Version " + std::to_string(version) + ".\n") != std::string::npos; ++version)
    EXPECT_NE(text.find("\n| " + std::to_string(version) + " |"), std::string::npos) << version;
  EXPECT_GT(version, 9U);
  EXPECT_NE(text.find("The history has version " + std::to_string(version - 1) + "."), std::string::npos);
}

TEST(Documents, TheImageThatTheyNameIsOfThisVersion) {
  static const std::regex project(R"(project\(perfwarden VERSION ([0-9.]+))");
  const std::string cmake = read("CMakeLists.txt");
  std::smatch version;
  ASSERT_TRUE(std::regex_search(cmake, version, project));
  static const std::regex image(R"(ghcr\.io/perfwarden/perfwarden:([0-9.]*[0-9]))");
  for (const std::string& document : documents()) {
    const std::string text = read(document);
    for (auto at = std::sregex_iterator(text.begin(), text.end(), image); at != std::sregex_iterator(); ++at)
      EXPECT_EQ((*at)[1].str(), version[1].str()) << document;
  }
}

}  // namespace
}  // namespace perfwarden::docs
