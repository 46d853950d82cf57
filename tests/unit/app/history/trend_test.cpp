#include "app/history/trend.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "app/cli/command.hpp"
#include "app/history/series_file.hpp"
#include "support/fakes.hpp"

namespace perfwarden::app {
namespace {

using Json = nlohmann::json;

std::string csv(std::size_t n, std::size_t step, double factor, const std::string& header = "commit,value\n") {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal(0, 0.01);
  std::string out = header;
  for (std::size_t i = 0; i < n; ++i)
    out +=
        "c" + std::to_string(i) + "," + std::to_string((i < step ? 10 : 10 * factor) * std::exp(normal(random))) + "\n";
  return out;
}

struct TrendVerb : testing::Test {
  support::TemporaryDirectory directory;
  support::FakeProcesses processes;
  support::FakeClock clock;
  support::FakeConsole console;
  support::FakeHttp http;

  int run(std::vector<std::string> words) {
    words.insert(words.begin(), {"perfwarden", "trend"});
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    console = {};
    const os::Environment environment;
    World world{processes, clock, environment, console, http};
    return app::run(world, argv);
  }
};

TEST_F(TrendVerb, NamesTheCommitsBetweenWhichTheLevelChanged) {
  const std::string file = directory.write("parse.csv", csv(80, 50, 1.08));
  ASSERT_EQ(run({"--input", file}), 0) << console.err_text;
  EXPECT_NE(console.out_text.find("step"), std::string::npos) << console.out_text;
  EXPECT_NE(console.out_text.find("c49..c50"), std::string::npos) << console.out_text;
  EXPECT_NE(console.out_text.find("1 of 1 series changed its level (80 points)"), std::string::npos);
}

TEST_F(TrendVerb, JsonHoldsTheSame) {
  const std::string file = directory.write("parse.csv", csv(80, 50, 1.08));
  ASSERT_EQ(run({"--input", file, "--json"}), 0) << console.err_text;
  const Json json = Json::parse(console.out_text);
  EXPECT_EQ(json["schema"], "perfwarden.trend/1");
  const Json& series = json["series"][0];
  EXPECT_EQ(series["benchmark"], "parse");
  ASSERT_EQ(series["changes"].size(), 1U);
  EXPECT_EQ(series["changes"][0]["last_before"], "c49");
  EXPECT_EQ(series["changes"][0]["commit"], "c50");
  EXPECT_NEAR(series["changes"][0]["change_percent"].get<double>(), 8, 1);
  EXPECT_LT(series["changes"][0]["interval"][0].get<double>(), 8);
}

TEST_F(TrendVerb, ChangesBelowTheSmallestEffectAreNotReported) {
  const std::string file = directory.write("parse.csv", csv(80, 50, 1.08));
  ASSERT_EQ(run({"--input", file, "--min-effect", "10"}), 0);
  EXPECT_NE(console.out_text.find("0 of 1 series changed their level"), std::string::npos) << console.out_text;
}

TEST_F(TrendVerb, WhereTooFewRunsShowNothingItSaysSo) {
  const std::string few = directory.write("few.csv", csv(12, 7, 1.3));
  ASSERT_EQ(run({"--input", few}), 0) << console.err_text;
  EXPECT_NE(console.out_text.find("fewer than 24 runs"), std::string::npos) << console.out_text;
  const std::string many = directory.write("many.csv", csv(24, 24, 1));
  ASSERT_EQ(run({"--input", many}), 0) << console.err_text;
  EXPECT_EQ(console.out_text.find("fewer than"), std::string::npos) << console.out_text;
}

TEST_F(TrendVerb, WithoutAHistoryItSaysWhatToDo) {
  EXPECT_EQ(run({}), 2);
  EXPECT_NE(console.err_text.find("--input"), std::string::npos) << console.err_text;
}

TEST(SeriesFile, ColumnsAreFoundByNameOrByPlace) {
  for (const char* text : {"value,commit\n1.5,a\n2.5,b\n", "a,1.5\nb,2.5\n", "time,value,commit\nt0,1.5,a\nt1,2.5,b\n",
                           "# a remark\n\"commit\", \"value\"\r\na, 1.5\r\nb, 2.5\r\n"}) {
    const auto series = read_series(text, "s.csv");
    ASSERT_TRUE(series) << text << series.error().text();
    ASSERT_EQ(series->points.size(), 2U) << text;
    EXPECT_EQ(series->points[0].commit, "a") << text;
    EXPECT_EQ(series->points[1].median, 2.5) << text;
  }
  const auto bare = read_series("1\n2\n3\n", "s.csv");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->points[2].commit, "2");
}

TEST(SeriesFile, FaultsAreNamedByLineAndColumn) {
  const auto word = read_series("index,value\n1,2\n2,fast\n", "s.csv");
  ASSERT_FALSE(word);
  EXPECT_EQ(word.error().where, "s.csv:3:2");
  const auto ragged = read_series("1,2\n1,2,3\n", "s.csv");
  ASSERT_FALSE(ragged);
  EXPECT_EQ(ragged.error().where, "s.csv:2:1");
  EXPECT_FALSE(read_series("", "s.csv"));
  EXPECT_FALSE(read_series("index,value\n", "s.csv"));
  EXPECT_FALSE(read_series("1,nan\n", "s.csv"));
}

TEST(TrendText, ALineOfAnotherMachineIsNotAChange) {
  SeriesHistory series;
  series.id = {"core", "parse", "wall_time"};
  std::mt19937_64 random(2);
  std::normal_distribution<double> normal(0, 0.01);
  for (int i = 0; i < 60; ++i) {
    HistoryPoint point;
    point.commit = "c" + std::to_string(i);
    point.unit = "s";
    point.fingerprint = i < 30 ? "old" : "new";
    point.median = (i < 30 ? 1.0 : 1.4) * std::exp(normal(random));
    series.points.push_back(point);
  }
  const std::string text = trend_text({&series, 1}, {}, {}, 80);
  EXPECT_NE(text.find("0 of 1 series"), std::string::npos) << text;
  EXPECT_NE(text.find("cut once, where the machine or the unit changed"), std::string::npos) << text;
}

TEST(TrendText, OfEnergyPrintsTheFactors) {
  SeriesHistory series;
  series.id = {"core", "parse", "co2e"};
  EXPECT_NE(trend_text({&series, 1}, {}, {}, 80).find("480 g/kWh"), std::string::npos);
  series.id.metric = "wall_time";
  EXPECT_EQ(trend_text({&series, 1}, {}, {}, 80).find("g/kWh"), std::string::npos);
}

}  // namespace
}  // namespace perfwarden::app
