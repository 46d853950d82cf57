#include "report/view/sentences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/text.hpp"
#include "model/unit.hpp"

namespace perfwarden::report {
namespace {

constexpr std::size_t k_short_commit = 7;

std::string count(std::size_t n) {
  return std::to_string(n);
}

}  // namespace

std::string short_commit(const std::string& commit) {
  const bool hex =
      commit.size() >= k_short_commit && commit.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  return hex ? commit.substr(0, k_short_commit) : commit;
}

std::string machine_name(const Machine& machine) {
  const auto cpu = std::find_if(machine.facts.begin(), machine.facts.end(),
                                [](const auto& fact) { return fact.first == "cpu" && !fact.second.empty(); });
  return cpu != machine.facts.end() ? cpu->second : machine.fingerprint;
}

std::string format_share(double fraction) {
  std::string share = format_change(std::abs(fraction));
  if (share.starts_with('+')) share.erase(0, 1);
  return share;
}

std::string format_level(double fraction) {
  return text::replace_all(format_share(fraction), ".0 %", " %");
}

std::string levels_text(const Facts& facts, const StatisticsConfig& statistics) {
  if (facts.level_least > facts.level_most) return format_level(statistics.confidence);
  const std::string least = format_level(facts.level_least);
  const std::string most = format_level(facts.level_most);
  return least == most ? most : text::replace_all(least, " %", "") + "–" + most;
}

std::string runs_text(const Facts& facts) {
  if (facts.runs_most == 0) return "";
  const std::string most = count(facts.runs_most);
  return facts.runs_least == facts.runs_most ? most : count(facts.runs_least) + "–" + most;
}

std::string Speaker::direction(const Comparison& comparison, const std::string& ending) const {
  const double worse = comparison.worse_by();
  if (std::isnan(worse) || worse == 0) return phrases_.say("unchanged");
  const std::string end = (worse > 0 ? "_worse" : "_better") + ending;
  switch (kind_of(comparison.metric)) {
    case Kind::time:
      return phrases_.say("time" + end);
    case Kind::memory:
      return phrases_.say("memory" + end);
    case Kind::rate:
      return phrases_.say("rate" + end);
    case Kind::other:
      break;
  }
  return phrases_.say(comparison.ratio > 1 ? "other_higher" : "other_lower");
}

bool Speaker::changed(std::size_t i) const {
  const Comparison& comparison = report_.comparisons[i];
  const Outcome outcome = judgement_of(report_, i).outcome;
  return outcome == Outcome::improvement ||
         (outcome == Outcome::regression && comparison.presence == Presence::both && comparison.worse_by() > 0);
}

std::string Speaker::outcome(std::size_t i) const {
  const Comparison& comparison = report_.comparisons[i];
  const Judgement& judgement = judgement_of(report_, i);
  if (changed(i)) return direction(comparison);
  switch (judgement.outcome) {
    case Outcome::regression:
    case Outcome::improvement:
      return phrases_.say("outcome_limit");
    case Outcome::pass:
      return phrases_.say(judgement.level >= Level::soft ? "outcome_limit" : "outcome_pass");
    case Outcome::inconclusive:
      return phrases_.say("outcome_inconclusive");
    case Outcome::added:
      return phrases_.say("outcome_new");
    case Outcome::failed:
      return phrases_.say("outcome_failed");
    case Outcome::placement:
      return phrases_.say("outcome_placement");
    case Outcome::vanished:
      return phrases_.say(comparison.renamed_to.empty() ? "outcome_vanished" : "outcome_renamed");
  }
  return "";
}

std::string Speaker::short_outcome(std::size_t i) const {
  return changed(i) ? direction(report_.comparisons[i], "_short") : outcome(i);
}

std::string Speaker::worst(std::size_t i) const {
  const Comparison& comparison = report_.comparisons[i];
  Data data;
  data.set("name", name(path_of(comparison.id)));
  const bool say_metric = facts_.many_metrics && comparison.id.metric != "wall_time";
  data.set("metric", say_metric ? Data(name(comparison.id.metric)) : Data(false));
  data.set("change", std::isnan(comparison.ratio) ? Data(false) : Data(format_change(comparison.ratio - 1)));
  data.set("confidence", comparison.confidence ? Data(std::string(name_of(*comparison.confidence))) : Data(false));
  return phrases_.say("worst", data);
}

Data Speaker::counted(const std::vector<std::size_t>& series) const {
  const std::size_t n = distinct_benchmarks(report_, series);
  Data data;
  data.set("n", count(n));
  data.set("one", n == 1);
  data.set("many", n != 1);
  data.set("total", count(facts_.benchmarks));
  data.set("several", facts_.benchmarks != 1);
  data.set("worst", series.empty() ? Data("") : Data(worst(series.front())));
  return data;
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

bool Speaker::only_gone() const {
  return std::all_of(facts_.failing.begin(), facts_.failing.end(),
                     [&](std::size_t i) { return report_.comparisons[i].presence == Presence::only_base; });
}

std::string Speaker::action() const {
  if (!facts_.failed.empty()) return phrases_.say("do_mend", counted(facts_.failed));
  const bool settled = report_.verdict.overridden && report_.verdict.conclusion != Conclusion::fail;
  if (report_.mode == Mode::observe || settled || facts_.benchmarks == 0) return "";
  switch (report_.verdict.conclusion) {
    case Conclusion::fail: {
      if (facts_.failing.empty()) return "";
      const bool hard = std::any_of(facts_.failing.begin(), facts_.failing.end(),
                                    [&](std::size_t i) { return judgement_of(report_, i).level == Level::hard; });
      Data data = counted(facts_.failing);
      data.set("label", hard || report_.override_label.empty() ? Data(false) : Data(name(report_.override_label)));
      return phrases_.say(only_gone() ? "do_restore" : "do_fix", data);
    }
    case Conclusion::inconclusive:
      return report_.verdict.nothing_compared() == nullptr ? phrases_.say("do_rerun") : "";
    case Conclusion::no_baseline:
      return phrases_.say("do_record");
    case Conclusion::pass:
    case Conclusion::skipped:
    case Conclusion::failed:
      break;
  }
  return "";
}

std::string Speaker::undecided(std::size_t i) const {
  const Comparison& comparison = report_.comparisons[i];
  const Judgement& judgement = judgement_of(report_, i);
  if (judgement.outcome != Outcome::inconclusive) return "";
  const auto& findings = report_.verdict.findings;
  const auto own = std::find_if(findings.begin(), findings.end(), [&comparison](const Finding& finding) {
    return finding.undecided && finding.series == comparison.id;
  });
  if (own != findings.end()) return prose(own->reason);
  Data data;
  const Interval& interval = comparison.ratio_interval;
  const bool known = !std::isnan(interval.low) && !std::isnan(interval.high);
  data.set("interval",
           known ? Data(format_change(interval.low - 1) + " … " + format_change(interval.high - 1)) : Data(false));
  data.set("limit", judgement.limit.empty() ? Data(false) : Data(prose(judgement.limit)));
  const double mde = comparison.minimum_detectable;
  data.set("mde", std::isnan(mde) ? Data(false) : Data(format_share(mde)));
  return phrases_.say("undecided", data);
}

std::string Speaker::step_to_pass() const {
  const bool liftable = !report_.override_label.empty() &&
                        std::any_of(facts_.failing.begin(), facts_.failing.end(),
                                    [&](std::size_t i) { return judgement_of(report_, i).level == Level::soft; });
  Data data = counted(facts_.failing);
  data.set("config", some(report_.config_file.empty() ? "" : name(report_.config_file)));
  data.set("label", liftable ? Data(name(report_.override_label)) : Data(false));
  return phrases_.say(only_gone() ? "step_restore" : "step_fix", data);
}

std::vector<std::string> Speaker::steps(bool beyond_action) const {
  std::vector<std::string> out;
  const Verdict& verdict = report_.verdict;
  const Data config = report_.config_file.empty() ? Data(false) : Data(name(report_.config_file));
  const bool broken = verdict.conclusion == Conclusion::fail;
  if (verdict.overridden && !verdict.override_note.empty()) {
    Data data("note", prose(verdict.override_note));
    out.push_back(phrases_.say("step_accepted", data));
  }
  if (!facts_.failed.empty()) {
    const Comparison& first = report_.comparisons[facts_.failed.front()];
    Data data = counted(facts_.failed);
    data.set("name", name(path_of(first.id)));
    data.set("more", facts_.failed.size() > 1 ? Data(count(facts_.failed.size() - 1)) : Data(false));
    data.set("why", prose(first.failure));
    out.push_back(phrases_.say("step_failed", data));
  }
  if (broken && report_.mode == Mode::enforce && !facts_.failing.empty()) {
    if (!beyond_action) out.push_back(step_to_pass());
    std::vector<std::size_t> hard;
    for (const std::size_t i : facts_.failing)
      if (judgement_of(report_, i).level == Level::hard) hard.push_back(i);
    const bool mixed = !hard.empty() && hard.size() < facts_.failing.size();
    if (mixed && !report_.override_label.empty()) out.push_back(phrases_.say("step_hard", counted(hard)));
  }
  if (broken && report_.mode == Mode::observe) {
    Data data("config", config);
    out.push_back(phrases_.say("step_observe", data));
  }
  if (!facts_.undecided.empty() && verdict.conclusion != Conclusion::no_baseline) {
    // The one with an interval says more.
    const auto told = std::find_if(facts_.undecided.begin(), facts_.undecided.end(), [&](std::size_t i) {
      return !std::isnan(report_.comparisons[i].ratio_interval.low);
    });
    const std::size_t one = told == facts_.undecided.end() ? facts_.undecided.front() : *told;
    Data data;
    data.set("name", name(path_of(report_.comparisons[one].id)));
    data.set("more", facts_.undecided.size() > 1 ? Data(count(facts_.undecided.size() - 1)) : Data(false));
    data.set("why", undecided(one));
    out.push_back(phrases_.say("step_undecided", data));
  }
  if (verdict.conclusion == Conclusion::skipped) {
    out.push_back(phrases_.say("step_skipped"));
  } else if (facts_.benchmarks == 0 && facts_.identical == 0) {
    out.push_back(phrases_.say("step_nothing"));
  } else if (verdict.nothing_compared() != nullptr && !verdict.overridden) {
    const Data data("label", some(report_.override_label.empty() ? "" : name(report_.override_label)));
    out.push_back(phrases_.say("step_nothing_compared", data));
  } else if (verdict.conclusion == Conclusion::no_baseline && !beyond_action) {
    out.push_back(phrases_.say("step_no_baseline"));
  }
  if (!report_.machine_differences.empty()) {
    std::vector<std::string> facts;
    for (const MachineDifference& difference : report_.machine_differences) facts.push_back(prose(difference.fact));
    const std::size_t all = facts.size();
    constexpr std::size_t k_named = 3;
    if (all > k_named) facts.resize(k_named);
    Data data("facts", text::join(facts, ", ") + (all > k_named ? ", …" : ""));
    data.set("one", all == 1);
    data.set("many", all != 1);
    out.push_back(phrases_.say("step_machine", data));
  }
  return out;
}

// Of each suite, whether both sides ran the same program; then what is known of each flagged change.
std::vector<std::string> Speaker::identities() const {
  std::vector<std::string> out;
  const auto say = [this](const char* key, const std::string& what, std::size_t n,
                          const std::vector<std::string>& reasons) {
    constexpr std::size_t k_named = 3;
    Data data("name", name(what));
    data.set("n", count(n));
    data.set("one", n == 1);
    data.set("many", n != 1);
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < std::min(k_named, reasons.size()); ++i) shown.push_back(prose(reasons[i]));
    data.set("reasons", some(text::join(shown, "; ")));
    data.set("more", reasons.size() > k_named ? Data(count(reasons.size() - k_named)) : Data(false));
    return phrases_.say(key, data);
  };
  for (const SuiteIdentity& one : report_.head.run.identities) {
    if (one.answer == SameProgram::different) continue;  // as usual
    const char* key = one.answer == SameProgram::not_known ? "identity_not_known"
                      : one.measured                       ? "identity_measured"
                                                           : "identity_skipped";
    out.push_back(say(key, one.suite, one.files, one.reasons));
  }
  for (const ChangeCause& one : report_.causes) {
    const std::string what = one.benchmark.empty() ? one.suite : one.suite + "/" + one.benchmark;
    const char* key = one.cause == Cause::placement      ? "cause_placement"
                      : one.cause == Cause::changed_code ? "cause_changed_code"
                                                         : "cause_not_known";
    out.push_back(say(key, what, one.changed, one.cause == Cause::not_known ? std::vector{one.reason} : one.ran));
  }
  return out;
}

std::vector<std::string> Speaker::tradeoffs() const {
  constexpr std::size_t k_most = 5;
  std::vector<std::string> out;
  const std::vector<Tradeoff>& all = report_.verdict.tradeoffs;
  for (std::size_t i = 0; i < std::min(k_most, all.size()); ++i) {
    const Tradeoff& one = all[i];
    Data data("name", name(one.suite.empty() ? one.benchmark : one.suite + "/" + one.benchmark));
    data.set("gain", name(one.gain));
    data.set("cost", name(one.cost));
    data.set("better", one.better_by > 0 ? Data(format_share(one.better_by)) : Data(false));
    data.set("worse", some(std::isnan(one.worse_by) ? "" : format_share(one.worse_by)));
    data.set("rule", some(one.rule.empty() ? "" : name(one.rule)));
    out.push_back(phrases_.say("tradeoff", data));
  }
  if (all.size() > k_most) out.push_back(phrases_.say("tradeoffs_more", Data("n", count(all.size() - k_most))));
  return out;
}

std::string Speaker::compared() const {
  const auto side = [&](const SideInfo& info) {
    return info.run.commit.empty() ? std::string() : name(short_commit(info.run.commit));
  };
  const bool has_base = !report_.base.run.commit.empty() || !report_.base.label.empty();
  Data data;
  const std::string head = side(report_.head);
  data.set("head", head.empty() ? phrases_.say("compared_unknown") : head);
  std::string base = side(report_.base);
  std::string label = report_.base.label.empty() ? "" : prose(report_.base.label);
  if (base.empty()) std::swap(base, label);
  data.set("base", has_base ? Data(base) : Data(false));
  data.set("label", some(label));
  const std::string machine = machine_name(report_.head.run.machine);
  data.set("machine", machine.empty() ? Data(false) : Data(prose(machine)));
  data.set("runs", some(runs_text(facts_)));
  std::string key = "design_" + text::replace_all(std::string(name_of(report_.design)), "-", "_");
  data.set("design", has_base ? some(phrases_.say(key)) : Data(false));
  data.set("noise", std::isnan(facts_.noise) ? Data(false) : Data(format_share(facts_.noise)));
  const auto aligned = std::find_if(report_.warnings.begin(), report_.warnings.end(),
                                    [](const Warning& warning) { return warning.code == k_functions_aligned; });
  data.set("aligned", aligned == report_.warnings.end() ? Data(false) : Data(prose(aligned->text)));
  return phrases_.say("compared", data);
}

}  // namespace perfwarden::report
