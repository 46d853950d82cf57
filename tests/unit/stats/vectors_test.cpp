// Every case of tests/fixtures/stat_vectors.json but the procedure's own (proc_*): 1e-9 relative where
// the reference is exact, 1e-6 where it comes from a series or a root finder.
#include "unit/stats/vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "stats/effect_size.hpp"
#include "stats/hodges_lehmann.hpp"
#include "stats/p_adjust.hpp"
#include "stats/power.hpp"
#include "stats/rank_sum.hpp"
#include "stats/signed_rank.hpp"
#include "stats/summary.hpp"
#include "stats/t_tests.hpp"

namespace perfwarden::stats {
namespace {

using test::cases_of;
using test::Json;
using test::number;
using test::numbers;

constexpr double k_exact = 1e-9;
constexpr double k_numeric = 1e-6;

std::vector<double> minus(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> d(x.size());
  std::transform(x.begin(), x.end(), y.begin(), d.begin(), std::minus<>());
  return d;
}

std::vector<double> logs(std::vector<double> x) {
  for (double& value : x) value = std::log(value);
  return x;
}

TEST(Vectors, NoKindIsLeftUntested) {
  const std::set<std::string> known{"mann_whitney",
                                    "hodges_lehmann_two_sample",
                                    "welch_t",
                                    "effect_sizes",
                                    "paired_signed_rank",
                                    "summary",
                                    "p_adjust",
                                    "min_p_tables",
                                    "mwu_null_table",
                                    "sr_null_table",
                                    "min_samples_for_resolution",
                                    "proc_trimmed_signed_rank",
                                    "proc_group_sequential"};
  std::size_t total = 0;
  for (const std::string& kind : known) {
    EXPECT_FALSE(cases_of(kind).empty()) << kind;
    total += cases_of(kind).size();
  }
  EXPECT_EQ(total, 171u);
}

TEST(Vectors, MannWhitneyExactAndAsymptotic) {
  NullCache nulls;
  for (const Json& test : cases_of("mann_whitney")) {
    SCOPED_TRACE(test.at("id"));
    const auto x = numbers(test["inputs"]["x"]);
    const auto y = numbers(test["inputs"]["y"]);
    const Json& want = test["expected"];
    const RankSum got = rank_sum(x, y, nulls);
    EXPECT_TRUE(got.exact);
    EXPECT_EQ(got.u, want["U_x"]);
    EXPECT_EQ(got.ties, want["has_ties"].get<bool>());
    EXPECT_CLOSE(got.u / static_cast<double>(x.size() * y.size()), want["common_language_P_x_gt_y"], k_exact);
    if (want.contains("p_exact_less")) {
      EXPECT_CLOSE(got.p_less, want["p_exact_less"], k_exact);
      EXPECT_CLOSE(got.p_greater, want["p_exact_greater"], k_exact);
      EXPECT_CLOSE(got.p_two_sided, want["p_exact_two.sided"], k_exact);
    }
    if (want.contains("p_perm_less_exactRankTests")) {
      EXPECT_CLOSE(got.p_less, want["p_perm_less_exactRankTests"], k_exact);
      EXPECT_CLOSE(got.p_greater, want["p_perm_greater_exactRankTests"], k_exact);
    }
    // "|U − μ|" as the two-sided statistic differs from ours with ties and unequal sizes.
    std::vector<double> pooled = x;
    pooled.insert(pooled.end(), y.begin(), y.end());
    std::vector<TieGroup> groups;
    (void)doubled_midranks(pooled, &groups);
    const TiedRankSumNull null(groups, x.size());
    const double centre = static_cast<double>(x.size() * y.size()) / 2;
    const double away = std::fabs(got.u - centre);
    const double by_distance =
        away == 0 ? 1.0 : std::min(1.0, null.at_most(centre - away) + null.at_least(centre + away));
    if (want.contains("p_perm_two.sided_exactRankTests")) {
      EXPECT_CLOSE(by_distance, want["p_perm_two.sided_exactRankTests"], k_exact);
    }
    if (want.contains("p_perm_bruteforce")) {
      const Json& brute = want["p_perm_bruteforce"];
      EXPECT_CLOSE(got.p_less, brute["less"], k_exact);
      EXPECT_CLOSE(got.p_greater, brute["greater"], k_exact);
      EXPECT_CLOSE(got.p_two_sided, brute["two_sided_2min"], k_exact);
      EXPECT_CLOSE(by_distance, brute["two_sided_abs"], k_exact);
    }
    if (!want.contains("p_asym_cc_less") || !got.ties) continue;
    const RankSum corrected = rank_sum(x, y, nulls, 0);
    EXPECT_FALSE(corrected.exact);
    EXPECT_CLOSE(corrected.p_less, want["p_asym_cc_less"], k_exact);
    EXPECT_CLOSE(corrected.p_greater, want["p_asym_cc_greater"], k_exact);
    EXPECT_CLOSE(corrected.p_two_sided, want["p_asym_cc_two.sided"], k_exact);
  }
}

TEST(Vectors, HodgesLehmannOfTwoSamples) {
  NullCache nulls;
  for (const Json& test : cases_of("hodges_lehmann_two_sample")) {
    SCOPED_TRACE(test.at("id"));
    const auto x = numbers(test["inputs"]["x"]);
    const auto y = numbers(test["inputs"]["y"]);
    const Json& want = test["expected"];
    const LocationEstimate got = shift(x, y, 0.95, nulls);
    EXPECT_CLOSE(got.estimate, want["hl_shift_x_minus_y"], k_exact);
    if (want.contains("ci95_exact")) {
      const auto check = [&](double level, const char* key) {
        const LocationEstimate interval = shift(x, y, level, nulls);
        EXPECT_CLOSE(interval.low, number(want[key][0]), k_exact) << key;
        EXPECT_CLOSE(interval.high, number(want[key][1]), k_exact) << key;
      };
      check(0.90, "ci90_exact");
      check(0.95, "ci95_exact");
      check(0.99, "ci99_exact");
      const OrderStatistic order = shift_order(x.size(), y.size(), 0.95, nulls);
      EXPECT_EQ(order.index, want["ci95_orderstat_index_1based"][0].get<std::uint64_t>());
      EXPECT_EQ(x.size() * y.size() + 1 - order.index, want["ci95_orderstat_index_1based"][1].get<std::uint64_t>());
      EXPECT_CLOSE(got.confidence, want["ci95_achieved_level"], k_exact);
    }
    // R's asymptotic interval comes from a root finder and with ties is another definition: near only.
    if (want.contains("ci95_asym_R") && !want.contains("ci95_exact")) {
      const double spread = std::fabs(got.high - got.low);
      EXPECT_NEAR(got.low, number(want["ci95_asym_R"][0]), 0.2 * spread + 1e-3);
      EXPECT_NEAR(got.high, number(want["ci95_asym_R"][1]), 0.2 * spread + 1e-3);
    }
  }
}

TEST(Vectors, Welch) {
  for (const Json& test : cases_of("welch_t")) {
    SCOPED_TRACE(test.at("id"));
    const auto x = numbers(test["inputs"]["x"]);
    const auto y = numbers(test["inputs"]["y"]);
    const Json& want = test["expected"];
    const TTest got = welch_t(x, y);
    EXPECT_CLOSE(got.t, want["t"], k_exact);
    EXPECT_CLOSE(got.df, want["df"], k_exact);
    EXPECT_CLOSE(got.p_two_sided, want["p_two_sided"], k_numeric);
    EXPECT_CLOSE(got.p_less, want["p_less"], k_numeric);
    EXPECT_CLOSE(got.p_greater, want["p_greater"], k_numeric);
    const TTest on_logs = welch_t(logs(x), logs(y));
    EXPECT_CLOSE(on_logs.t, want["log_scale"]["t"], k_exact);
    EXPECT_CLOSE(on_logs.p_two_sided, want["log_scale"]["p_two_sided"], k_numeric);
    EXPECT_CLOSE(std::exp(-on_logs.estimate), want["log_scale"]["geo_mean_ratio_y_over_x"], k_exact);
  }
}

TEST(Vectors, EffectSizes) {
  for (const Json& test : cases_of("effect_sizes")) {
    SCOPED_TRACE(test.at("id"));
    const auto x = numbers(test["inputs"]["x"]);
    const auto y = numbers(test["inputs"]["y"]);
    const Json& want = test["expected"];
    EXPECT_CLOSE(cohens_d(x, y), want["cohens_d_pooled_y_minus_x"], k_exact);
    EXPECT_CLOSE(100 * (mean(y) / mean(x) - 1), want["pct_change_means"], k_exact);
    EXPECT_CLOSE(100 * (median(y) / median(x) - 1), want["pct_change_medians"], k_exact);
  }
}

TEST(Vectors, PairedSignedRankAndWalshAverages) {
  NullCache nulls;
  for (const Json& test : cases_of("paired_signed_rank")) {
    SCOPED_TRACE(test.at("id"));
    const auto d = minus(numbers(test["inputs"]["x"]), numbers(test["inputs"]["y"]));
    const Json& want = test["expected"];
    const SignedRank got = signed_rank(d, nulls);
    EXPECT_TRUE(got.exact);
    EXPECT_EQ(got.w, want["V"]);
    if (want.contains("p_exact_less")) {
      EXPECT_CLOSE(got.p_less, want["p_exact_less"], k_exact);
      EXPECT_CLOSE(got.p_greater, want["p_exact_greater"], k_exact);
      EXPECT_CLOSE(got.p_two_sided, want["p_exact_two.sided"], k_exact);
    }
    EXPECT_CLOSE(got.p_less, want["p_perm_less_exactRankTests"], k_exact);
    EXPECT_CLOSE(got.p_greater, want["p_perm_greater_exactRankTests"], k_exact);
    EXPECT_CLOSE(got.p_two_sided, want["p_perm_two.sided_exactRankTests"], k_exact);
    if (want.contains("p_signflip_rank_bruteforce")) {
      const Json& brute = want["p_signflip_rank_bruteforce"];
      EXPECT_CLOSE(got.p_less, brute["less"], k_exact);
      EXPECT_CLOSE(got.p_greater, brute["greater"], k_exact);
      EXPECT_CLOSE(got.p_two_sided, brute["two_sided"], k_exact);
      EXPECT_EQ(got.n, brute["n_nonzero"].get<std::size_t>());
    }
    std::vector<double> nonzero = d;
    nonzero.erase(std::remove(nonzero.begin(), nonzero.end(), 0.0), nonzero.end());
    const LocationEstimate all = pseudomedian(d, 0.95, nulls);
    const LocationEstimate without_zeros = pseudomedian(nonzero, 0.95, nulls);
    EXPECT_CLOSE(all.estimate, want["walsh_median_all"], k_exact);
    EXPECT_CLOSE(without_zeros.estimate, want["walsh_median_nonzero"], k_exact);
    if (want.contains("pseudomedian")) {
      EXPECT_CLOSE(without_zeros.estimate, want["pseudomedian"], k_exact);
    }
    if (want.contains("ci95_exact")) {
      EXPECT_CLOSE(without_zeros.low, number(want["ci95_exact"][0]), k_exact);
      EXPECT_CLOSE(without_zeros.high, number(want["ci95_exact"][1]), k_exact);
    }
    if (!want.contains("paired_t")) continue;
    const TTest t = one_sample_t(d);
    EXPECT_CLOSE(t.t, want["paired_t"], k_exact);
    EXPECT_CLOSE(t.df, want["paired_t_df"], k_exact);
    EXPECT_CLOSE(t.p_two_sided, want["paired_t_p_two.sided"], k_numeric);
    EXPECT_CLOSE(t.p_less, want["paired_t_p_less"], k_numeric);
    EXPECT_CLOSE(t.p_greater, want["paired_t_p_greater"], k_numeric);
  }
}

TEST(Vectors, Summaries) {
  for (const Json& test : cases_of("summary")) {
    SCOPED_TRACE(test.at("id"));
    const Json& inputs = test["inputs"];
    const auto x = numbers(inputs.contains("x") ? inputs["x"] : inputs["y"]);
    const Json& want = test["expected"];
    EXPECT_EQ(x.size(), want["n"].get<std::size_t>());
    EXPECT_CLOSE(mean(x), want["mean"], k_exact);
    EXPECT_CLOSE(standard_deviation(x), want["sd"], k_exact);
    EXPECT_CLOSE(coefficient_of_variation(x), want["cv"], k_exact);
    EXPECT_CLOSE(median(x), want["median"], k_exact);
    EXPECT_CLOSE(median_absolute_deviation(x), want["mad_raw"], k_exact);
    EXPECT_CLOSE(k_mad_to_sigma * median_absolute_deviation(x), want["mad_1_4826"], k_exact);
    for (const auto& [p, value] : want["quantiles_type7"].items())
      EXPECT_CLOSE(quantile(x, std::stod(p)), value, k_exact);
    const MedianInterval interval = median_interval(x, 0.95);
    EXPECT_EQ(interval.low_index, want["median_ci95"]["l_1based"].get<std::size_t>());
    EXPECT_EQ(interval.high_index, want["median_ci95"]["u_1based"].get<std::size_t>());
    EXPECT_CLOSE(interval.coverage, want["median_ci95"]["exact_coverage"], k_exact);
    if (want["median_ci95"]["ci"].is_null()) {
      EXPECT_TRUE(std::isnan(interval.low) && std::isnan(interval.high));
      continue;
    }
    EXPECT_EQ(interval.low, want["median_ci95"]["ci"][0].get<double>());
    EXPECT_EQ(interval.high, want["median_ci95"]["ci"][1].get<double>());
  }
}

TEST(Vectors, AdjustedPValues) {
  for (const Json& test : cases_of("p_adjust")) {
    SCOPED_TRACE(test.at("id"));
    const auto p = numbers(test["inputs"]["p"]);
    const auto check = [&](Adjustment adjustment, const char* key) {
      const std::vector<double> got = p_adjust(p, adjustment);
      for (std::size_t i = 0; i < p.size(); ++i) EXPECT_CLOSE(got[i], test["expected"][key][i], k_exact) << key << i;
    };
    check(Adjustment::bonferroni, "bonferroni");
    check(Adjustment::holm, "holm");
    check(Adjustment::hochberg, "hochberg");
    check(Adjustment::benjamini_hochberg, "BH");
    check(Adjustment::benjamini_yekutieli, "BY");
  }
}

TEST(Vectors, SmallestPossiblePValues) {
  const Json want = cases_of("min_p_tables").at(0).at("expected");
  for (const auto& [n, p] : want["mwu_min_one_sided"].items())
    EXPECT_CLOSE(rank_sum_smallest_p(std::stoul(n), std::stoul(n)), p, k_exact);
  for (const auto& [n, p] : want["mwu_min_two_sided"].items())
    EXPECT_CLOSE(std::min(1.0, 2 * rank_sum_smallest_p(std::stoul(n), std::stoul(n))), p, k_exact);
  for (const auto& [n, p] : want["signed_rank_min_one_sided"].items())
    EXPECT_CLOSE(signed_rank_smallest_p(std::stoul(n)), p, k_exact);
}

TEST(Vectors, NullTables) {
  const auto check = [](const SymmetricNull& null, const Json& upper_tail) {
    ASSERT_EQ(null.maximum() + 1, upper_tail.size());
    for (std::size_t s = 0; s < upper_tail.size(); ++s)
      EXPECT_CLOSE(null.at_least(static_cast<double>(s)), upper_tail[s], k_exact);
  };
  for (const Json& test : cases_of("mwu_null_table"))
    check(rank_sum_null(test["inputs"]["m"], test["inputs"]["n"]), test["expected"]["sf_P_U_ge_u"]);
  for (const Json& test : cases_of("sr_null_table"))
    check(signed_rank_null(test["inputs"]["n"]), test["expected"]["sf_P_W_ge_w"]);
}

TEST(Vectors, SamplesThatALevelNeeds) {
  for (const Json& test : cases_of("min_samples_for_resolution")) {
    SCOPED_TRACE(test.at("id"));
    const double level = test["inputs"]["alpha"].get<double>() / test["inputs"]["N"].get<double>();
    EXPECT_EQ(pairs_for_level(level), test["expected"]["paired_min_pairs"].get<std::size_t>());
    EXPECT_EQ(samples_for_level(level), test["expected"]["mwu_min_per_side_one_sided"].get<std::size_t>());
  }
}

TEST(Vectors, TrimmedSignedRank) {
  NullCache nulls;
  for (const Json& test : cases_of("proc_trimmed_signed_rank")) {
    SCOPED_TRACE(test.at("id"));
    const auto d = numbers(test["inputs"]["d"]);
    const Trim trim{test["inputs"]["c"], test["inputs"]["maxfrac"]};
    const Json& want = test["expected"];
    EXPECT_EQ(Json(kept(d, trim)), want["kept"]);
    const std::vector<double> rest = trimmed(d, trim);
    EXPECT_EQ(rest.size(), want["n_kept"].get<std::size_t>());
    EXPECT_CLOSE(signed_rank(rest, nulls).p_greater, want["p_greater"], k_exact);
    EXPECT_CLOSE(pseudomedian(d, 0.95, nulls).estimate, want["hl_walsh_all"], k_exact);
    const TTest t = one_sample_t(rest);
    EXPECT_CLOSE(t.estimate, want["trimmed_mean"], k_exact);
    EXPECT_CLOSE(standard_deviation(rest), want["trimmed_sd"], k_exact);
  }
}

}  // namespace
}  // namespace perfwarden::stats
