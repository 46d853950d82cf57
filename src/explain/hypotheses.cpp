#include "explain/hypotheses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/text.hpp"

namespace perfwarden::explain {
namespace {

constexpr double k_worth_saying = 0.1;  // of the change
constexpr double k_part = 0.3, k_most_of_it = 0.7;
constexpr double k_counter_change = 0.05;  // of a counter, below which it explains nothing
constexpr double k_unfair_rank = 3, k_unknown_rank = 0.3, k_specific = 0.05;

std::string percent_of(double fraction) {
  return fmt::format("{:.0f} %", fraction * 100);
}
std::string signed_percent(double fraction) {
  return fmt::format("{:+.1f} %", fraction * 100);
}

const CauseKind& kind_of(std::string_view kind) {
  const auto& all = cause_kinds();
  const auto found = std::find_if(all.begin(), all.end(), [kind](const CauseKind& one) { return one.kind == kind; });
  return found == all.end() ? all.back() : *found;
}

// What is slower, by how much.
struct Slower {
  std::string suite, benchmark, metric;
  double change = 0;  // a fraction of base, > 0
  [[nodiscard]] double ratio() const { return 1 + change; }
};

struct Candidate {
  Hypothesis hypothesis;
  double rank = 0;
};

class Explainer {
 public:
  Explainer(const Report& report, Slower slower) : report_(report), slower_(std::move(slower)) {
    for (const ProfileDiff& diff : report.evidence)
      if (diff.suite == slower_.suite && diff.benchmark == slower_.benchmark && !counts_memory(diff.type))
        profile_ = &diff;
    for (const ChangeCause& cause : report.causes)
      if (cause.suite == slower_.suite && cause.benchmark == slower_.benchmark) cause_ = &cause;
  }

  std::vector<Hypothesis> explain() {
    by_build();
    by_machine();
    by_patterns();
    by_functions();
    by_counters();
    by_changed_code();
    by_dependencies();
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.rank > b.rank; });
    std::vector<Hypothesis> out;
    std::set<std::string> kinds;
    for (Candidate& one : found_) {
      if (out.size() >= k_most_hypotheses) break;
      if (kinds.insert(one.hypothesis.kind).second) out.push_back(std::move(one.hypothesis));
    }
    return out;
  }

 private:
  // `share` NaN: not known. `subject` begins the claim: "malloc under parse".
  void add(std::string_view kind, const std::string& subject, double share, std::vector<std::string> evidence,
           double rank) {
    if (share < k_worth_saying) return;  // false for NaN
    Hypothesis out;
    out.suite = slower_.suite;
    out.benchmark = slower_.benchmark;
    out.kind = std::string(kind);
    out.share = std::isnan(share) ? share : std::min(1.0, share);
    const CauseKind& row = kind_of(kind);
    const std::string change = signed_percent(slower_.change);
    if (std::isnan(share))
      out.claim = fmt::format("{}: {} may account for {}, how much of it is not known", row.words, subject, change);
    else if (share >= k_most_of_it)
      out.claim = fmt::format("{}: {} accounts for {} of {}", row.words, subject, percent_of(out.share), change);
    else if (share >= k_part)
      out.claim =
          fmt::format("{}: {} accounts for a part, {} of {}", row.words, subject, percent_of(out.share), change);
    else
      out.claim =
          fmt::format("{}: {} accounts for little, {} of {}", row.words, subject, percent_of(out.share), change);
    out.evidence = std::move(evidence);
    out.refute = std::string(row.refute);
    found_.push_back({std::move(out), rank});
  }

  // The part of the change that a share's growth makes up. Of a profile by operation the numbers are fractions of
  // base's total already.
  [[nodiscard]] double part_of_change(const Share& share) const {
    if (profile_->normalization == Normalization::share)
      return (share.head * slower_.ratio() - share.base) / slower_.change;
    return share.delta() / slower_.change;
  }

  [[nodiscard]] static std::string from_to(const Share& share) {
    return fmt::format("{:.1f} % -> {:.1f} %", share.base * 100, share.head * 100);
  }

  void by_build() {
    for (const BuildDifference& one : report_.build_differences) {
      if (one.suite != slower_.suite) continue;
      const bool unfair = one.what == "sanitizer" || one.what == "optimisation";
      add(one.what, fmt::format("base has {}, head has {}", one.base, one.head), k_nan,
          {fmt::format("{}: base {}, head {}", one.what, one.base, one.head)}, unfair ? k_unfair_rank : 0.5);
    }
  }

  void by_machine() {
    for (const MachineDifference& one : report_.machine_differences)
      add("machine", fmt::format("{} differs ({} and {})", one.fact, one.base, one.head), k_nan,
          {fmt::format("{}: base {}, head {}", one.fact, one.base, one.head)}, k_unfair_rank - 1);
    for (const Warning& warning : report_.warnings)
      if (warning.code.starts_with("machine-")) add("busy-machine", warning.code, k_nan, {warning.text}, 0.2);
  }

  // Hits of one category lie below different callers, so that their shares add up.
  void by_patterns() {
    if (profile_ == nullptr) return;
    struct Group {
      double share = 0;
      const PatternHit* largest = nullptr;
      std::vector<std::string> evidence;
    };
    std::map<std::string, Group> groups;
    for (const PatternHit& hit : profile_->patterns) {
      const std::string where = hit.culprit.empty() ? hit.frame : fmt::format("{} under {}", hit.frame, hit.culprit);
      const std::string seen =
          fmt::format("{}: {} of {} (rule {})", where, from_to(hit.share), profile_->type.name, hit.id);
      if (hit.unfair) {
        const bool runtime =
            hit.id.find("sanitizer") != std::string::npos || hit.id.find("coverage") != std::string::npos;
        add(runtime ? "sanitizer" : "optimisation", where, k_nan, {seen, hit.advice}, k_unfair_rank);
        continue;
      }
      Group& group = groups[hit.category];
      group.share += part_of_change(hit.share);
      group.evidence.push_back(seen);
      if (group.largest == nullptr || hit.share.delta() > group.largest->share.delta()) group.largest = &hit;
    }
    for (auto& [category, group] : groups) {
      const PatternHit& hit = *group.largest;
      const std::string where = hit.culprit.empty() ? hit.frame : fmt::format("{} under {}", hit.frame, hit.culprit);
      group.evidence.push_back(hit.advice);
      add(category, where, group.share, std::move(group.evidence), std::min(1.0, group.share) + k_specific);
    }
  }

  // What a rule has a name for already.
  [[nodiscard]] bool is_named_by_rule(const FrameDelta& frame) const {
    return std::any_of(profile_->patterns.begin(), profile_->patterns.end(),
                       [&](const PatternHit& hit) { return hit.frame == frame.name; });
  }

  [[nodiscard]] bool ran_and_changed(const std::string& function) const {
    return cause_ != nullptr && std::any_of(cause_->ran.begin(), cause_->ran.end(), [&](const std::string& one) {
             return one == function || one.starts_with(function + "(") || function.starts_with(one + "(");
           });
  }

  void by_functions() {
    if (profile_ == nullptr) return;
    for (const FrameDelta& frame : profile_->frames) {
      if (frame.change != FrameChange::regression && frame.change != FrameChange::added) continue;
      const bool changed = ran_and_changed(frame.name);
      if ((frame.by_total && !changed) || is_named_by_rule(frame)) continue;
      const Share& share = frame.by_total ? frame.total : frame.self;
      std::vector<std::string> evidence{fmt::format("{}{}: {} of {}", frame.name,
                                                    frame.by_total ? " with what it calls" : "", from_to(share),
                                                    profile_->type.name)};
      if (changed) evidence.push_back(fmt::format("{} differs between base and head, and ran", frame.name));
      const double part = part_of_change(share);
      const std::string_view kind = changed                              ? "changed-code"
                                    : frame.change == FrameChange::added ? "new-hotspot"
                                                                         : "hotspot";
      add(kind, frame.name, part, std::move(evidence), std::min(1.0, part) - (frame.by_total ? 0.2 : 0));
    }
  }

  [[nodiscard]] std::optional<CounterChange> counter(std::string_view name) const {
    for (const CounterChange& one : report_.counters)
      if (one.suite == slower_.suite && one.counter == name && one.base > 0) return one;
    return std::nullopt;
  }

  // Counters are of whole processes: of a harness that adapts its rounds they say nothing about work, only about each
  // instruction.
  void by_counters() {
    const auto wall = counter("wall_time");
    const bool adapts = wall && std::abs(wall->head / wall->base - 1) < slower_.change / 2;
    if (!adapts) by_time(wall);
    by_instructions(adapts);
  }

  void by_time(const std::optional<CounterChange>& wall) {
    const auto cpu = counter("cpu_time"), system = counter("system_time"), faults = counter("page_faults");
    if (!wall || !cpu) return;
    const double grown = wall->head - wall->base;
    if (!(grown > 0)) return;
    // A busy machine makes base wait too, in proportion to what it runs.
    const double waited = (wall->head - cpu->head * wall->base / cpu->base) / grown;
    if (const auto switches = counter("context_switches"); waited > k_part)
      add("waiting", "time in which it did not run", waited,
          {fmt::format("processor time grew by {:.3g} s of {:.3g} s", cpu->head - cpu->base, grown),
           switches ? fmt::format("context switches: {:.0f} -> {:.0f}", switches->base, switches->head) : ""},
          waited - k_specific);
    if (!system) return;
    const double in_kernel = (system->head - system->base) / grown;
    const bool faulted = faults && faults->head > 1.2 * faults->base && faults->head - faults->base > 1000;
    if (in_kernel > k_part || faulted)
      add(faulted ? "page-faults" : "system-calls", faulted ? "first touches of memory" : "time in the kernel",
          in_kernel,
          {fmt::format("system time: {:.3g} s -> {:.3g} s", system->base, system->head),
           faults ? fmt::format("page faults: {:.0f} -> {:.0f}", faults->base, faults->head) : ""},
          in_kernel + (faulted ? k_specific : 0));
  }

  void by_instructions(bool adapts) {
    const auto instructions = counter("instructions"), cycles = counter("cycles");
    if (!instructions || !cycles) return;
    const double each = cycles->head / instructions->head / (cycles->base / instructions->base);
    const double all = std::log(slower_.ratio());
    if (each > 1 + k_counter_change) {
      const double share = std::log(each) / all;
      std::string_view kind = "worse-cycles";
      std::vector<std::string> evidence{fmt::format("cycles for each instruction: {:.2f} -> {:.2f}",
                                                    cycles->base / instructions->base,
                                                    cycles->head / instructions->head)};
      for (const auto& [name, meant] :
           {std::pair{"cache_misses", "cache-misses"}, {"branch_misses", "branch-misses"}}) {
        const auto misses = counter(name);
        if (!misses) continue;
        const double base = misses->base / instructions->base * 1000, head = misses->head / instructions->head * 1000;
        evidence.push_back(
            fmt::format("{} for 1000 instructions: {:.2f} -> {:.2f}", text::replace_all(name, "_", " "), base, head));
        if (head > 1.5 * base && head - base > 0.5 && kind == "worse-cycles") kind = meant;
      }
      add(kind, "the processor, which takes longer for each instruction,", share, std::move(evidence),
          std::min(1.0, share));
    }
    const double work = instructions->head / instructions->base;
    if (adapts || work < 1 + k_counter_change) return;
    const double share = std::log(work) / all;
    const bool same_code = cause_ != nullptr && cause_->cause == Cause::changed_code && cause_->ran.empty();
    const bool evenly =
        profile_ == nullptr ||
        !std::any_of(profile_->frames.begin(), profile_->frames.end(), [](const FrameDelta& one) {
          return !one.by_total && (one.change == FrameChange::regression || one.change == FrameChange::added);
        });
    add(same_code || evenly ? "more-work" : "instructions", "more instructions", share,
        {fmt::format("instructions: {:.4g} -> {:.4g}", instructions->base, instructions->head),
         evenly ? "no function's share of the time grew" : ""},
        std::min(1.0, share) * (evenly ? 0.9 : 0.4));
  }

  void by_changed_code() {
    if (cause_ == nullptr || cause_->cause != Cause::changed_code || cause_->ran.empty()) return;
    std::vector<std::string> named(
        cause_->ran.begin(),
        cause_->ran.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(3, cause_->ran.size())));
    add("changed-code", text::join(named, ", "), k_nan,
        {fmt::format("{} of {} functions that differ ran", cause_->ran.size(), cause_->changed)},
        cause_->ran.size() <= 3 ? k_unknown_rank : 0.15);
  }

  // A file of the side that is not a program: "{side}/input.txt differs".
  [[nodiscard]] static bool is_input(const std::string& reason) {
    return reason.starts_with("{side}/") && reason.ends_with(" differs") && reason.find(": ") == std::string::npos;
  }

  void by_dependencies() {
    for (const SuiteIdentity& one : report_.head.run.identities) {
      if (one.suite != slower_.suite || one.answer != SameProgram::different || one.reasons.empty()) continue;
      // Then nothing else can have done it.
      if (std::all_of(one.reasons.begin(), one.reasons.end(), is_input)) {
        std::vector<std::string> evidence = one.reasons;
        evidence.push_back("nothing else that was read or run differs");
        add("input", "the only difference", 1, std::move(evidence), 1 + 2 * k_specific);
        continue;
      }
      for (const std::string& reason : one.reasons) {
        if (reason.find(".so") != std::string::npos) add("dependency", "another shared library", k_nan, {reason}, 0.25);
        if (is_input(reason)) add("input", "another input", k_nan, {reason}, 0.2);
      }
    }
  }

  const Report& report_;
  Slower slower_;
  const ProfileDiff* profile_ = nullptr;
  const ChangeCause* cause_ = nullptr;
  std::vector<Candidate> found_;
};

// Each benchmark once, by the metric that a person means first: its time.
std::vector<Slower> slower_ones(const Report& report) {
  std::map<std::pair<std::string, std::string>, std::vector<const Comparison*>> worse;  // by name and metric
  for (const Comparison& one : report.comparisons)
    if (one.worse_by() > 0)
      worse[{one.id.suite.empty() ? one.id.benchmark : one.id.suite + "/" + one.id.benchmark, one.id.metric}].push_back(
          &one);
  std::map<std::pair<std::string, std::string>, Slower> out;
  std::vector<std::pair<std::string, std::string>> order;
  for (const AnalysisEntry& entry : report.analysis.entries) {
    if (entry.subject != AnalysisSubject::benchmark || entry.change != AnalysisChange::regression) continue;
    for (const Comparison* comparison : worse[{entry.name, entry.metric}]) {
      const Comparison& one = *comparison;
      const auto key = std::pair(one.id.suite, one.id.benchmark);
      const Slower slower{one.id.suite, one.id.benchmark, one.id.metric, one.worse_by()};
      const auto [at, added] = out.try_emplace(key, slower);
      if (added) order.push_back(key);
      if (!added && one.metric.unit == "s" && at->second.metric != "wall_time") at->second = slower;
    }
  }
  std::vector<Slower> sorted;
  sorted.reserve(order.size());
  for (const auto& key : order) sorted.push_back(out.at(key));
  std::stable_sort(sorted.begin(), sorted.end(), [](const Slower& a, const Slower& b) { return a.change > b.change; });
  return sorted;
}

// What ran is the same, so that only where it lies can have done it.
std::vector<Hypothesis> by_placement(const Report& report) {
  std::vector<Hypothesis> out;
  for (std::size_t i = 0; i < report.comparisons.size() && i < report.verdict.judgements.size(); ++i) {
    const Comparison& one = report.comparisons[i];
    if (report.verdict.judgements[i].outcome != Outcome::placement || !(one.worse_by() > 0)) continue;
    const CauseKind& row = kind_of("placement");
    out.push_back({.suite = one.id.suite,
                   .benchmark = one.id.benchmark,
                   .kind = "placement",
                   .claim = fmt::format("{}: the same instructions at other addresses account for all of {}", row.words,
                                        signed_percent(one.worse_by())),
                   .share = 1,
                   .evidence = {"no function that differs ran on either side, and everything else is equal"},
                   .refute = std::string(row.refute)});
  }
  return out;
}

}  // namespace

const std::vector<CauseKind>& cause_kinds() {
  constexpr std::string_view k_profile =
      "perfwarden profile record --runs 3 -o DIR/ -- COMMAND, on both sides: equal shares refute it";
  constexpr std::string_view k_stat =
      "perf stat -r 10 -e instructions,cycles,cache-misses,branch-misses,page-faults,context-switches -- COMMAND, on "
      "both sides: equal counts refute it";
  static const std::vector<CauseKind> k_kinds{
      {"allocation", "allocation",
       "ltrace -c -e malloc -- COMMAND, or count: [allocations] in the suite: equal counts refute it"},
      {"copy", "copying", k_profile},
      {"lock", "a lock",
       "perf stat -e context-switches -r 10 -- COMMAND, on both sides: equal counts and a single thread refute it"},
      {"io", "input and output", "strace -c -f -- COMMAND, on both sides: equal calls refute it"},
      {"text", "text handling", k_profile},
      {"exceptions", "exceptions",
       "perf stat -e probe_libstdc++:throw or a breakpoint at __cxa_throw: equal counts refute it"},
      {"garbage-collection", "garbage collection", k_profile},
      {"page-faults", "page faults",
       "perf stat -r 10 -e page-faults -- COMMAND, on both sides: equal counts refute it"},
      {"depth", "a deep chain of calls", k_profile},
      {"dispatch", "dispatch of calls", k_profile},
      {"containers", "containers", k_profile},
      {"compute", "computation", k_profile},
      {"clock", "reading the clock", "strace or perf trace -s -- COMMAND, on both sides: equal calls refute it"},
      {"changed-code", "changed code that ran",
       "git revert of that function alone, then perfwarden check: still slower refutes it"},
      {"new-hotspot", "new code", k_profile},
      {"hotspot", "a function that takes longer", k_profile},
      {"waiting", "waiting",
       "perf stat -r 10 -e context-switches,task-clock -- COMMAND, on both sides: equal task-clock and times refute "
       "it"},
      {"system-calls", "system calls", "strace -c -f -- COMMAND, on both sides: equal calls refute it"},
      {"cache-misses", "cache misses", k_stat},
      {"branch-misses", "mispredicted branches", k_stat},
      {"worse-cycles", "slower instructions", k_stat},
      {"instructions", "more instructions", k_stat},
      {"more-work", "more work in the same code",
       "run base with head's input: as slow as head confirms it, as fast as before refutes it"},
      {"sanitizer", "a sanitizer or coverage on one side",
       "nm -D PROGRAM | grep -E '__(asan|tsan|ubsan|msan|gcov)', on both sides: equal output refutes it"},
      {"optimisation", "another optimisation or a debug build",
       "readelf --debug-dump=info PROGRAM | grep -m1 producer, on both sides: equal lines refute it"},
      {"compiler", "another compiler", "readelf -p .comment PROGRAM, on both sides: equal lines refute it"},
      {"flags", "other compiler flags",
       "readelf --debug-dump=info PROGRAM | grep -m1 producer, on both sides: equal lines refute it"},
      {"dependency", "another dependency",
       "ldd PROGRAM and sha256sum of each library, on both sides: equal sums refute it"},
      {"input", "another input", "sha256sum of the files that it reads, on both sides: equal sums refute it"},
      {"machine", "another machine", "perfwarden check on one machine, both sides in turn: still slower refutes it"},
      {"busy-machine", "a busy machine", "perfwarden check again on a quiet machine: still slower refutes it"},
      {"placement", "placement", "layouts: 8 in the suite, then perfwarden check: slower over all layouts refutes it"},
      {"other", "something else", k_profile}};
  return k_kinds;
}

std::vector<Hypothesis> find_hypotheses(const Report& report) {
  std::vector<Hypothesis> out = by_placement(report);
  for (const Slower& slower : slower_ones(report)) {
    std::vector<Hypothesis> found = Explainer(report, slower).explain();
    for (Hypothesis& one : found) std::erase(one.evidence, "");
    out.insert(out.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }
  return out;
}

}  // namespace perfwarden::explain
