#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/table.hpp"
#include "base/text.hpp"
#include "model/unit.hpp"
#include "report/page/terminal.hpp"
#include "report/renderer.hpp"
#include "report/view/row.hpp"
#include "report/view/sentences.hpp"
#include "report/view/view.hpp"

namespace perfwarden::report {
namespace {

// Two values share a unit, so the left one need not repeat it.
std::string without_unit(const ValuePair& pair) {
  const std::size_t first = pair.first.find(' ');
  const std::size_t second = pair.second.find(' ');
  if (first == std::string::npos || second == std::string::npos) return pair.first;
  return pair.first.substr(first) == pair.second.substr(second) ? pair.first.substr(0, first) : pair.first;
}

// Nothing limits it and nothing can be said of it: its name is enough, where others have more to say.
bool is_quiet(const Report& report, std::size_t i) {
  const Judgement& judgement = judgement_of(report, i);
  const std::string_view state = state_of(report, i);
  return !judgement.gated && judgement.limit.empty() && (state == "ok" || state == "undecided");
}

// Series of the report, in the order in which the reader meets them.
struct Shown {
  std::vector<std::size_t> series;
  std::vector<std::string> folded;  // metrics of those that are only named
  bool together = false;            // no suite has two benchmarks of a metric: a table a metric holds all suites
  bool alone = false;               // there is one benchmark: a table holds its metrics
};
Shown shown_of(const Report& report, const Facts& facts) {
  const auto key_of = [&report](std::size_t i) {
    return std::pair(report.comparisons[i].id.suite, report.comparisons[i].id.metric);
  };
  std::map<std::pair<std::string, std::string>, std::size_t> loud;  // rows of each table that has something to say
  for (const std::size_t i : facts.order)
    if (!is_quiet(report, i)) ++loud[key_of(i)];
  Shown out;
  std::map<std::pair<std::string, std::string>, std::size_t> rows;
  std::set<std::string> suites;
  for (const std::size_t i : facts.order) {
    const SeriesId& id = report.comparisons[i].id;
    if (loud.empty() || loud.contains(key_of(i))) {
      out.series.push_back(i);
      ++rows[key_of(i)];
      suites.insert(id.suite);
    } else if (std::find(out.folded.begin(), out.folded.end(), id.metric) == out.folded.end()) {
      out.folded.push_back(id.metric);
    }
  }
  out.together =
      suites.size() > 1 && std::all_of(rows.begin(), rows.end(), [](const auto& one) { return one.second == 1; });
  out.alone = rows.size() > 1 && std::all_of(out.series.begin(), out.series.end(), [&](std::size_t i) {
                const SeriesId& first = report.comparisons[out.series.front()].id;
                const SeriesId& id = report.comparisons[i].id;
                return id.suite == first.suite && id.benchmark == first.benchmark;
              });
  return out;
}

std::vector<std::string> cells_of(const Report& report, const Speaker& speaker, const Phrases& phrases, std::size_t i,
                                  const std::string& name) {
  const Comparison& comparison = report.comparisons[i];
  const Judgement& judgement = judgement_of(report, i);
  const std::string state(state_of(report, i));
  ValuePair pair = format_pair(comparison.base.median, comparison.head.median, text::one_line(comparison.metric.unit));
  std::string interval = interval_text(comparison.ratio_interval);
  std::string verdict = phrases.say("sign_" + state) + " " + speaker.short_outcome(i);
  if (comparison.confidence) verdict += " " + std::string(name_of(*comparison.confidence));
  return {name_in(Medium::plain, name),
          without_unit(pair),
          pair.second,
          format_change(comparison.ratio - 1),
          text::replace_all(std::move(interval), " … ", "…"),
          prose_in(Medium::plain, judgement.limit),
          painted(verdict, style_of(state))};
}

// What tells the rows of one table apart.
std::string row_name(const SeriesId& id, const Shown& shown) {
  if (shown.alone) return id.metric;
  return shown.together ? id.suite + "/" + id.benchmark : id.benchmark;
}

// One table a suite and metric, or a metric, or a benchmark, in the order in which the reader meets them.
List tables_of(const Report& report, const Facts& facts, const Shown& shown, const Phrases& phrases,
               std::size_t columns) {
  const Speaker speaker(report, facts, phrases, Medium::plain);
  std::vector<std::pair<std::string, std::string>> order;
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> members;
  for (const std::size_t i : shown.series) {
    const SeriesId& id = report.comparisons[i].id;
    std::pair key{shown.together ? "" : id.suite, shown.alone ? id.benchmark : id.metric};
    auto& list = members[key];
    if (list.empty()) order.push_back(key);
    list.push_back(i);
  }
  Data heading;
  heading.set("level", levels_text(facts, report.statistics));
  const auto header = [&](const char* key) { return phrases.say(key, heading); };
  List out;
  out.reserve(order.size());
  for (const auto& key : order) {
    using text::Align;
    text::Table table({{header(shown.alone ? "column_metric" : "column_benchmark"), Align::left, 12, 9},
                       {header("column_base"), Align::right, 0, 3},
                       {header("column_head"), Align::right, 0, 6},
                       {header("column_change"), Align::right, 0, 8},
                       {header("column_interval"), Align::right, 0, 4},
                       {header("column_limit"), Align::right, 0, 5},
                       {header("column_verdict"), Align::left, 0, 7}});
    for (const std::size_t i : members[key])
      table.add(cells_of(report, speaker, phrases, i, row_name(report.comparisons[i].id, shown)));
    Data block;
    put(block, "suite", name_in(Medium::plain, shown.together ? key.second : key.first));
    const bool usual = !facts.many_metrics && !shown.alone && key.second == "wall_time";
    put(block, "metric", usual || shown.together ? Data(false) : Data(name_in(Medium::plain, key.second)));
    constexpr std::size_t k_indent = 2;
    put(block, "lines", Data(lines_of(table.lines(columns - k_indent))));
    out.push_back(std::move(block));
  }
  return out;
}

// "exit 1: a gate failed"; empty when it is not known.
std::string exit_note(std::optional<int> code, const Phrases& phrases) {
  if (!code) return "";
  const Data data("code", std::to_string(*code));
  const std::string known = phrases.say("exit_" + std::to_string(*code), data);
  return known.empty() ? phrases.say("exit_other", data) : known;
}

Result<std::string> render_terminal(const Report& report, const Templates& templates, const RenderOptions& options) {
  constexpr std::size_t k_narrowest = 40;
  constexpr std::size_t k_most_renamed = 100;
  const std::size_t columns = std::max(options.columns, k_narrowest);
  const Phrases phrases(templates);
  const Facts facts = facts_of(report);
  ViewOptions view_options;
  view_options.medium = Medium::plain;
  view_options.top = 0;
  view_options.rows = 0;
  view_options.details = 0;
  view_options.named = k_most_renamed;
  view_options.exit_note = exit_note(options.exit_code, phrases);
  view_options.columns = columns;
  PW_TRY_ASSIGN(Page profile, Page::open(templates, "profile.txt.mustache"));
  view_options.profile = [&profile](Data names) {
    put_marks(names);
    return profile.fill(names);
  };
  Data data = make_view(report, phrases, view_options);
  put_marks(data);
  put(data, "verdict_style", mark("bold") + mark(style_of(state_of(report))));
  const Shown shown = shown_of(report, facts);
  put(data, "tables", Data(tables_of(report, facts, shown, phrases, columns)));
  Data folded;
  put(folded, "metrics", prose_in(Medium::plain, text::join(shown.folded, ", ")));
  put(data, "folded", shown.folded.empty() ? Data(false) : Data(phrases.say("also_measured", folded)));
  PW_TRY_ASSIGN(const std::string page, fill(templates, "terminal.txt.mustache", data));
  return print_page(page, columns, options.color);
}

}  // namespace

extern const Renderer k_renderer_terminal{"terminal", "what check prints: a table of at most 80 columns, verdict last",
                                          "", "text/plain", render_terminal};

}  // namespace perfwarden::report
