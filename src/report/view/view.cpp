#include "report/view/view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>

#include "base/text.hpp"
#include "model/unit.hpp"
#include "report/page/picture.hpp"
#include "report/view/analysis.hpp"
#include "report/view/links.hpp"
#include "report/view/profile_diff.hpp"
#include "report/view/row.hpp"

namespace perfwarden::report {
namespace {

constexpr std::size_t k_most_facts = 40;
constexpr std::array k_states{"failed", "broken", "warned", "worse", "undecided",
                              "moved",  "better", "new",    "gone",  "ok"};

bool is_repository(const std::string& s) {
  constexpr std::string_view k_allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";
  return std::count(s.begin(), s.end(), '/') == 1 && s.find_first_not_of(k_allowed) == std::string::npos &&
         s.size() <= 140;
}
bool is_commit(const std::string& s) {
  return s.size() >= 7 && s.size() <= 64 && s.find_first_not_of("0123456789abcdef") == std::string::npos;
}
bool is_server(const std::string& s) {
  constexpr std::string_view k_scheme = "https://";
  constexpr std::string_view k_allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:";
  return s.starts_with(k_scheme) && s.size() > k_scheme.size() &&
         s.find_first_not_of(k_allowed, k_scheme.size()) == std::string::npos;
}

// Links lead to the configured GitHub server only, and are built from parts that were checked.
void put_links(Data& data, const Report& report) {
  const RunContext& context = report.context;
  const bool linked = context.in_github && is_server(context.server_url) && is_repository(context.repository);
  const std::string root = context.server_url + "/" + context.repository;
  const bool both = is_commit(report.base.run.commit) && is_commit(report.head.run.commit);
  put(data, "compare_url",
      some(linked && both ? root + "/compare/" + report.base.run.commit + "..." + report.head.run.commit : ""));
  const bool run = linked && !context.run_id.empty() && text::to_integer(context.run_id).has_value();
  put(data, "run_url", some(run ? root + "/actions/runs/" + context.run_id : ""));
}

Data side(const ViewContext& context, const SideInfo& info) {
  Data data;
  put(data, "commit", some(info.run.commit.empty() ? "" : context.name(info.run.commit)));
  put(data, "short_commit", some(info.run.commit.empty() ? "" : context.name(short_commit(info.run.commit))));
  put(data, "branch", some(info.run.branch.empty() ? "" : context.name(info.run.branch)));
  put(data, "label", some(info.label.empty() ? "" : context.prose(info.label)));
  put(data, "time", some(info.run.time.empty() ? "" : context.prose(info.run.time)));
  put(data, "machine",
      some(machine_name(info.run.machine).empty() ? "" : context.prose(machine_name(info.run.machine))));
  put(data, "fingerprint",
      some(info.run.machine.fingerprint.empty() ? "" : context.name(info.run.machine.fingerprint)));
  return data;
}

List environment_of(const ViewContext& context) {
  const Machine& base = context.report.base.run.machine;
  const Machine& head = context.report.head.run.machine;
  std::vector<std::string> names;
  std::map<std::string, std::pair<std::string, std::string>> values;
  for (const Machine* machine : {&head, &base}) {
    for (const auto& [name, value] : machine->facts) {
      if (!values.contains(name)) names.push_back(name);
      (machine == &base ? values[name].first : values[name].second) = value;
    }
  }
  List rows;
  rows.reserve(std::min(names.size(), k_most_facts));
  for (const std::string& name : names) {
    if (rows.size() == k_most_facts) break;
    const auto& [in_base, in_head] = values[name];
    Data row;
    put(row, "fact", context.prose(name));
    put(row, "base", context.prose(in_base));
    put(row, "head", context.prose(in_head));
    put(row, "differs",
        std::any_of(context.report.machine_differences.begin(), context.report.machine_differences.end(),
                    [&n = name](const MachineDifference& d) { return d.fact == n; }));
    rows.push_back(std::move(row));
  }
  return rows;
}

List differences_of(const ViewContext& context) {
  List rows;
  rows.reserve(context.report.machine_differences.size());
  for (const MachineDifference& difference : context.report.machine_differences) {
    if (rows.size() == k_most_facts) break;
    Data row;
    put(row, "fact", context.prose(difference.fact));
    put(row, "base", context.prose(difference.base));
    put(row, "head", context.prose(difference.head));
    rows.push_back(std::move(row));
  }
  return rows;
}

List texts(const std::vector<std::string>& sentences) {
  List out;
  out.reserve(sentences.size());
  for (const std::string& sentence : sentences) out.push_back(Data("text", sentence));
  return out;
}

void put_verdict(Data& data, const ViewContext& context) {
  const Report& report = context.report;
  const std::string state(state_of(report));
  put(data, "state", state);
  put(data, "icon", context.phrases.say((context.options.medium == Medium::markdown ? "mark_" : "sign_") + state));
  put(data, "leg", some(report.context.leg.empty() ? "" : context.prose(report.context.leg)));
  put(data, "verdict", context.speaker.verdict());
  put(data, "action", some(context.speaker.action()));
  put(data, "compared", context.speaker.compared());
  put_list(data, "identities", texts(context.speaker.identities()));
  put_list(data, "tradeoffs", texts(context.speaker.tradeoffs()));
  put_list(data, "geomeans", texts(context.speaker.geomeans()));
  put_list(data, "steps", texts(context.speaker.steps()));
  put_list(data, "more_steps", texts(context.speaker.steps(true)));
  put(data, "observing", report.mode == Mode::observe);
  put(data, "overridden", report.verdict.overridden);
  put(data, "override_note",
      some(report.verdict.override_note.empty() ? "" : context.prose(report.verdict.override_note)));
  put(data, "override_label", some(report.override_label.empty() ? "" : context.name(report.override_label)));
  put(data, "exit_note", some(context.options.exit_note));
}

// Counts of series by state, and the lists of those that are named one by one.
void put_groups(Data& data, const ViewContext& context) {
  const Report& report = context.report;
  const ViewOptions& options = context.options;
  std::map<std::string_view, std::size_t> by_state;
  for (const std::size_t i : context.facts.order) ++by_state[state_of(report, i)];
  List counts;
  std::vector<std::string> counted;
  for (const char* state : k_states) {
    if (by_state[state] == 0) continue;
    Data count;
    put(count, "state", state);
    counted.push_back(context.phrases.say(std::string("count_") + state, Data("n", std::to_string(by_state[state]))));
    put(count, "text", counted.back());
    counts.push_back(std::move(count));
  }
  put(data, "counts_line", text::join(counted, ", "));
  put_list(data, "counts", counts);
  List top;
  List all;
  List flagged;
  List undecided;
  List failed;
  List vanished;
  List added;
  List details;
  List quiet_details;
  top.reserve(options.top);
  std::size_t worth_a_row = 0;
  for (const std::size_t i : context.facts.order) {
    const std::string_view state = state_of(report, i);
    const bool quiet = state == "ok" || state == "new" || state == "gone";
    worth_a_row += quiet ? 0 : 1;
    if (!quiet && top.size() < options.top) top.push_back(row_of(context, i));
    if (all.size() < options.rows) all.push_back(row_of(context, i));
    const Presence presence = report.comparisons[i].presence;
    if (presence == Presence::failed_on_head && failed.size() < options.named) failed.push_back(row_of(context, i));
    if (presence == Presence::only_base && vanished.size() < options.named) vanished.push_back(row_of(context, i));
    if (presence == Presence::only_head && added.size() < options.named) added.push_back(row_of(context, i));
    const bool shown = details.size() < options.details;
    if (shown && !quiet && options.block) details.push_back(Data("block", options.block(detail_of(context, i))));
    if (quiet && options.block && quiet_details.size() < options.details)
      quiet_details.push_back(Data("block", options.block(detail_of(context, i))));
    if (options.block) continue;
    const bool criteria = !report.comparisons[i].criteria.empty();
    if (shown && criteria && !quiet && state != "undecided" && flagged.size() < options.details)
      flagged.push_back(detail_of(context, i));
    if (state == "undecided" && undecided.size() < options.details) undecided.push_back(detail_of(context, i));
  }
  const std::size_t total = context.facts.order.size();
  put(data, "top_more", worth_a_row > top.size() ? Data(std::to_string(worth_a_row - top.size())) : Data(false));
  put(data, "all_more", total > all.size() ? Data(std::to_string(total - all.size())) : Data(false));
  put_list(data, "top", top);
  put_list(data, "all", all);
  put_list(data, "details", details);
  put_list(data, "quiet_details", quiet_details);
  put(data, "scale", format_share(context.scale));
  put_list(data, "flagged", flagged);
  put_list(data, "undecided", undecided);
  put_list(data, "failed", failed);
  put_list(data, "vanished", vanished);
  put_list(data, "added", added);
}

// How benchmarks were run, for a report without their details: once, with the first of them.
void add_unequal_repetitions(const Report& report, std::vector<Warning>& warnings) {
  std::size_t found = 0;
  Warning said;
  for (const Comparison& comparison : report.comparisons)
    for (const Warning& warning : comparison.warnings) {
      if (warning.code != "unequal-repetitions" || ++found > 1) continue;
      said = {warning.code, comparison.id.suite + "/" + comparison.id.benchmark + ": " + warning.text};
    }
  if (found > 1) said.text += fmt::format(" (and {} more)", found - 1);
  if (found > 0) warnings.push_back(std::move(said));
}

void put_run(Data& data, const ViewContext& context) {
  const Report& report = context.report;
  const auto named = [&](const std::string& s) { return some(s.empty() ? "" : context.name(s)); };
  put(data, "project", named(report.project));
  put(data, "base_run", side(context, report.base));
  put(data, "head_run", side(context, report.head));
  put(data, "has_base", !report.base.run.commit.empty() || !report.base.label.empty());
  std::string design = "design_" + text::replace_all(std::string(name_of(report.design)), "-", "_");
  put(data, "design", context.phrases.say(design));
  put(data, "benchmarks", std::to_string(context.facts.benchmarks));
  put(data, "series", std::to_string(context.facts.order.size()));
  put(data, "many_metrics", context.facts.many_metrics);
  const bool one_metric = !context.facts.many_metrics && !report.comparisons.empty();
  put(data, "the_metric", one_metric ? named(report.comparisons.front().id.metric) : Data(false));
  put(data, "noise", std::isnan(context.facts.noise) ? Data(false) : Data(format_share(context.facts.noise)));
  put(data, "confidence_level", levels_text(context.facts, report.statistics));
  put(data, "false_alarms",
      context.facts.adaptive ? Data(fmt::format("{:.3g} %", 100 * report.statistics.false_alarms)) : Data(false));
  put(data, "significance", format_level(report.statistics.significance));
  put(data, "min_effect", format_level(report.statistics.min_effect));
  put(data, "runs", some(runs_text(context.facts)));
  put(data, "measured", report.measured_s > 0 ? Data(format_duration(report.measured_s)) : Data(false));
  put(data, "seed", std::to_string(report.seed));
  put(data, "version", context.prose(report.tool_version));
  put(data, "config_file", named(report.config_file));
  put(data, "config_hash", named(report.config_hash));
  put(data, "time", some(report.time.empty() ? "" : context.prose(report.time)));
  put(data, "reproduce", some(report.reproduce.empty() ? "" : command_in(context.options.medium, report.reproduce)));
  put(data, "fence", fence_for(report.reproduce));
  put_list(data, "environment", environment_of(context));
  put_list(data, "differences", differences_of(context));
  std::vector<Warning> warnings = report.verdict.warnings;
  std::copy_if(report.warnings.begin(), report.warnings.end(), std::back_inserter(warnings),
               [](const Warning& warning) { return warning.code != k_functions_aligned; });  // said by compared()
  if (context.options.details == 0) add_unequal_repetitions(report, warnings);
  put_list(data, "warnings", warnings_of(context, warnings));
  put_links(data, report);
}

void put_profiles(Data& data, const ViewContext& context) {
  const ViewOptions& options = context.options;
  List profiles;
  for (const ProfileDiff& evidence : context.report.evidence) {
    if (!options.profile || profiles.size() >= options.profiles) break;
    Data names = evidence_data(evidence, context.report.verdict.findings, context.phrases,
                               {options.medium, options.functions, options.columns});
    profiles.push_back(Data("block", options.profile(names)));
  }
  const std::size_t left_out = context.report.evidence.size() - profiles.size();
  put(data, "profiles_more", left_out > 0 && options.profile ? Data(std::to_string(left_out)) : Data(false));
  put_list(data, "profiles", profiles);
}

}  // namespace

std::string_view state_of(const Report& report) {
  if (report.verdict.overridden && report.verdict.conclusion != Conclusion::fail) return "accepted";
  if (report.verdict.counts.failed > 0) return "fail";
  switch (report.verdict.conclusion) {
    case Conclusion::pass:
      return facts_of(report).ungated_worse.empty() ? "pass" : "warned";
    case Conclusion::fail:
      return report.mode == Mode::observe ? "observed" : "fail";
    case Conclusion::inconclusive:
      return "undecided";
    case Conclusion::no_baseline:
      return "unknown";
    case Conclusion::skipped:
      return "skipped";
    case Conclusion::failed:
      return "fail";
  }
  return "unknown";
}

Data make_view(const Report& report, const Phrases& phrases, const ViewOptions& options) {
  const Facts facts = facts_of(report);
  const Speaker speaker(report, facts, phrases, options.medium);
  ViewContext context{report, facts, phrases, speaker, options, {}, forest_scale(report.comparisons)};
  for (std::size_t i = 0; i < report.verdict.findings.size(); ++i)
    context.findings_by_series[report.verdict.findings[i].series].push_back(i);
  Data data;
  put_verdict(data, context);
  put_groups(data, context);
  put_run(data, context);
  put_profiles(data, context);
  put(data, "model", model_data(options.medium, report.assistance));
  put_list(data, "endpoints", endpoint_list(options.medium, report.endpoints));
  put_list(data, "links", link_list(options.medium, links_of(report, phrases)));
  put_list(data, "why", why_list(options.medium, report.hypotheses));
  put(data, "analysis", analysis_data(options.medium, report.analysis, phrases));
  return data;
}

}  // namespace perfwarden::report
