#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "profile/format.hpp"
#include "profile/limits.hpp"
#include "profile/read/inflate.hpp"
#include "profile/read/read.hpp"
#include "support/fakes.hpp"

// Every row of profile/formats, held to the same promises. A format's fixtures are the files of
// tests/fixtures/profile/<name>/ but README.md, which says where they come from, and the scripts that made them.
namespace perfwarden::profile {
namespace {

namespace fs = std::filesystem;

struct Fixture {
  std::string format, file;
  std::string bytes;  // as they lie there
  std::string text;   // inflated
};

std::string folder_of(std::string_view format) {
  return support::source_path("tests/fixtures/profile/" + std::string(format));
}

std::vector<Fixture> fixtures_of(std::string_view format) {
  std::vector<Fixture> out;
  if (!fs::is_directory(folder_of(format))) return out;
  for (const auto& entry : fs::directory_iterator(folder_of(format))) {
    const fs::path path = entry.path();
    if (path.extension() == ".md" || path.extension() == ".py" || path.extension() == ".sh" || entry.is_directory())
      continue;
    Fixture fixture{std::string(format), path.filename().string(), support::slurp(path.string()), ""};
    std::string inflated;
    const auto text = inflate(fixture.bytes, fixture.file, inflated);
    EXPECT_TRUE(text.has_value()) << path;
    if (text) fixture.text = *text;
    out.push_back(std::move(fixture));
  }
  std::sort(out.begin(), out.end(), [](const Fixture& a, const Fixture& b) { return a.file < b.file; });
  return out;
}

std::string_view head_of(std::string_view text) {
  return text.substr(0, k_sniffed_bytes);
}

// What a reader promises of a profile, however it came to be.
void expect_sound(const Profile& profile, const std::string& what) {
  ASSERT_FALSE(profile.types.empty()) << what;
  EXPECT_LT(profile.default_type, profile.types.size()) << what;
  EXPECT_LT(profile.count_type.value_or(0), profile.types.size()) << what;
  ASSERT_EQ(profile.self.size(), profile.types.size()) << what;
  const auto finite = [](double cost) { return std::isfinite(cost); };
  for (const auto& self : profile.self) {
    EXPECT_EQ(self.size(), profile.tree.size()) << what;
    EXPECT_TRUE(std::all_of(self.begin(), self.end(), finite)) << what;
  }
  for (const FunctionCost& function : profile.functions) {
    EXPECT_LT(function.frame, profile.tree.frames.size()) << what;
    EXPECT_EQ(function.self.size(), profile.types.size()) << what;
    EXPECT_EQ(function.total.size(), profile.types.size()) << what;
    EXPECT_TRUE(std::all_of(function.self.begin(), function.self.end(), finite)) << what;
    EXPECT_TRUE(std::all_of(function.total.begin(), function.total.end(), finite)) << what;
  }
  EXPECT_LE(profile.warnings.size(), k_max_notes + 2) << what;
}

class ProfileFormatContract : public testing::TestWithParam<const Format*> {
 protected:
  const Format& format = *GetParam();

  // Reads, and holds what came of it to what is promised of errors and of profiles.
  void survives(const std::string& text, const std::string& what) const {
    (void)format.sniff(head_of(text));
    const Result<Profile> profile = format.read({text, "hostile.prof"});
    if (profile) {
      expect_sound(*profile, what);
    } else {
      EXPECT_EQ(profile.error().kind, ErrorKind::parse) << what;
      EXPECT_TRUE(profile.error().where.starts_with("hostile.prof")) << what << ": " << profile.error().text();
      EXPECT_FALSE(profile.error().hint.empty()) << what << ": " << profile.error().text();
    }
  }
};

TEST_P(ProfileFormatContract, HasAUniqueNameAndASummary) {
  EXPECT_TRUE(std::regex_match(std::string(format.name), std::regex("[a-z][a-z0-9]*(-[a-z0-9]+)*"))) << format.name;
  EXPECT_NE(format.name, "auto");
  EXPECT_EQ(std::count_if(formats().begin(), formats().end(), [&](const Format* f) { return f->name == format.name; }),
            1);
  EXPECT_EQ(find_format(format.name), &format);
  EXPECT_GT(format.summary.size(), 10U);
  EXPECT_EQ(format.summary.find('\n'), std::string_view::npos);
  EXPECT_FALSE(format.summary.ends_with('.'));
}

TEST_P(ProfileFormatContract, HasFixturesWhoseOriginIsTold) {
  EXPECT_FALSE(fixtures_of(format.name).empty());
  const std::string readme = support::slurp(folder_of(format.name) + "/README.md");
  for (const Fixture& fixture : fixtures_of(format.name))
    EXPECT_NE(readme.find(fixture.file), std::string::npos) << fixture.file;
}

TEST_P(ProfileFormatContract, ReadsItsFixtures) {
  for (const Fixture& fixture : fixtures_of(format.name)) {
    const Result<Profile> profile = read(fixture.bytes, fixture.file);
    ASSERT_TRUE(profile.has_value()) << profile.error().text();
    EXPECT_EQ(profile->format, format.name);
    expect_sound(*profile, fixture.file);
  }
}

TEST_P(ProfileFormatContract, RecognisesItsOwnFixturesAndNobodyElses) {
  for (const Format* other : formats())
    for (const Fixture& fixture : fixtures_of(other->name)) {
      const int sure = format.sniff(head_of(fixture.text));
      EXPECT_EQ(sure > 0, other == &format) << fixture.format << "/" << fixture.file;
      EXPECT_LE(sure, 100);
    }
}

TEST_P(ProfileFormatContract, SaysThatAnEmptyTextHoldsNothing) {
  for (const std::string& text : std::vector<std::string>{"", "\n\n \t\r\n", "\xEF\xBB\xBF"}) {
    EXPECT_EQ(format.sniff(text), 0);
    const Result<Profile> profile = format.read({text, "empty.prof"});
    ASSERT_FALSE(profile.has_value());
    EXPECT_EQ(profile.error().kind, ErrorKind::parse);
    EXPECT_TRUE(profile.error().where.starts_with("empty.prof")) << profile.error().text();
    EXPECT_FALSE(profile.error().hint.empty()) << profile.error().text();
  }
}

TEST_P(ProfileFormatContract, SurvivesBeingCutOffAnywhere) {
  for (const Fixture& fixture : fixtures_of(format.name)) {
    for (std::size_t part = 0; part < 32; ++part)
      survives(fixture.text.substr(0, fixture.text.size() * part / 32),
               fmt::format("{} cut at {}/32", fixture.file, part));
    const Result<Profile> cut = read(fixture.bytes.substr(0, 20), "cut.prof", format.name);
    EXPECT_TRUE(cut || cut.error().where.starts_with("cut.prof"));
  }
}

TEST_P(ProfileFormatContract, NeverTakesANumberThatIsNotFinite) {
  const std::regex number(R"(([ \t\[:,])-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?(?=[ \t\r\n,\]}]))");
  for (const Fixture& fixture : fixtures_of(format.name))
    for (const char* token :
         {"NaN", "-nan", "Infinity", "-inf", "1e999", "1e308", "-1", "18446744073709551616", "null"})
      survives(std::regex_replace(fixture.text, number, std::string("$1") + token), fixture.file + " with " + token);
}

TEST_P(ProfileFormatContract, SurvivesGarbage) {
  SplitMix64 random(20261121);
  for (const Fixture& fixture : fixtures_of(format.name))
    for (int round = 0; round < 60; ++round) {
      std::string text = fixture.text;
      for (int edit = 0; edit < 1 + round % 8; ++edit)
        text[random.below(text.size())] = static_cast<char>(random.below(256));
      survives(text, fmt::format("{} with garbage, round {}", fixture.file, round));
    }
  std::string noise(20000, '\0');
  for (char& c : noise) c = static_cast<char>(random.below(256));
  survives(noise, "noise");
  survives(std::string(20000, '\0'), "zeros");
}

TEST_P(ProfileFormatContract, SurvivesDeepNestingAndLongLines) {
  for (const std::string& opening : std::vector<std::string>{"[", "{\"a\":", "{\"head\":", "{\"children\":[", "("}) {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += opening;
    survives(text, "many times " + opening);
  }
  const std::string wide(1 << 18, 'a');
  for (const std::string& text :
       std::vector<std::string>{wide, "\"" + wide + "\"", "{\"" + wide + "\": 1}", wide + " 1\n", "fn=" + wide + "\n",
                                "\t" + wide + " (" + wide + ")\n"})
    survives(text, "a line of 256 KiB: " + text.substr(0, 20));
}

INSTANTIATE_TEST_SUITE_P(ProfileFormats, ProfileFormatContract, testing::ValuesIn(formats().begin(), formats().end()),
                         [](const auto& tested) {
                           std::string name(tested.param->name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace perfwarden::profile
