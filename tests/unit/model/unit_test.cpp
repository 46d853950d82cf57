#include "model/unit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace perfwarden {
namespace {

constexpr double k_infinity = std::numeric_limits<double>::infinity();

TEST(UnitOf, KnowsWhatHarnessesWrite) {
  struct Row {
    const char *spelling, *base;
    double factor;
  };
  for (const Row& row : {Row{"ns", "s", 1e-9},      Row{"us", "s", 1e-6},       Row{"\u00B5s", "s", 1e-6},
                         Row{"\u03BCs", "s", 1e-6}, Row{"ms", "s", 1e-3},       Row{"s", "s", 1},
                         Row{"m", "s", 60},         Row{"min", "s", 60},        Row{"h", "s", 3600},
                         Row{"ns/op", "s", 1e-9},   Row{"us/op", "s", 1e-6},    Row{"s/iter", "s", 1},
                         Row{"MB/op", "B", 1e6},    Row{"Seconds", "s", 1},     Row{"milliseconds", "s", 1e-3},
                         Row{"usec", "s", 1e-6},    Row{"Bytes", "B", 1},       Row{"B", "B", 1},
                         Row{"kB", "B", 1e3},       Row{"KB", "B", 1e3},        Row{"KiB", "B", 1024},
                         Row{"MiB", "B", 1048576},  Row{"B/op", "B", 1},        Row{"GB/s", "B/s", 1e9},
                         Row{"op/s", "op/s", 1},    Row{"ops/ms", "op/s", 1e3}, Row{"Mops/s", "op/s", 1e6},
                         Row{"k/s", "op/s", 1e3},   Row{"1/s", "op/s", 1},      Row{"", "1", 1},
                         Row{"1", "1", 1},          Row{"%", "1", 0.01},        Row{"allocs/op", "1", 1},
                         Row{"mJ", "J", 1e-3}}) {
    EXPECT_EQ(unit_in_words(row.spelling).base, row.base) << row.spelling;
    EXPECT_DOUBLE_EQ(unit_in_words(row.spelling).factor, row.factor) << row.spelling;
  }
}

// "+5 percent" of a budget must not become a change by 0.05.
TEST(UnitOf, TakesSymbolsOnly) {
  EXPECT_EQ(unit_of("ms/op").base, "s");
  for (const char* word : {"percent", "Seconds", "usec", "Bytes", "second/op"})
    EXPECT_EQ(unit_of(word).dimension, Dimension::other) << word;
}

TEST(UnitOf, LeavesAStrangerAsItIs) {
  for (const char* stranger : {"widgets", "MS", "widgets/op", "s/s", "b", "Ns", "kb", "\x1b[31m"}) {
    EXPECT_EQ(unit_of(stranger).base, stranger);
    EXPECT_EQ(unit_of(stranger).factor, 1);
    EXPECT_EQ(unit_of(stranger).dimension, Dimension::other);
  }
}

TEST(ParseQuantity, ReadsNumberAndUnit) {
  struct Row {
    const char* text;
    double value;
    const char* unit;
  };
  for (const Row& row :
       {Row{"12 ms", 0.012, "s"}, Row{"256MiB", 268435456, "B"}, Row{"5", 5, "1"}, Row{" 1.5e3 ns ", 1.5e-6, "s"},
        Row{"+16 KiB", 16384, "B"}, Row{"-5%", -0.05, "1"}, Row{"1e3", 1000, "1"}, Row{"2h", 7200, "s"}}) {
    const auto parsed = parse_quantity(row.text);
    ASSERT_TRUE(parsed.has_value()) << row.text;
    EXPECT_DOUBLE_EQ(parsed->value, row.value) << row.text;
    EXPECT_EQ(parsed->base_unit, row.unit) << row.text;
  }
  EXPECT_EQ(parse_quantity(" 12 ms ")->original, "12 ms");
}

TEST(ParseQuantity, RefusesWhatIsNotOne) {
  for (const char* bad : {"", "ms", "12 parsecs", "1.2.3 s", "--5 s", "+-5 s", "5 5 s", "inf s", "nan", "1e999 s",
                          "1e308 TiB", "0x10 B", "5e s", "12 ms ms", "1,5 s", "\u22125 s"})
    EXPECT_FALSE(parse_quantity(bad).has_value()) << bad;
}

TEST(ParseDuration, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_duration_s("90s"), 90);
  EXPECT_EQ(parse_duration_s("5 m"), 300);
  EXPECT_EQ(parse_duration_s("250ms"), 0.25);
  EXPECT_EQ(parse_duration_s("1.5h"), 5400);
  EXPECT_EQ(parse_duration_s("2d"), 172800);
  EXPECT_EQ(parse_duration_s("3w"), 1814400);
  for (const std::string& bad :
       {std::string(""), std::string("5"), std::string("s"), std::string("0s"), std::string("-5s"), std::string("+5s"),
        std::string("5M"), std::string("5 s s"), std::string("infs"), std::string("1e3s"), std::string(400, '9') + "s",
        std::string(305, '9') + "y"})
    EXPECT_FALSE(parse_duration_s(bad).has_value()) << bad;
}

TEST(FormatValue, GivesThreeDigitsAndAPrefixThatFits) {
  struct Row {
    double value;
    const char *unit, *text;
  };
  for (const Row& row :
       {Row{0.01241, "s", "12.4 ms"}, Row{268435456, "B", "256 MiB"}, Row{1234567, "1", "1.23 M"}, Row{0, "s", "0 s"},
        Row{999.96e-9, "s", "1.00 µs"}, Row{999.4e-9, "s", "999 ns"}, Row{-0.0012, "s", "−1.20 ms"}, Row{1, "s", "1 s"},
        Row{3600, "s", "3600 s"}, Row{1e-15, "s", "0.001 ps"}, Row{1023, "B", "1023 B"}, Row{1536, "B", "1.50 KiB"},
        Row{42, "widgets", "42 widgets"}, Row{0.5, "1", "0.5"}, Row{2.5e9, "op/s", "2.50 G op/s"}}) {
    EXPECT_EQ(format_value(row.value, row.unit), row.text) << row.value << row.unit;
  }
}

TEST(FormatValue, ShowsADashForWhatIsUnknown) {
  EXPECT_EQ(format_value(std::nan(""), "s"), "–");
  EXPECT_EQ(format_value(k_infinity, "B"), "–");
}

TEST(FormatPair, PutsBothUnderOnePrefix) {
  const ValuePair pair = format_pair(0.0124, 0.0133, "s");
  EXPECT_EQ(pair.first, "12.4 ms");
  EXPECT_EQ(pair.second, "13.3 ms");
  EXPECT_EQ(format_pair(2, 2.004, "s").first, "2.00 s") << "as many digits as the other";
  EXPECT_EQ(format_pair(100, 103, "B").first, "100 B");
  EXPECT_EQ(format_pair(900, 1100, "B").first, "0.879 KiB");
  EXPECT_EQ(format_pair(std::nan(""), 2, "s").first, "–");
  EXPECT_EQ(format_pair(std::nan(""), 0.002, "s").second, "2 ms");
}

TEST(FormatChange, IsSignedAndNeverMinusZero) {
  struct Row {
    double fraction;
    const char* text;
  };
  for (const Row& row : {Row{0.0703, "+7.0 %"}, Row{-0.12, "−12.0 %"}, Row{0, "0.0 %"}, Row{-0.0004, "0.0 %"},
                         Row{-0.0, "0.0 %"}, Row{1.234, "+123 %"}, Row{0.9994, "+99.9 %"}, Row{0.9999, "+100 %"},
                         Row{std::nan(""), "–"}, Row{k_infinity, "+∞ %"}, Row{-k_infinity, "−∞ %"}})
    EXPECT_EQ(format_change(row.fraction), row.text);
}

TEST(FormatDuration, ReadsLikeAClock) {
  EXPECT_EQ(format_duration(0.85), "850 ms");
  EXPECT_EQ(format_duration(12.4), "12.4 s");
  EXPECT_EQ(format_duration(200), "3 min 20 s");
  EXPECT_EQ(format_duration(7500), "2 h 05 min");
  EXPECT_EQ(format_duration(59.96), "1 min 00 s");
  EXPECT_EQ(format_duration(0.9999), "1.0 s");
  EXPECT_EQ(format_duration(3599.7), "1 h 00 min");
  EXPECT_EQ(format_duration(std::nan("")), "–");
  EXPECT_EQ(format_duration(-1), "–");
}

}  // namespace
}  // namespace perfwarden
