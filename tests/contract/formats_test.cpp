#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/read.hpp"
#include "support/fakes.hpp"

// Every row of ingest/formats, held to the same promises. A format's fixtures are the files of
// tests/fixtures/ingest/<name>/, but README.md (where they come from) and pattern.txt (parser.regex). A file whose name
// ends in _by_name is recognised by no format: it is read when config names the format.
namespace perfwarden::ingest {
namespace {

namespace fs = std::filesystem;

struct Fixture {
  std::string format, file, text;
  [[nodiscard]] bool by_name() const { return fs::path(file).stem().string().ends_with("_by_name"); }
};

std::string folder_of(std::string_view format) {
  return support::source_path("tests/fixtures/ingest/" + std::string(format));
}

std::vector<Fixture> fixtures_of(std::string_view format) {
  std::vector<Fixture> out;
  if (!fs::is_directory(folder_of(format))) return out;
  for (const auto& entry : fs::directory_iterator(folder_of(format))) {
    const std::string name = entry.path().filename().string();
    if (name != "README.md" && name != "pattern.txt")
      out.push_back({std::string(format), name, support::slurp(entry.path().string())});
  }
  std::sort(out.begin(), out.end(), [](const Fixture& a, const Fixture& b) { return a.file < b.file; });
  return out;
}

Usage some_usage() {
  Usage usage;
  usage.wall_s = 1.5;
  usage.user_s = 1.25;
  usage.system_s = 0.125;
  usage.max_rss_bytes = 4096000;
  usage.minor_faults = 300;
  usage.major_faults = 2;
  usage.voluntary_switches = 10;
  usage.involuntary_switches = 5;
  usage.instructions = 123456789;
  return usage;
}

Suite suite_for(std::string_view format) {
  Suite suite;
  suite.name = "core";
  suite.run.argv = {"/usr/bin/app", "--fast"};
  const std::string pattern = folder_of(format) + "/pattern.txt";
  if (fs::exists(pattern)) suite.parser.regex = text::trim(support::slurp(pattern));
  return suite;
}

std::string described(const std::vector<Qualifier>& qualifiers) {
  std::string out;
  for (const Qualifier& one : qualifiers) out += fmt::format(" {}={}", one.key, one.value);
  return out.empty() ? "" : " {" + out.substr(1) + "}";
}

// What was read, in words that a person can check against the fixture.
std::string described(const Result<Reading>& reading) {
  if (!reading) return reading.error().text() + "\n";
  std::string out;
  for (const Measurement& m : reading->measurements)
    out += fmt::format("{}{} | {} [{} from '{}'] {}{}{}: {}\n", m.benchmark, described(m.qualifiers), m.metric.name,
                       m.metric.unit, m.original_unit, name_of(m.metric.better), m.metric.primary ? " primary" : "",
                       m.metric.deterministic ? " deterministic" : "", fmt::join(m.values, " "));
  for (const Failed& failed : reading->failures)
    if (failed.failed > 0)
      out += fmt::format("✗ {}{} {}/{}{}: {}\n", failed.benchmark, described(failed.qualifiers), failed.failed,
                         failed.runs, failed.dropped ? " dropped" : "", failed.reason);
  for (const Warning& warning : reading->warnings) out += fmt::format("! {}: {}\n", warning.code, warning.text);
  return out;
}

class FormatContract : public testing::TestWithParam<const Format*> {
 protected:
  const Format& format = *GetParam();
  const Suite suite = suite_for(format.name);

  // Reads hostile text: no crash, and either an error that names the file or values that are all finite.
  void survives(const std::string& text, const std::string& what) {
    SCOPED_TRACE(what);
    const Document document{text, "hostile.out", nullptr, &suite, ""};
    EXPECT_GE(format.sniff(std::string_view(text).substr(0, 64 << 10)), 0);
    const Result<Reading> reading = format.read(document);
    if (!reading) {
      EXPECT_NE(reading.error().text().find("hostile.out"), std::string::npos) << reading.error().text();
      EXPECT_LT(reading.error().text().size(), 2000U);
      return;
    }
    EXPECT_FALSE(reading->measurements.empty() && reading->failures.empty());
    for (const Measurement& measurement : reading->measurements) {
      EXPECT_FALSE(measurement.values.empty());
      EXPECT_FALSE(measurement.benchmark.empty());
      EXPECT_LE(measurement.benchmark.size(), 1024U);
      EXPECT_TRUE(
          std::all_of(measurement.values.begin(), measurement.values.end(), [](double v) { return std::isfinite(v); }));
    }
  }
};

TEST_P(FormatContract, HasAUniqueKebabNameAndAOneLineSummary) {
  EXPECT_TRUE(std::regex_match(std::string(format.name), std::regex("[a-z][a-z0-9]*(-[a-z0-9]+)*"))) << format.name;
  EXPECT_NE(format.name, "auto");
  EXPECT_EQ(std::count_if(formats().begin(), formats().end(), [&](const Format* f) { return f->name == format.name; }),
            1);
  EXPECT_EQ(find_format(format.name), &format);
  EXPECT_GT(format.summary.size(), 10U);
  EXPECT_EQ(format.summary.find('\n'), std::string_view::npos);
  EXPECT_FALSE(format.summary.ends_with('.'));
}

TEST_P(FormatContract, HasFixturesWhoseOriginIsTold) {
  EXPECT_FALSE(fixtures_of(format.name).empty());
  const std::string readme = support::slurp(folder_of(format.name) + "/README.md");
  for (const Fixture& fixture : fixtures_of(format.name))
    EXPECT_NE(readme.find(fixture.file), std::string::npos) << fixture.file;
}

TEST_P(FormatContract, ReadsItsFixturesAsTheGoldensSay) {
  for (const Fixture& fixture : fixtures_of(format.name)) {
    const Usage usage = some_usage();
    const Result<Reading> reading = format.read({fixture.text, fixture.file, &usage, &suite, ""});
    EXPECT_TRUE(reading.has_value()) << described(reading);
    support::expect_golden("ingest/" + fixture.format + "/" + fixture.file + ".txt", described(reading));
  }
}

TEST_P(FormatContract, RecognisesItsOwnFixturesAndNobodyElses) {
  for (const Format* other : formats())
    for (const Fixture& fixture : fixtures_of(other->name)) {
      const int sure = format.sniff(std::string_view(fixture.text).substr(0, 64 << 10));
      EXPECT_EQ(sure > 0, other == &format && !fixture.by_name()) << fixture.format << "/" << fixture.file;
      EXPECT_LE(sure, 100);
    }
}

TEST_P(FormatContract, SaysThatAnEmptyTextHoldsNothing) {
  for (const std::string& text : std::vector<std::string>{"", "\n\n \t\r\n", "\xEF\xBB\xBF"}) {
    EXPECT_EQ(format.sniff(text), 0);
    const Result<Reading> reading = format.read({text, "empty.out", nullptr, &suite, ""});
    ASSERT_FALSE(reading.has_value());
    EXPECT_EQ(reading.error().kind, ErrorKind::parse);
    EXPECT_TRUE(reading.error().where.starts_with("empty.out")) << reading.error().text();
    EXPECT_FALSE(reading.error().hint.empty());
  }
}

TEST_P(FormatContract, SurvivesBeingCutOffAnywhere) {
  for (const Fixture& fixture : fixtures_of(format.name))
    for (std::size_t part = 0; part < 16; ++part)
      survives(fixture.text.substr(0, fixture.text.size() * part / 16),
               fmt::format("{} cut at {}/16", fixture.file, part));
}

TEST_P(FormatContract, NeverTakesANumberThatIsNotFinite) {
  const std::regex number(R"(([ \t\[:,])-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?(?=[ \t\r\n,\]}]))");
  for (const Fixture& fixture : fixtures_of(format.name))
    for (const char* token : {"NaN", "-nan", "Infinity", "-inf", "1e999", "nan(ind)", "null"})
      survives(std::regex_replace(fixture.text, number, std::string("$1") + token), fixture.file + " with " + token);
}

TEST_P(FormatContract, SurvivesGarbage) {
  SplitMix64 random(20261121);
  for (const Fixture& fixture : fixtures_of(format.name))
    for (int round = 0; round < 40; ++round) {
      std::string text = fixture.text;
      for (int edit = 0; edit < 8; ++edit) text[random.below(text.size())] = static_cast<char>(random.below(256));
      survives(text, fmt::format("{} with garbage, round {}", fixture.file, round));
    }
  std::string noise(20000, '\0');
  for (char& c : noise) c = static_cast<char>(random.below(256));
  survives(noise, "noise");
  survives(std::string(20000, '\0'), "zeros");
}

TEST_P(FormatContract, SurvivesDeepNestingAndLongLines) {
  for (const std::string& opening : std::vector<std::string>{"[", "{\"a\":", "{\"context\":", "(", "Benchmark/"}) {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += opening;
    survives(text, "many times " + opening);
  }
  const std::string wide(1 << 18, 'a');
  for (const std::string& text : std::vector<std::string>{
           wide, "\"" + wide + "\"", "{\"" + wide + "\": 1}", "Benchmark" + wide + "-8\t1\t2 ns/op\n",
           "{\"context\": {}, \"benchmarks\": [{\"name\": \"" + wide + "\", \"real_time\": 1}]}",
           wide + " 1 copied, 2 s, 3\n"})
    survives(text, "a line of 256 KiB: " + text.substr(0, 20));
}

INSTANTIATE_TEST_SUITE_P(Formats, FormatContract, testing::ValuesIn(formats().begin(), formats().end()),
                         [](const auto& tested) {
                           std::string name(tested.param->name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Formats, AreSortedByNameOfTheirFilesAndHoldTheFirstFive) {
  std::set<std::string_view> names;
  for (const Format* format : formats()) names.insert(format->name);
  for (const std::string_view name : {"go-bench", "google-benchmark", "json", "regex", "time"})
    EXPECT_TRUE(names.contains(name)) << name;
}

}  // namespace
}  // namespace perfwarden::ingest
