#include "report/view/sentences.hpp"

#include <algorithm>
#include <iterator>

namespace perfwarden::report {

bool Speaker::only_gone() const {
  return std::all_of(facts_.failing.begin(), facts_.failing.end(),
                     [&](std::size_t i) { return report_.comparisons[i].presence == Presence::only_base; });
}

std::string Speaker::failing() const {
  if (facts_.failing.empty()) {
    const auto& findings = report_.verdict.findings;
    const auto broken =
        std::find_if(findings.begin(), findings.end(), [](const Finding& f) { return f.level >= Level::soft; });
    Data data;
    data.set("reason", prose(broken == findings.end() ? "" : broken->reason));
    return phrases_.say("fail_run", data);
  }
  bool slower = true;  // every one of them is worse than its base, so that the metric's own words fit
  bool one_kind = true;
  const Kind kind = kind_of(report_.comparisons[facts_.failing.front()].metric);
  for (const std::size_t i : facts_.failing) {
    const Comparison& comparison = report_.comparisons[i];
    slower = slower && comparison.worse_by() > 0;
    one_kind = one_kind && kind_of(comparison.metric) == kind;
  }
  std::string key = "fail_mixed";
  if (only_gone()) key = "fail_gone";
  if (slower && one_kind && kind == Kind::time) key = "fail_time";
  if (slower && one_kind && kind == Kind::memory) key = "fail_memory";
  if (slower && one_kind && kind == Kind::rate) key = "fail_rate";
  return phrases_.say(key, counted(facts_.failing));
}

std::string Speaker::passing() const {
  if (!facts_.warned.empty()) {
    std::vector<std::size_t> over;
    std::copy_if(facts_.warned.begin(), facts_.warned.end(), std::back_inserter(over),
                 [this](std::size_t i) { return report_.comparisons[i].presence != Presence::only_base; });
    return over.empty() ? phrases_.say("pass_gone", counted(facts_.warned))
                        : phrases_.say("pass_warned", counted(over));
  }
  const auto& findings = report_.verdict.findings;
  const auto warned =  // a gate on profiles
      std::find_if(findings.begin(), findings.end(), [](const Finding& f) { return f.level == Level::warn; });
  if (warned != findings.end()) {
    const Data data("reason", prose(warned->reason));
    return phrases_.say("pass_warned_run", data);
  }
  if (!facts_.ungated_worse.empty()) return phrases_.say("pass_worse", counted(facts_.ungated_worse));
  if (facts_.benchmarks == 0 && facts_.identical > 0) return phrases_.say("pass_identical", counted({}));
  if (facts_.gated == 0) return phrases_.say("pass_ungated", counted({}));
  if (!facts_.placed.empty()) return phrases_.say("pass_placement", counted(facts_.placed));
  if (!facts_.undecided.empty()) return phrases_.say("pass_undecided", counted(facts_.undecided));
  if (!facts_.improved.empty()) return phrases_.say("pass_improved", counted(facts_.improved));
  std::vector<std::size_t> gated;
  for (const std::size_t i : facts_.order)
    if (judgement_of(report_, i).gated) gated.push_back(i);
  const bool all = distinct_benchmarks(report_, gated) == facts_.benchmarks;
  return phrases_.say(all ? "pass_within" : "pass_some", counted(gated));
}

// Inconclusive, although no limit of a benchmark is undecided.
std::string Speaker::not_judged() const {
  const auto& findings = report_.verdict.findings;
  const auto undecided =
      std::find_if(findings.begin(), findings.end(), [](const Finding& f) { return f.level == Level::inconclusive; });
  if (undecided != findings.end()) {
    const Data data("reason", prose(undecided->reason));
    return phrases_.say("inconclusive_reason", data);
  }
  const auto missing = std::find_if(report_.warnings.begin(), report_.warnings.end(),
                                    [](const Warning& warning) { return warning.code == k_suites_missing; });
  if (missing != report_.warnings.end())
    return phrases_.say("inconclusive_reason", Data("reason", prose(missing->text)));
  const bool compared = std::any_of(report_.comparisons.begin(), report_.comparisons.end(),
                                    [](const Comparison& one) { return one.presence == Presence::both; });
  return phrases_.say(compared ? "pass_ungated" : "inconclusive_empty", counted({}));
}

// What failed comes first: of the rest less is known than it seems.
std::string Speaker::judged() const {
  if (facts_.failed.empty()) return judged_rest();
  std::string failed = phrases_.say("failed", counted(facts_.failed));
  if (report_.verdict.conclusion != Conclusion::fail) return failed;
  Data data("failed", failed);
  data.set("sentence", failing());
  return phrases_.say("failed_and", data);
}

std::string Speaker::judged_rest() const {
  const Warning* unmatched = report_.verdict.unmatched_budget();
  if (unmatched != nullptr && report_.verdict.conclusion != Conclusion::fail) {
    const Data data("reason", prose(unmatched->text));
    return phrases_.say("inconclusive_unmatched", data);
  }
  switch (report_.verdict.conclusion) {
    case Conclusion::fail:
      return failing();
    case Conclusion::pass:
      return report_.verdict.overridden && !facts_.failing.empty() ? failing() : passing();
    case Conclusion::inconclusive: {
      if (facts_.benchmarks == 0) return phrases_.say("inconclusive_empty");
      if (report_.verdict.nothing_compared() != nullptr) return phrases_.say("nothing_compared");
      if (facts_.undecided.empty()) return not_judged();
      Data data = counted(facts_.undecided);
      double mde = k_nan;
      for (const std::size_t i : facts_.undecided) mde = std::fmax(mde, report_.comparisons[i].minimum_detectable);
      data.set("mde", std::isnan(mde) ? Data(false) : Data(format_share(mde)));
      return phrases_.say("inconclusive", data);
    }
    case Conclusion::no_baseline: {
      if (facts_.benchmarks == 0) return phrases_.say("no_baseline_empty");
      Data data = counted({});
      data.set("one", facts_.benchmarks == 1);
      data.set("many", facts_.benchmarks != 1);
      data.set("judged", std::any_of(facts_.order.begin(), facts_.order.end(), [this](std::size_t i) {
                 const std::string& limit = judgement_of(report_, i).limit;
                 return limit.starts_with("max ") || limit.starts_with("min ");
               }));
      return phrases_.say("no_baseline", data);
    }
    case Conclusion::skipped:
      return phrases_.say("skipped");
    case Conclusion::failed:
      break;
  }
  return "";
}

std::string Speaker::verdict() const {
  std::string sentence = judged();
  Data data;
  if (report_.verdict.overridden && report_.verdict.conclusion != Conclusion::fail) {
    data.set("sentence", sentence);
    sentence = phrases_.say("accepted", data);
  }
  if (report_.mode != Mode::observe || !facts_.failed.empty()) return sentence;
  data.set("sentence", sentence);
  return phrases_.say("observing", data);
}

}  // namespace perfwarden::report
