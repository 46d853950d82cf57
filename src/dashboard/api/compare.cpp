#include "dashboard/api/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "dashboard/api/answer.hpp"
#include "dashboard/api/filter.hpp"
#include "dashboard/api/words.hpp"
#include "json/write.hpp"
#include "model/unit.hpp"
#include "report/page/medium.hpp"

namespace perfwarden::dashboard {
namespace {

// More series than this are compared by what their own run recorded, or not at all: raw values would take minutes.
constexpr std::size_t k_most_compared = 20'000;

// Earlier runs that show the noise from run to run, and how many raw values of theirs are read for it.
constexpr std::size_t k_earlier_runs = 20;
constexpr std::size_t k_most_earlier_series = 20'000;

struct Pair {
  store::RunSummary base, head;
};

Result<store::RunSummary> run_named(const Desk& desk, const std::string& commit) {
  PW_TRY_ASSIGN(const std::optional<store::RunSummary> run, desk.store.browser().run_of_commit(commit));
  if (run) return *run;
  return not_there(fmt::format("no run of commit {} is in the history", text::one_line(commit)),
                   "`perfwarden run --commit` measures it");
}

// Without names: the newest commit of the branch, and the one before it.
Result<Pair> pair_of(const Desk& desk, const Question& question) {
  std::string base = question.text("base");
  std::string head = question.text("head");
  if (base.empty() || head.empty()) {
    PW_TRY_ASSIGN(const std::vector<store::RunSummary> newest, desk.store.browser().runs(desk.setting.branch, 0, 20));
    if (head.empty() && !newest.empty()) head = newest.front().commit;
    for (const store::RunSummary& run : newest)
      if (base.empty() && run.commit != head) base = run.commit;
    if (base.empty() || head.empty())
      return not_there("the branch has fewer than two commits to compare", "name them: ?base=SHA&head=SHA");
  }
  Pair out;
  PW_TRY_ASSIGN(out.base, run_named(desk, base));
  PW_TRY_ASSIGN(out.head, run_named(desk, head));
  return out;
}

std::string_view state_of(const Comparison& one) {
  if (one.presence == Presence::only_base) return "gone";
  if (one.presence == Presence::only_head) return "new";
  if (one.presence == Presence::failed_on_head) return "worse";
  if (one.significance == Significance::undecidable) return "undecided";
  if (one.significance == Significance::indistinct) return "same";
  const double worse = one.worse_by();
  if (std::isnan(worse)) return "undecided";  // nothing says what is better
  return worse > 0 ? "worse" : "better";
}

std::string doubt_of(const Comparison& one) {
  if (one.presence == Presence::failed_on_head) return one.failure;
  std::vector<std::string> words;
  for (const Warning& warning : one.warnings) words.push_back(warning.text);
  return text::join(words, "; ");
}

Json row_of(const Comparison& one, const Numbers& numbers, const Pair& pair) {
  return {{"series", numbers.ref(one.id)},
          {"unit", one.metric.unit},
          {"better", name_of(one.metric.better)},
          {"base", json::number(one.base.median)},
          {"head", json::number(one.head.median)},
          {"change", json::number(one.ratio - 1)},
          {"low", json::number(one.ratio_interval.low - 1)},
          {"high", json::number(one.ratio_interval.high - 1)},
          {"p", json::number(one.p_adjusted)},
          {"effect", json::number(one.effect_d)},
          // How many times the smallest change that would have been seen.
          {"factor", json::number(std::abs(one.ratio - 1) / one.minimum_detectable)},
          {"significance", name_of(one.significance)},
          {"confidence", one.confidence ? Json(name_of(*one.confidence)) : Json()},
          {"state", state_of(one)},
          {"doubt", doubt_of(one)},
          {"from", pair.base.id},
          {"to", pair.head.id}};
}

// The runs of the branch on head's machine that came before head.
Result<std::vector<Samples>> earlier_runs(const Desk& desk, const store::RunSummary& head) {
  store::Browser& history = desk.store.browser();
  PW_TRY_ASSIGN(const std::vector<store::RunSummary> newest, history.runs(desk.setting.branch, 0, 200));
  std::vector<Samples> out;
  std::size_t series = 0;
  for (const store::RunSummary& run : newest) {
    if (run.time >= head.time || run.fingerprint != head.fingerprint) continue;
    series += run.series;
    if (out.size() == k_earlier_runs || series > k_most_earlier_series) break;
    if (auto samples = history.samples(run.id)) out.push_back(std::move(*samples));  // else no longer kept
  }
  std::reverse(out.begin(), out.end());
  return out;
}

struct Compared {
  std::vector<Comparison> all;
  const char* source = "history";
};

Result<Compared> compared(const Desk& desk, const Pair& pair) {
  store::Browser& history = desk.store.browser();
  Compared out;
  PW_TRY_ASSIGN(const std::optional<std::int64_t> recorded,
                history.run_that_compared(pair.base.commit, pair.head.commit));
  if (recorded) {
    out.source = "recorded";
    PW_TRY_ASSIGN(out.all, history.comparisons(*recorded));
    PW_TRY_ASSIGN(const std::vector<store::Statistics> measured, history.medians(*recorded, {}));
    PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
    std::map<SeriesId, const Metric*> metric_of;
    for (const store::Statistics& one : measured)
      if (const Overview::Line* line = overview->find(one.number)) metric_of.emplace(line->series.id, &one.metric);
    for (Comparison& one : out.all)
      if (const auto metric = metric_of.find(one.id); metric != metric_of.end()) {
        one.metric = *metric->second;
        one.metric.name = one.id.metric;
      }
    return out;
  }
  if (std::max(pair.base.series, pair.head.series) > k_most_compared)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("these runs have more than {} series", k_most_compared),
                 .hint = "`perfwarden compare` compares them"};
  PW_TRY_ASSIGN(const Samples base, history.samples(pair.base.id));
  PW_TRY_ASSIGN(const Samples head, history.samples(pair.head.id));
  PW_TRY_ASSIGN(const std::vector<Samples> earlier, earlier_runs(desk, pair.head));
  out.all = desk.setting.compare(base, head, earlier);
  return out;
}

double badness(const Json& row) {
  static const std::map<std::string, double> k_rank{{"worse", 0}, {"undecided", 1}, {"better", 2},
                                                    {"new", 3},   {"gone", 3},      {"same", 4}};
  const double change = row["change"].is_number() ? std::abs(row["change"].get<double>()) : 0;
  return k_rank.at(row["state"].get<std::string>()) - std::min(change, 1e6) / 1e7;
}

Json summary_of(const std::vector<Comparison>& all) {
  std::map<std::string, std::size_t> count;
  double sum = 0;
  double number = 0;
  for (const Comparison& one : all) {
    ++count[std::string(state_of(one))];
    if (!one.metric.primary || !(one.ratio > 0) || one.metric.better == Better::unknown) continue;
    sum += (one.metric.better == Better::lower ? 1 : -1) * std::log(one.ratio);
    ++number;
  }
  Json out;
  for (const char* state : {"worse", "better", "same", "undecided", "new", "gone"}) out[state] = count[state];
  out["geomean"] = json::number(number == 0 ? k_nan : std::exp(sum / number) - 1);
  return out;
}

std::string percent(const Json& number) {
  return number.is_number() ? format_change(number.get<double>()) : "–";
}

}  // namespace

Result<Json> compare_answer(const Desk& desk, const Question& question) {
  PW_TRY_ASSIGN(const Pair pair, pair_of(desk, question));
  PW_TRY_ASSIGN(const Compared found, compared(desk, pair));
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  const std::vector<Term> terms = read_filter(question.text("q"));
  const bool all = question.flag("all");
  std::vector<Json> rows;
  std::size_t folded = 0;
  const Numbers numbers(*overview);
  for (const Comparison& one : found.all) {
    if (!path_matches(one.id, terms)) continue;
    if (!all && state_of(one) == "same")
      ++folded;
    else
      rows.push_back(row_of(one, numbers, pair));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Json& a, const Json& b) { return badness(a) < badness(b); });
  return Json{{"base", json_of(pair.base, *desk.setting.repository)},
              {"head", json_of(pair.head, *desk.setting.repository)},
              {"source", found.source},
              {"same_machine", pair.base.fingerprint == pair.head.fingerprint},
              {"q", question.text("q")},
              {"summary", summary_of(found.all)},
              {"rows", rows},
              {"folded", folded},
              {"all", all}};
}

std::string markdown_of(const Json& comparison) {
  using report::Medium, report::name_in, report::prose_in;
  const Json& summary = comparison["summary"];
  std::string out = fmt::format(
      "### {} → {}\n\n{} worse, {} better, {} undecided, {} unchanged; all in all {}\n\n"
      "| | series | base | head | change | 99 % interval |\n|:--|:--|--:|--:|--:|:--|\n",
      short_sha(comparison["base"]["commit"].get<std::string>()),
      short_sha(comparison["head"]["commit"].get<std::string>()), summary["worse"].get<int>(),
      summary["better"].get<int>(), summary["undecided"].get<int>(), summary["same"].get<int>(),
      percent(summary["geomean"]));
  for (const Json& row : comparison["rows"]) {
    const auto value = [&](const char* key) { return row[key].is_number() ? row[key].get<double>() : k_nan; };
    const ValuePair levels = format_pair(value("base"), value("head"), row["unit"].get<std::string>());
    out += fmt::format("| {} | {} | {} | {} | {} | {} … {} |\n", row["state"].get<std::string>(),
                       name_in(Medium::markdown, row["series"]["path"].get<std::string>()),
                       prose_in(Medium::markdown, levels.first), prose_in(Medium::markdown, levels.second),
                       percent(row["change"]), percent(row["low"]), percent(row["high"]));
  }
  return out;
}

}  // namespace perfwarden::dashboard
