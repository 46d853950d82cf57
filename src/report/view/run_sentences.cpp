#include "report/view/sentences.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "model/trace.hpp"
#include "model/unit.hpp"
#include "report/geomean.hpp"

namespace perfwarden::report {

// Of each suite, whether both sides ran the same program; then what is known of each flagged change.
std::vector<std::string> Speaker::identities() const {
  std::vector<std::string> out;
  const auto say = [this](const char* key, const std::string& what, std::size_t n,
                          const std::vector<std::string>& reasons) {
    constexpr std::size_t k_named = 3;
    Data data("name", name(what));
    data.set("n", std::to_string(n));
    data.set("one", n == 1);
    data.set("many", n != 1);
    std::vector<std::string> shown;
    const std::string side = std::string(k_side_folder) + "/";  // of either checkout
    for (std::size_t i = 0; i < std::min(k_named, reasons.size()); ++i)
      shown.push_back(prose(text::replace_all(reasons[i], side, "")));
    data.set("reasons", some(text::join(shown, "; ")));
    data.set("more", reasons.size() > k_named ? Data(std::to_string(reasons.size() - k_named)) : Data(false));
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
  if (all.size() > k_most)
    out.push_back(phrases_.say("tradeoffs_more", Data("n", std::to_string(all.size() - k_most))));
  return out;
}

std::vector<std::string> Speaker::geomeans() const {
  std::vector<std::string> out;
  for (const Geomean& one : geomeans_of(report_)) {
    if (!one.metric.primary) continue;
    Data data("n", std::to_string(one.benchmarks));
    data.set("metric", name(one.metric.name));
    data.set("change", format_change(one.ratio - 1));
    out.push_back(phrases_.say("geomean", data));
  }
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
