#include "report/view/sentences.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "base/text.hpp"

namespace perfwarden::report {

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

std::string Speaker::step_to_pass() const {
  const bool liftable = !report_.override_label.empty() &&
                        std::any_of(facts_.failing.begin(), facts_.failing.end(),
                                    [&](std::size_t i) { return judgement_of(report_, i).level == Level::soft; });
  Data data = counted(facts_.failing);
  data.set("config", some(report_.config_file.empty() ? "" : name(report_.config_file)));
  data.set("label", liftable ? Data(name(report_.override_label)) : Data(false));
  return phrases_.say(only_gone() ? "step_restore" : "step_fix", data);
}

// Of what fails: what makes it pass.
void Speaker::add_steps_of_failures(std::vector<std::string>& out, bool beyond_action) const {
  if (report_.verdict.conclusion != Conclusion::fail) return;
  if (report_.mode == Mode::observe) {
    const Data data("config", some(report_.config_file.empty() ? "" : name(report_.config_file)));
    out.push_back(phrases_.say("step_observe", data));
    return;
  }
  if (facts_.failing.empty()) return;
  if (!beyond_action) out.push_back(step_to_pass());
  std::vector<std::size_t> hard;
  std::copy_if(facts_.failing.begin(), facts_.failing.end(), std::back_inserter(hard),
               [this](std::size_t i) { return judgement_of(report_, i).level == Level::hard; });
  const bool mixed = !hard.empty() && hard.size() < facts_.failing.size();
  if (mixed && !report_.override_label.empty()) out.push_back(phrases_.say("step_hard", counted(hard)));
}

std::string Speaker::step_for_failed() const {
  const Comparison& first = report_.comparisons[facts_.failed.front()];
  Data data = counted(facts_.failed);
  data.set("name", name(path_of(first.id)));
  data.set("more", facts_.failed.size() > 1 ? Data(std::to_string(facts_.failed.size() - 1)) : Data(false));
  data.set("why", prose(first.failure));
  return phrases_.say("step_failed", data);
}

std::string Speaker::step_for_undecided() const {
  // One with an interval says more.
  const auto told = std::find_if(facts_.undecided.begin(), facts_.undecided.end(), [this](std::size_t i) {
    return !std::isnan(report_.comparisons[i].ratio_interval.low);
  });
  const std::size_t one = told == facts_.undecided.end() ? facts_.undecided.front() : *told;
  Data data;
  data.set("name", name(path_of(report_.comparisons[one].id)));
  data.set("more", facts_.undecided.size() > 1 ? Data(std::to_string(facts_.undecided.size() - 1)) : Data(false));
  data.set("why", undecided(one));
  return phrases_.say("step_undecided", data);
}

// Where nothing, or nothing of use, was compared.
std::string Speaker::step_for_nothing(bool beyond_action) const {
  const Verdict& verdict = report_.verdict;
  if (verdict.conclusion == Conclusion::skipped) return phrases_.say("step_skipped");
  if (facts_.benchmarks == 0 && facts_.identical == 0) return phrases_.say("step_nothing");
  if (verdict.nothing_compared() != nullptr && !verdict.overridden) {
    const Data data("label", some(report_.override_label.empty() ? "" : name(report_.override_label)));
    return phrases_.say("step_nothing_compared", data);
  }
  const bool first_run = verdict.conclusion == Conclusion::no_baseline && !beyond_action;
  return first_run ? phrases_.say("step_no_baseline") : "";
}

std::string Speaker::step_for_machines() const {
  constexpr std::size_t k_named = 3;
  const std::size_t all = report_.machine_differences.size();
  std::vector<std::string> facts;
  for (std::size_t i = 0; i < std::min(k_named, all); ++i) facts.push_back(prose(report_.machine_differences[i].fact));
  Data data("facts", text::join(facts, ", ") + (all > k_named ? ", …" : ""));
  data.set("one", all == 1);
  data.set("many", all != 1);
  return phrases_.say("step_machine", data);
}

std::vector<std::string> Speaker::steps(bool beyond_action) const {
  std::vector<std::string> out;
  const Verdict& verdict = report_.verdict;
  if (verdict.overridden && !verdict.override_note.empty())
    out.push_back(phrases_.say("step_accepted", Data("note", prose(verdict.override_note))));
  if (!facts_.failed.empty()) out.push_back(step_for_failed());
  add_steps_of_failures(out, beyond_action);
  if (!facts_.undecided.empty() && verdict.conclusion != Conclusion::no_baseline) out.push_back(step_for_undecided());
  if (std::string step = step_for_nothing(beyond_action); !step.empty()) out.push_back(std::move(step));
  if (!report_.machine_differences.empty()) out.push_back(step_for_machines());
  return out;
}

}  // namespace perfwarden::report
