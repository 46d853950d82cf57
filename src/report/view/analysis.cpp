#include "report/view/analysis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "model/unit.hpp"

namespace perfwarden::report {
namespace {

constexpr std::array k_order{AnalysisChange::regression, AnalysisChange::added, AnalysisChange::improvement,
                             AnalysisChange::removed};

std::string rating_number(double rating) {
  return fmt::format("{:.10g}", rating);
}

}  // namespace

std::string entry_text(Medium medium, const AnalysisEntry& entry) {
  const std::string name = name_in(medium, entry.name);
  const std::string word(name_of(entry.change));
  if (entry.subject != AnalysisSubject::benchmark && entry.metric.empty())
    return fmt::format("{}: {:.1f}% -> {:.1f}% ({:.1f}% {})", name, entry.base * 100, entry.head * 100,
                       entry.size * 100, word);
  const auto [base, head] = format_pair(entry.base, entry.head, text::one_line(entry.unit));
  const std::string metric = entry.metric == "wall_time" ? "" : fmt::format(" [{}]", name_in(medium, entry.metric));
  const std::string change = std::isfinite(entry.size) ? fmt::format("{:.1f}% ", entry.size * 100) : "";
  return fmt::format("{}{}: {} -> {} ({}{})", name, metric, prose_in(medium, base), prose_in(medium, head), change,
                     word);
}

List endpoint_list(Medium medium, const std::vector<EndpointTie>& ties) {
  List out;
  for (const EndpointTie& one : ties) {
    Data row;
    put(row, "endpoint", name_in(medium, one.endpoint));
    put(row, "function", name_in(medium, one.function));
    put(row, "base", fmt::format("{:.1f} %", one.base * 100));
    put(row, "head", fmt::format("{:.1f} %", one.head * 100));
    put(row, "spans", std::to_string(one.spans));
    put(row, "trace", some(one.trace.empty() ? "" : name_in(medium, one.trace)));
    out.push_back(std::move(row));
  }
  return out;
}

List why_list(Medium medium, const std::vector<Hypothesis>& hypotheses) {
  List out;
  const Hypothesis* last = nullptr;
  for (const Hypothesis& one : hypotheses) {
    Data row;
    const std::string path = one.suite.empty() ? one.benchmark : one.suite + "/" + one.benchmark;
    put(row, "name", name_in(medium, path));
    put(row, "claim", prose_in(medium, one.claim));
    List evidence;
    for (const std::string& sentence : one.evidence) evidence.push_back(Data("text", prose_in(medium, sentence)));
    put(row, "evidence", Data(evidence));
    put(row, "refute", prose_in(medium, one.refute));
    put(row, "first", last == nullptr || last->suite != one.suite || last->benchmark != one.benchmark);
    out.push_back(std::move(row));
    last = &one;
  }
  return out;
}

Data model_data(Medium medium, const Assistance& assistance) {
  Data out;
  put(out, "shown", !assistance.summary.empty() || !assistance.recommendations.empty());
  put(out, "source", some(assistance.source.empty() ? "" : prose_in(medium, assistance.source)));
  put(out, "summary", some(assistance.summary.empty() ? "" : prose_in(medium, assistance.summary)));
  List recommendations;
  for (const std::string& one : assistance.recommendations)
    recommendations.push_back(Data("text", prose_in(medium, one)));
  put(out, "recommendations", Data(recommendations));
  put(out, "dropped", assistance.dropped > 0 ? Data(std::to_string(assistance.dropped)) : Data(false));
  return out;
}

Data analysis_data(Medium medium, const Analysis& analysis, const Phrases& phrases) {
  List lists;
  for (const AnalysisSubject subject : {AnalysisSubject::cpu, AnalysisSubject::memory, AnalysisSubject::benchmark}) {
    for (const AnalysisChange change : k_order) {
      List entries;
      for (const AnalysisEntry& entry : analysis.entries)
        if (entry.subject == subject && entry.change == change)
          entries.push_back(Data("text", entry_text(medium, entry)));
      if (entries.empty()) continue;
      Data list;
      put(list, "title", phrases.say(fmt::format("analysis_{}_{}", name_of(subject), name_of(change))));
      put(list, "entries", Data(entries));
      lists.push_back(std::move(list));
    }
  }
  Data out;
  put_list(out, "lists", lists);
  const bool plain = std::any_of(analysis.entries.begin(), analysis.entries.end(),
                                 [](const AnalysisEntry& entry) { return entry.plain; });
  put(out, "plain", plain);
  put(out, "shown", !lists.empty() || analysis.rating.has_value());
  put(out, "rated", analysis.rating.has_value());
  if (!analysis.rating) return out;
  put(out, "cpu", rating_number(analysis.rating->cpu));
  put(out, "memory", rating_number(analysis.rating->memory));
  put(out, "overall", rating_number(analysis.rating->overall));
  put(out, "cpu_measured", analysis.rating->cpu_measured);
  put(out, "memory_measured", analysis.rating->memory_measured);
  return out;
}

}  // namespace perfwarden::report
