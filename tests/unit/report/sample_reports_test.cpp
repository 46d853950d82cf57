#include "unit/report/sample_reports.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "base/hash.hpp"
#include "explain/analysis.hpp"
#include "explain/hypotheses.hpp"
#include "report/view/facts.hpp"

namespace perfwarden::support {
namespace {

// How one series is made.
struct Made {
  std::string suite = "core";
  std::string benchmark;
  double base = 0.0124;  // median, base units
  double ratio = 1;
  double noise = 0.01;  // coefficient of variation
  std::size_t n = 12;
  std::string metric = "wall_time";
};

Metric metric_named(const std::string& name) {
  if (name == "max_rss") return {name, "B", Better::lower, false, true};
  if (name == "throughput") return {name, "op/s", Better::higher, false, true};
  if (name == "instructions") return {name, "1", Better::lower, true, true};
  return {name, "s", Better::lower, false, true};
}

Summary summary_of(const std::vector<double>& values) {
  Summary s;
  s.n = values.size();
  if (values.empty()) return s;
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t half = sorted.size() / 2;
  s.median = sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  s.minimum = sorted.front();
  s.maximum = sorted.back();
  double sum = 0;
  for (const double v : values) sum += v;
  s.mean = sum / static_cast<double>(values.size());
  if (values.size() < 2) return s;
  double squares = 0;
  for (const double v : values) squares += (v - s.mean) * (v - s.mean);
  s.standard_deviation = std::sqrt(squares / static_cast<double>(values.size() - 1));
  s.coefficient_of_variation = s.standard_deviation / std::abs(s.mean);
  return s;
}

std::vector<double> noisy(double center, double noise, std::size_t n, SplitMix64& random) {
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i) {
    // A sum of uniforms is near enough to a bell, with a tail to the slow side as measured times have.
    const double bell = random.uniform() + random.uniform() + random.uniform() - 1.5;
    const double tail = random.uniform() < 0.08 ? 3 * random.uniform() : 0;
    values.push_back(center * (1 + noise * (2 * bell + tail)));
  }
  return values;
}

Comparison compared(const Made& made) {
  SplitMix64 random(fnv1a(made.suite + made.benchmark + made.metric));
  Comparison c;
  c.id = {made.suite, made.benchmark, made.metric};
  c.metric = metric_named(made.metric);
  c.base_values = noisy(made.base, made.noise, made.n, random);
  c.head_values = noisy(made.base * made.ratio, made.noise, made.n, random);
  c.base = summary_of(c.base_values);
  c.head = summary_of(c.head_values);
  c.pairs = made.n;
  c.ratio = c.head.median / c.base.median;
  const double half = made.noise * 3.2 / std::sqrt(static_cast<double>(made.n));
  if (made.n >= 6) {
    c.ratio_interval = {c.ratio - half, c.ratio + half * 1.1, 0.99};
    c.ratio_bounds = {c.ratio - half * 0.7, c.ratio + half * 0.8, 0.9};
  }
  c.difference = c.head.median - c.base.median;
  c.difference_interval = {c.difference * 0.9, c.difference * 1.1, 0.99};
  c.head_interval = {c.head.median * (1 - half), c.head.median * (1 + half), 0.99};
  const double z = std::abs(c.ratio - 1) / std::max(half, 1e-9);
  c.p = std::min(1.0, std::exp(-2.5 * z * z));
  c.p_worse = c.p / 2;
  c.p_adjusted = std::min(1.0, c.p * 4);
  c.effect_d = made.noise > 0 ? (c.ratio - 1) / made.noise : k_nan;
  c.minimum_detectable = made.noise * 4.6 / std::sqrt(static_cast<double>(made.n));
  c.significance = z > 1 ? Significance::distinct : Significance::indistinct;
  c.method = "exact Mann–Whitney U";
  c.criteria = {
      {"magnitude", std::abs(c.ratio - 1) >= 0.05, fmt::format("{:+.1f} % against 5 %", (c.ratio - 1) * 100)},
      {"significance", c.p_adjusted < 0.05, fmt::format("p = {:.2g} after correction, below 0.05", c.p_adjusted)},
      {"consistency", z > 1, fmt::format("{} of {} pairs point the same way", made.n - 1, made.n)},
      {"baseline-stable", made.noise < 0.15, fmt::format("base varies by {:.1f} %, below 15 %", made.noise * 100)},
      {"environment", true, "same machine, before and after"}};
  return c;
}

Report blank() {
  Report r;
  r.tool_version = "0.1.0";
  r.project = "acme/parser";
  r.base.run.commit = "3f2a91c04be7715ad3a0f6c9b6d0c2f0e1a4b5d6";
  r.head.run.commit = "9be01d4e5f60718293a4b5c6d7e8f90123456789";
  r.base.label = "merge base of main";
  r.head.label = "this pull request";
  r.base.run.branch = "main";
  r.head.run.branch = "faster-parser";
  r.base.run.time = r.head.run.time = "2026-11-21T10:00:00Z";
  r.base.run.session = r.head.run.session = "5e55101";
  for (Machine* machine : {&r.base.run.machine, &r.head.run.machine}) {
    machine->facts = {{"cpu", "AMD EPYC 7763 64-Core Processor"},
                      {"cores", "2"},
                      {"governor", "performance"},
                      {"turbo", "on"},
                      {"kernel", "6.1.0-27"},
                      {"container", "docker"},
                      {"memory", "8 GiB"},
                      {"toolchain", "gcc 12.2.0"}};
    seal(*machine);
  }
  r.reproduce = "perfwarden check --base 3f2a91c --head 9be01d4 --suite core --seed 7";
  r.config_file = "perfwarden.yml";
  r.config_hash = "a1b2c3d4e5f60718";
  r.measured_s = 214;
  r.time = "2026-11-21T10:04:00Z";
  r.seed = 18446744073709551615ULL;
  r.override_label = "perf-override";
  r.context.in_github = true;
  r.context.event = "pull_request";
  r.context.repository = "acme/parser";
  r.context.pull_request = 42;
  r.context.run_id = "1234567890";
  return r;
}

// Adds a series with its judgement, and the finding that belongs to it.
void add(Report& r, Comparison c, Outcome outcome, Level level, const std::string& limit,
         std::optional<Confidence> confidence = std::nullopt) {
  c.confidence = confidence;
  c.design = r.design;
  if (level != Level::pass) {
    Finding f;
    f.rule = outcome == Outcome::vanished ? "vanished" : "budget";
    f.series = c.id;
    f.level = level;
    f.op = c.metric.better == Better::lower ? "<=" : ">=";
    f.expected = 0.05;
    f.actual = c.ratio - 1;
    f.unit = "%";
    f.budget = "*";
    f.where = {"perfwarden.yml", 7, 5};
    f.reason = outcome == Outcome::inconclusive ? fmt::format("the interval of the change crosses the limit {}", limit)
               : outcome == Outcome::vanished
                   ? "the base has this benchmark and the head does not"
                   : fmt::format("changed by {:+.1f} %, the limit is {}: the whole interval lies beyond it",
                                 (c.ratio - 1) * 100, limit);
    r.verdict.findings.push_back(f);
  }
  r.verdict.judgements.push_back({outcome, level, !limit.empty(), false, limit});
  r.comparisons.push_back(std::move(c));
}

// Sorts by id as a real report is, counts, and puts the worst finding first.
Report sealed(Report r) {
  std::vector<std::size_t> order(r.comparisons.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return r.comparisons[a].id < r.comparisons[b].id; });
  std::vector<Comparison> comparisons;
  std::vector<Judgement> judgements;
  for (const std::size_t i : order) {
    comparisons.push_back(r.comparisons[i]);
    judgements.push_back(r.verdict.judgements[i]);
  }
  r.comparisons = std::move(comparisons);
  r.verdict.judgements = std::move(judgements);
  std::stable_sort(r.verdict.findings.begin(), r.verdict.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.level > b.level; });
  Counts& counts = r.verdict.counts;
  for (const Judgement& j : r.verdict.judgements) {
    counts.regressions += j.outcome == Outcome::regression;
    counts.improvements += j.outcome == Outcome::improvement;
    counts.passed += j.outcome == Outcome::pass;
    counts.inconclusive += j.outcome == Outcome::inconclusive;
    counts.added += j.outcome == Outcome::added;
    counts.vanished += j.outcome == Outcome::vanished;
    counts.failed += j.outcome == Outcome::failed;
    counts.hard += j.level == Level::hard;
    counts.soft += j.level == Level::soft;
    counts.warned += j.level == Level::warn;
  }
  r.analysis = explain::analyze({r.comparisons, r.evidence, r.causes}, AnalysisConfig{});
  r.hypotheses = explain::find_hypotheses(r);
  return r;
}

Comparison only_head(const Made& made) {
  Comparison c = compared(made);
  c.presence = Presence::only_head;
  c.base = {};
  c.base_values.clear();
  c.pairs = 0;
  c.ratio = c.difference = c.p = c.p_worse = c.p_adjusted = c.effect_d = c.minimum_detectable = k_nan;
  c.ratio_interval = c.ratio_bounds = c.difference_interval = {};
  c.criteria.clear();
  c.significance = Significance::undecidable;
  return c;
}

Comparison only_base(const Made& made, const std::string& renamed_to) {
  Comparison c = only_head(made);
  std::swap(c.base, c.head);
  std::swap(c.base_values, c.head_values);
  c.presence = Presence::only_base;
  c.head_interval = {};
  c.renamed_to = renamed_to;
  return c;
}

}  // namespace

Report report_pass() {
  Report r = blank();
  add(r, compared({.benchmark = "parse/small", .base = 0.00102, .ratio = 1.004}), Outcome::pass, Level::pass, "+5%");
  add(r, compared({.benchmark = "parse/large", .ratio = 0.998}), Outcome::pass, Level::pass, "+5%");
  add(r, compared({.benchmark = "load/cold", .base = 0.0882, .ratio = 0.88}), Outcome::improvement, Level::pass, "+5%",
      Confidence::high);
  return sealed(std::move(r));
}

Report report_fail_high() {
  Report r = blank();
  add(r, compared({.benchmark = "parse/large", .ratio = 1.098}), Outcome::regression, Level::soft, "+5%",
      Confidence::high);
  add(r, compared({.benchmark = "parse/small", .base = 0.00102}), Outcome::pass, Level::pass, "+5%");
  add(r, compared({.benchmark = "load/cold", .base = 0.0882}), Outcome::pass, Level::pass, "+5%");
  add(r, compared({.benchmark = "load/warm", .base = 0.0412}), Outcome::pass, Level::pass, "max 60 ms");
  r.verdict.conclusion = Conclusion::fail;
  r.evidence = {sample_evidence()};
  r.recent[{"core", "parse/large", "wall_time"}] = {0.01238, 0.01242, 0.01240, 0.01239, 0.01243, 0.01262,
                                                    0.01241, 0.01240, 0.01244, 0.01239, 0.01242, 0.01241};
  return sealed(std::move(r));
}

Report report_mixed() {
  Report r = blank();
  r.verdict.tradeoffs = {{"cli", "convert/large.json", "wall_time", "max_rss", 0.031, 0.14, "memory-for-time"},
                         {"core", "parse/large", "wall_time", "cpu_time", 0, 1.02, ""}};
  r.recent[{"core", "parse/large", "wall_time"}] = {0.0124, 0.0123};
  add(r, compared({.benchmark = "parse/hot_path", .ratio = 1.224}), Outcome::regression, Level::hard, "+1%",
      Confidence::high);
  add(r, compared({.benchmark = "parse/large", .ratio = 1.07}), Outcome::regression, Level::soft, "+5%",
      Confidence::high);
  add(r,
      compared({.benchmark = "BM_Sort<std::vector<std::pair<int, std::string>>>/1048576/threads:8",
                .base = 0.31,
                .ratio = 1.061}),
      Outcome::regression, Level::soft, "+5%", Confidence::medium);
  add(r,
      compared({.suite = "cli",
                .benchmark = "convert/large.json",
                .base = 1.43e8,
                .ratio = 1.14,
                .noise = 0.003,
                .metric = "max_rss"}),
      Outcome::regression, Level::soft, "+16 MiB", Confidence::high);
  add(r,
      compared({.suite = "cli",
                .benchmark = "convert/large.json",
                .base = 41200,
                .ratio = 0.955,
                .noise = 0.008,
                .metric = "throughput"}),
      Outcome::regression, Level::warn, "-3%", Confidence::low);
  add(r, compared({.benchmark = "load/cold", .base = 0.0882, .ratio = 1.042, .noise = 0.06}), Outcome::inconclusive,
      Level::inconclusive, "+5%");
  add(r, compared({.benchmark = "load/network", .base = 0.214, .ratio = 1.01, .noise = 0.11}), Outcome::inconclusive,
      Level::inconclusive, "+5%");
  add(r, compared({.benchmark = "format/pretty", .base = 0.0072, .ratio = 0.81}), Outcome::improvement, Level::pass,
      "+5%", Confidence::high);
  add(r, compared({.benchmark = "experimental/simd", .base = 0.0021, .ratio = 1.35}), Outcome::regression, Level::pass,
      "", Confidence::high);
  for (int i = 0; i < 11; ++i)
    add(r, compared({.benchmark = fmt::format("encode/case_{:02}", i), .base = 0.001 * (i + 1), .ratio = 1.001}),
        Outcome::pass, Level::pass, "+5%");
  r.verdict.conclusion = Conclusion::fail;
  r.verdict.warnings.push_back(
      {"unmatched-budget", "budget 'core/prase/*' matches no benchmark: did you mean 'core/parse/*'?"});
  r.warnings.push_back(
      {"no-counters", "instructions were not counted: perf_event_paranoid is 3; set it to 1 to count them"});
  return sealed(std::move(r));
}

Report report_inconclusive() {
  Report r = blank();
  add(r, compared({.benchmark = "load/cold", .base = 0.0882, .ratio = 1.042, .noise = 0.06}), Outcome::inconclusive,
      Level::inconclusive, "+5%");
  add(r, compared({.benchmark = "load/network", .base = 0.214, .ratio = 0.97, .noise = 0.11}), Outcome::inconclusive,
      Level::inconclusive, "+5%");
  Comparison few = compared({.benchmark = "load/once", .base = 2.14, .n = 3});
  few.minimum_detectable = k_nan;
  few.warnings.push_back({"few-samples", "needs 6 samples for a 99 % interval, has 3: raise iterations"});
  add(r, std::move(few), Outcome::inconclusive, Level::inconclusive, "+5%");
  add(r, compared({.benchmark = "parse/large"}), Outcome::pass, Level::pass, "+5%");
  r.verdict.conclusion = Conclusion::inconclusive;
  return sealed(std::move(r));
}

Report report_no_baseline() {
  Report r = blank();
  r.base = {};
  r.has_baseline = false;
  add(r, only_head({.benchmark = "parse/large"}), Outcome::added, Level::pass, "");
  add(r, only_head({.benchmark = "parse/small", .base = 0.00102}), Outcome::added, Level::pass, "");
  add(r, only_head({.benchmark = "load/cold", .base = 0.0882}), Outcome::added, Level::pass, "max 100 ms");
  r.verdict.conclusion = Conclusion::no_baseline;
  return sealed(std::move(r));
}

Report report_observe() {
  Report r = report_fail_high();
  r.mode = Mode::observe;
  return r;
}

Report report_overridden() {
  Report r = report_fail_high();
  r.verdict.conclusion = Conclusion::pass;
  r.verdict.overridden = true;
  r.verdict.override_note = "octocat: the new checksum is worth it";
  r.accepted = {{"octocat", "the new checksum is worth it"}};
  for (Finding& finding : r.verdict.findings) finding.accepted = finding.level == Level::soft;
  for (Judgement& judgement : r.verdict.judgements) judgement.accepted = judgement.level == Level::soft;
  return r;
}

FrameDelta frame(std::string name, FrameChange change, double base, double head, double samples = 12'000) {
  FrameDelta f;
  f.name = std::move(name);
  f.change = change;
  f.self = {base, head, {head - base - 0.006, head - base + 0.006, 0.95}, 1e-6, 4e-6};
  f.total = {base + 0.02, head + 0.02, {head - base - 0.007, head - base + 0.007, 0.95}, 1e-5, 3e-5};
  f.self_samples = {base * samples, head * samples};
  f.total_samples = {(base + 0.02) * samples, (head + 0.02) * samples};
  f.self_cost = {base * samples / 1000, head * samples / 1000};
  f.total_cost = {(base + 0.02) * samples / 1000, (head + 0.02) * samples / 1000};
  f.file = "src/parse.cpp";
  f.package = "parser";
  f.owner = "@acme/parser";
  f.ours = true;
  return f;
}

ProfileDiff sample_evidence() {
  ProfileDiff e;
  e.suite = "core";
  e.benchmark = "parse/large";
  e.type = {"cpu-clock", "nanoseconds"};
  e.base.label = "merge base of main";
  e.head.label = "this pull request";
  for (ProfileSide* side : {&e.base, &e.head}) {
    side->cost = 12.0;
    side->samples = 12'000;
    side->seconds = 12.1;
    side->depth_mean = 14.2;
    side->depth_p95 = side->depth_p95_low = 22;
    side->depth_p95_high = 23;
    side->depth_max = 31;
  }
  e.head.depth_mean = 14.4;
  e.frames = {frame("parser::parse_number(std::string_view)", FrameChange::regression, 0.125, 0.1833),
              frame("parser::validate_utf8", FrameChange::added, 0, 0.031),
              frame("parser::skip_space", FrameChange::improvement, 0.09, 0.061),
              frame("parser::old_table", FrameChange::removed, 0.022, 0),
              frame("parser::Node::reset", FrameChange::moved, 0.04, 0.01),
              frame("memcpy_[k]", FrameChange::inconclusive, 0.021, 0.027)};
  e.frames[0].total.head = 0.24;
  e.frames[4].counterpart = "parser::Node::clear";
  e.frames[5].note = "about 31,000 samples a side would show a change of this size";
  e.top = {e.frames[0], frame("malloc", FrameChange::unchanged, 0.11, 0.108), e.frames[2]};
  e.packages = {{"parser", {0.62, 0.66, {0.03, 0.05, 0.95}, 1e-6, 1e-6}, FrameChange::regression}};
  e.owners = {{"@acme/parser", {0.62, 0.66, {0.03, 0.05, 0.95}, 1e-6, 1e-6}, FrameChange::regression}};
  e.base_path = {
      {"main", 1, 1, true, true}, {"run", 0.97, 0.98, true, true}, {"parser::skip_space", 0.09, 0.06, true, true}};
  e.head_path = {{"main", 1, 1, true, true},
                 {"run", 0.97, 0.98, true, true},
                 {"parser::parse_number(std::string_view)", 0.15, 0.24, true, true},
                 {"parser::validate_utf8", 0, 0.031, false, true}};
  PatternHit hit;
  hit.id = "cpp-allocation";
  hit.category = "allocation";
  hit.frame = "malloc";
  hit.culprit = "parser::parse_number(std::string_view)";
  hit.share = {0.01, 0.05, {0.03, 0.05, 0.95}, 1e-6, 1e-6};
  hit.advice = "Reserve once, or keep the buffer between calls.";
  e.patterns = {hit};
  e.quiet = {frame("parser::peek", FrameChange::unchanged, 0.05, 0.051)};
  e.tested = 41;
  e.benchmark_ratio = 1.098;
  e.explained = 0.92;
  e.overdispersion = 1.5;
  e.files = {"core-parse-large.diff.html", "core-parse-large.diff.svg"};
  e.warnings = {{"frames-unknown", "3.1 % of base's samples have no function name: install debug symbols"}};
  return e;
}

const std::vector<std::string>& hostile_texts() {
  static const std::vector<std::string> texts{
      "</code></td><script>alert(1)</script>",
      "a`b``c```d",
      "`",
      "``` \n```\n# heading",
      "x|y|@admin|z",
      "\\|`|@admin",
      "@octocat @org/team please look",
      "fixes #1 GH-2 acme/parser#3",
      "[click](https://evil.example) <https://evil.example> www.evil.example http://evil.example",
      "![img](https://evil.example/x.png)",
      "-->\n<!-- perfwarden:v1 key=1 -->",
      "</details></details><h1>PASS</h1>",
      "line\nbreak\r\nand\ttab",
      "\x1b[31mred\x1b[0m \x1b]0;title\x07",
      "right\xE2\x80\xAEtfel\xE2\x80\xAC\xE2\x80\x8Bzero",
      "bad utf8 \xFF\xFE\xC0\x80",
      "]]>\x01\x02<failure/>&quot;",
      "::error file=x::gotcha",
      "{{verdict}} {{{x}}} {{#a}}",
      "$x$ $$y$$ ~~gone~~ **bold** __u__ _i_ :tada:",
      "# heading",
      "1. list",
      "- item",
      "",
      "   ",
      "日本語のベンチマーク/パース",
      "\"quoted\" 'single' & <b>",
      "https://evil.example/@octocat/#1",
      std::string(5000, 'A'),
      std::string(300, '`') + "|" + std::string(300, '|'),
  };
  return texts;
}

const std::vector<std::string>& few_hostile_texts() {
  static const std::vector<std::string> few = [] {
    constexpr std::size_t k_name = 150;   // a name is shown whole
    constexpr std::size_t k_prose = 700;  // longer than what any medium shows
    std::vector<std::string> joined;
    for (const std::string& text : hostile_texts()) {
      if (!joined.empty() && joined.back().size() + 1 + text.size() <= k_name)
        joined.back() += " " + text;
      else
        joined.push_back(text.substr(0, k_prose));
    }
    return joined;
  }();
  return few;
}

namespace {

// The i-th series, with the text wherever a series, its finding or the machine can carry one. Its four kinds: slower,
// undecided, vanished, as before.
void add_hostile(Report& r, std::size_t i, const std::string& text) {
  constexpr std::array k_outcomes{Outcome::regression, Outcome::inconclusive, Outcome::vanished, Outcome::pass};
  constexpr std::array k_levels{Level::soft, Level::inconclusive, Level::pass, Level::pass};
  const Outcome outcome = k_outcomes[i % 4];
  Comparison c = compared({.suite = "core",
                           .benchmark = text,
                           .ratio = outcome == Outcome::regression ? 1.1 : 1.0,
                           .noise = outcome == Outcome::inconclusive ? 0.09 : 0.01});
  c.metric.name = c.id.metric = i % 5 == 4 ? text : "wall_time";
  c.warnings.push_back({"hostile", text});
  for (Criterion& criterion : c.criteria) criterion.detail = text;
  c.method = text;
  if (outcome == Outcome::vanished) {
    c.presence = Presence::only_base;
    c.renamed_to = text;
  }
  const bool slower = outcome == Outcome::regression;
  add(r, std::move(c), outcome, k_levels[i % 4], "+5%", slower ? std::optional(Confidence::high) : std::nullopt);
  if (slower) r.verdict.findings.back().reason = text;
  r.warnings.push_back({"hostile", text});
  r.head.run.machine.facts.emplace_back("fact " + text, text);
  r.machine_differences.push_back({"fact " + text, text, text});
}

// A profile whose functions are named by these texts in turn, and all else by the first.
ProfileDiff hostile_evidence(std::span<const std::string> texts) {
  const std::string& text = texts.front();
  ProfileDiff e = sample_evidence();
  e.suite = e.benchmark = e.type.name = e.base.label = text;
  e.top.resize(2);
  std::size_t next = 0;
  const auto spoil = [&](FrameDelta& f) {
    f.name = f.file = f.package = f.owner = f.counterpart = f.note = texts[next++ % texts.size()];
  };
  for (FrameDelta& f : e.frames) spoil(f);
  for (FrameDelta& f : e.top) spoil(f);
  for (PathStep& step : e.head_path) step.name = text;
  e.packages[0].name = e.owners[0].name = e.files[0] = e.warnings[0].text = text;
  e.patterns[0].frame = e.patterns[0].culprit = e.patterns[0].advice = text;
  return e;
}

Report hostile_of(const std::vector<std::string>& texts) {
  Report r = blank();
  for (std::size_t i = 0; i < texts.size(); ++i) add_hostile(r, i, texts[i]);
  r.verdict.conclusion = Conclusion::fail;
  constexpr std::size_t k_functions = 8;  // that one profile names: six that changed, and the two hottest
  for (std::size_t first = 0; first < texts.size(); first += k_functions)
    r.evidence.push_back(
        hostile_evidence(std::span(texts).subspan(first, std::min(k_functions, texts.size() - first))));
  for (std::size_t i = 0; i < texts.size(); i += 5)
    r.verdict.tradeoffs.push_back({texts[i], texts[std::min(i + 1, texts.size() - 1)],
                                   texts[std::min(i + 2, texts.size() - 1)], texts[std::min(i + 3, texts.size() - 1)],
                                   0.1, 0.2, texts[std::min(i + 4, texts.size() - 1)]});
  for (const Comparison& one : r.comparisons) r.recent[one.id] = {one.base.median, one.head.median};
  r.project = hostile_texts()[0];
  r.head.run.branch = hostile_texts()[8];
  r.base.run.commit = hostile_texts()[4];
  r.base.label = hostile_texts()[6];
  r.verdict.override_note = hostile_texts()[7];
  r.accepted = {{hostile_texts()[0], hostile_texts()[7], hostile_texts()[1]}};
  r.left_out = {hostile_texts()[0], hostile_texts()[1]};
  r.reproduce = "perfwarden check ```` `id` $(id) \n```\n@admin <script>";
  r.config_file = hostile_texts()[9];
  r.config_hash = hostile_texts()[9];
  r.time = hostile_texts()[9];
  r.tool_version = hostile_texts()[9];
  r.context.server_url = "https://evil.example/?";
  r.context.repository = hostile_texts()[0];
  r.context.run_id = "1); rm -rf";
  r.override_label = hostile_texts()[4];
  return sealed(std::move(r));
}

}  // namespace

Report report_hostile() {
  return hostile_of(hostile_texts());
}

Report report_hostile_few() {
  return hostile_of(few_hostile_texts());
}

Report report_presence() {
  Report r = blank();
  add(r, only_base({.benchmark = "parse/old_name"}, "parse/new_name"), Outcome::vanished, Level::warn, "+5%");
  add(r, only_head({.benchmark = "parse/new_name"}), Outcome::added, Level::pass, "+5%");
  add(r, only_base({.benchmark = "load/gone", .base = 0.21}, ""), Outcome::vanished, Level::soft, "+5%");
  add(r, only_head({.benchmark = "load/fresh", .base = 0.031}), Outcome::added, Level::pass, "+5%");
  add(r, compared({.benchmark = "parse/large"}), Outcome::pass, Level::pass, "+5%");
  r.verdict.conclusion = Conclusion::fail;
  return sealed(std::move(r));
}

Report report_other_machine() {
  Report r = blank();
  r.design = Design::cached;
  r.base.label = "cached baseline of 2026-11-20";
  r.base.run.machine.facts[0].second = "Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz";
  r.base.run.machine.facts[4].second = "6.1.0-26";
  seal(r.base.run.machine);
  r.machine_differences = differences(r.base.run.machine, r.head.run.machine);
  Comparison c = compared({.benchmark = "parse/large", .ratio = 1.09, .noise = 0.02});
  c.criteria[4] = {"environment", false, "2 facts of the machine differ"};
  add(r, std::move(c), Outcome::regression, Level::warn, "+5%", Confidence::low);
  add(r, compared({.benchmark = "parse/small", .base = 0.00102}), Outcome::pass, Level::pass, "+5%");
  return sealed(std::move(r));
}

Report report_many() {
  Report r = blank();
  for (int i = 0; i < 500; ++i) {
    const double ratio = i % 100 == 7 ? 1.12 : i % 100 == 8 ? 0.9 : 1.0;
    const bool noisy_one = i % 50 == 3;
    Made made{.suite = fmt::format("suite{}", i % 4),
              .benchmark = fmt::format("group_{}/a_rather_long_case_name_{:03}", i % 10, i)};
    made.base = 0.0001 * (i + 1);
    made.ratio = ratio;
    made.noise = noisy_one ? 0.08 : 0.01;
    const Outcome outcome = noisy_one     ? Outcome::inconclusive
                            : ratio > 1.1 ? Outcome::regression
                            : ratio < 1   ? Outcome::improvement
                                          : Outcome::pass;
    const bool changed = ratio != 1.0 && !noisy_one;
    add(r, compared(made), outcome,
        outcome == Outcome::regression     ? Level::soft
        : outcome == Outcome::inconclusive ? Level::inconclusive
                                           : Level::pass,
        "+5%", changed ? std::optional(Confidence::high) : std::nullopt);
  }
  r.verdict.conclusion = Conclusion::fail;
  return sealed(std::move(r));
}

Report report_empty() {
  Report r = blank();
  r.verdict.conclusion = Conclusion::inconclusive;
  return r;
}

const std::vector<NamedReport>& sample_reports() {
  static const std::vector<NamedReport> reports{{"pass", report_pass()},
                                                {"fail_high", report_fail_high()},
                                                {"mixed", report_mixed()},
                                                {"inconclusive", report_inconclusive()},
                                                {"no_baseline", report_no_baseline()},
                                                {"observe", report_observe()},
                                                {"overridden", report_overridden()},
                                                {"hostile", report_hostile_few()},
                                                {"presence", report_presence()},
                                                {"other_machine", report_other_machine()},
                                                {"empty", report_empty()}};
  return reports;
}

TEST(SampleReports, FewHostileTextsHoldThemAll) {
  const std::vector<std::string>& few = few_hostile_texts();
  EXPECT_LT(few.size(), 10U);
  for (const std::string& text : hostile_texts())
    EXPECT_TRUE(std::any_of(few.begin(), few.end(), [&](const std::string& joined) {
      return joined.find(text.substr(0, 600)) != std::string::npos;
    })) << text;
}

TEST(SampleReports, CountsEqualTheJudgementsAndTheFindings) {
  for (const auto& sample : sample_reports()) {
    SCOPED_TRACE(sample.name);
    const Report& report = sample.report;  // clang 14 captures no structured binding
    const Counts& counts = report.verdict.counts;
    EXPECT_EQ(
        counts.regressions + counts.improvements + counts.passed + counts.inconclusive + counts.added + counts.vanished,
        report.comparisons.size());
    const auto at = [&](Level level) {
      return static_cast<std::size_t>(std::count_if(report.verdict.findings.begin(), report.verdict.findings.end(),
                                                    [&](const Finding& f) { return f.level == level; }));
    };
    EXPECT_EQ(counts.hard, at(Level::hard));
    EXPECT_EQ(counts.soft, at(Level::soft));
    EXPECT_EQ(counts.warned, at(Level::warn));
    EXPECT_EQ(report::facts_of(report).failing.size(), counts.hard + counts.soft);
  }
}

}  // namespace perfwarden::support
