#include "measure/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "measure/attempts.hpp"
#include "measure/command.hpp"
#include "measure/count.hpp"
#include "measure/output.hpp"
#include "measure/pace.hpp"
#include "measure/pairs.hpp"
#include "measure/step.hpp"

namespace perfwarden::measure {
namespace {

constexpr double k_hurried_teardown_s = 5;     // GitHub kills 10 s after it asks to stop
constexpr std::size_t k_shown_in_failure = 3;  // of a failing run

using SideKey = std::pair<std::size_t, Side>;  // suite, side

class Runner {
 public:
  Runner(const Plan& plan, const Children& sides, os::Processes& processes, os::Clock& clock, const Hooks& hooks)
      : plan_(plan),
        sides_(sides),
        processes_(processes),
        clock_(clock),
        hooks_(hooks),
        inspection_(hooks.inspection),
        pace_(plan),
        attempts_(plan),
        disturbed_(plan),
        start_s_(clock.monotonic_s()) {
    for (std::size_t i = 0; i < plan.suites.size(); ++i)
      if (plan.suites[i].life == Life::gone) raw_.absent.emplace(i, Side::head);
  }

  Result<Raw> go() {
    tell_missing_events();
    Status status = build_all();
    const bool built = status && raw_.base_not_built.empty() && !raw_.interrupted;
    if (built && raw_.failed_on_head.empty() && hooks_.built && !build_s_.empty()) hooks_.built(build_s_);
    if (built && inspection_ != nullptr) inspection_->built();
    if (built) status = measure_all(plan_.steps);
    if (built && status && !raw_.interrupted) status = measure_all(steps_of_head_alone());
    while (built && status && !raw_.interrupted && hooks_.more) {
      raw_.spent_s = pace_.spent_s();
      const Result<std::vector<Step>> steps = hooks_.more(raw_);
      if (!steps) status = steps.error();
      if (!steps || steps->empty()) break;
      pace_.add(*steps);
      status = measure_all(*steps);
    }
    if (built && status && !raw_.interrupted && inspection_ != nullptr) status = inspection_->ended();
    if (built && status && !raw_.interrupted)
      status = count(
          plan_, sides_, processes_, clock_, [this](const std::string& what) { tell_of_count(what); },
          [this](std::size_t suite, Side side) { return is_measured(suite, side); }, raw_);
    tear_down();
    tell("");
    tell_disturbances();
    if (!status) return std::move(status).error();
    if (plan_.two_sided) drop_halves(raw_.invocations, [this](const Step& step) { return needs_both_sides(step); });
    return std::move(raw_);
  }

 private:
  // The steps, and then once more those pairs that something disturbed.
  Status measure_all(const std::vector<Step>& steps) {
    PW_TRY(carry_out_all(steps));
    std::vector<Step> last = steps;
    while (!raw_.interrupted) {
      std::vector<RawInvocation> spoilt;
      last = to_repeat(last, spoilt);
      if (last.empty()) break;
      pace_.add(last);
      const Status status = carry_out_all(last);
      if (raw_.interrupted) put_back(std::move(spoilt));
      PW_TRY(status);
    }
    return Nothing{};
  }

  // Takes away what was measured in disturbed pairs, and gives their steps, in their order.
  std::vector<Step> to_repeat(const std::vector<Step>& steps, std::vector<RawInvocation>& spoilt) {
    const std::set<PairKey> keys =
        disturbed_.to_repeat([this](std::size_t suite) { return !pace_.is_out_of_time(suite); });
    move_pairs(keys, raw_.invocations, spoilt);
    std::vector<Step> again;
    std::copy_if(steps.begin(), steps.end(), std::back_inserter(again),
                 [&](const Step& step) { return step.kind == Step::Kind::measure && keys.contains(key_of(step)); });
    return again;
  }

  // A signal came before all of them were measured again: what there was is kept.
  void put_back(std::vector<RawInvocation> spoilt) {
    std::set<PairKey> keys;
    for (const RawInvocation& one : spoilt) keys.insert(key_of(one.step));
    std::vector<RawInvocation> again;
    move_pairs(keys, raw_.invocations, again);
    std::move(spoilt.begin(), spoilt.end(), std::back_inserter(raw_.invocations));
  }

  void tell_disturbances() {
    if (hooks_.watch == nullptr) return;
    for (Warning& warning : disturbed_.warnings()) raw_.warnings.push_back(std::move(warning));
    for (Warning& warning : hooks_.watch->warnings()) raw_.warnings.push_back(std::move(warning));
  }

  Status carry_out_all(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      if (step.kind == Step::Kind::teardown || step.kind == Step::Kind::build) continue;
      if (step.kind == Step::Kind::measure) PW_TRY(decide_what_to_measure());
      if (!is_wanted(step)) {
        pace_.skipped(step);
        continue;
      }
      PW_TRY(carry_out(step));
      if (raw_.interrupted) break;
    }
    return Nothing{};
  }

  // ---- what an inspection decides

  // Once, when the warm-ups have ended.
  Status decide_what_to_measure() {
    if (inspection_ == nullptr || decided_) return Nothing{};
    decided_ = true;
    PW_TRY_ASSIGN(to_measure_, inspection_->decide(raw_.warnings));
    for (const auto& [suite, what] : to_measure_)
      if (what != ToMeasure::both_sides) raw_.settled.push_back(suite);
    return Nothing{};
  }

  [[nodiscard]] ToMeasure to_measure(std::size_t suite) const {
    const auto found = to_measure_.find(suite);
    return found == to_measure_.end() ? ToMeasure::both_sides : found->second;
  }

  [[nodiscard]] bool is_measured(std::size_t suite, Side side) const {
    const ToMeasure what = to_measure(suite);
    return what == ToMeasure::both_sides || (what == ToMeasure::head_alone && side == Side::head);
  }

  // As many as of a side that has nothing to be compared with; the plan has those of the first pairs.
  [[nodiscard]] std::vector<Step> steps_of_head_alone() const {
    std::vector<Step> steps;
    for (const auto& [suite, what] : to_measure_) {
      if (what != ToMeasure::head_alone) continue;
      const Iterations& iterations = plan_.suites[suite].iterations;
      for (int i = iterations.min; i < iterations.alone(); ++i)
        for (std::size_t c = 0; c < std::max<std::size_t>(1, plan_.suites[suite].cases.size()); ++c)
          steps.push_back({Step::Kind::measure, Side::head, suite, c, i, {}});
    }
    return steps;
  }

  // Both members of a pair get the same answer: the first that asks decides.
  bool is_wanted(const Step& step) {
    if (raw_.absent.contains({step.suite, step.side})) return false;
    if (raw_.failed_on_head.contains(step.suite)) return names_benchmarks(step);
    if (!is_run(step)) return true;
    if (step.kind == Step::Kind::measure && !is_measured(step.suite, step.side)) return false;
    if (step.kind == Step::Kind::warmup) return !attempts_.is_given_up(step);
    const PairKey key = key_of(step);
    const auto decided = wanted_.find(key);
    if (decided != wanted_.end()) return decided->second;
    const bool wanted = !attempts_.is_given_up(step) && !is_out_of_time(step);
    wanted_.emplace(key, wanted);
    return wanted;
  }

  // Of a suite that fails on head: base runs until each of its cases has run well once.
  [[nodiscard]] bool names_benchmarks(const Step& step) const {
    if (step.side == Side::head) return false;
    if (!is_run(step)) return true;
    return step.kind == Step::Kind::measure && !attempts_.fails_on_its_side(step) &&
           std::none_of(raw_.invocations.begin(), raw_.invocations.end(), [&step](const RawInvocation& one) {
             return one.ok && one.step.suite == step.suite && one.step.case_index == step.case_index &&
                    one.step.side == step.side;
           });
  }

  bool is_out_of_time(const Step& step) {
    const Suite& suite = plan_.suites[step.suite];
    if (step.invocation < suite.iterations.min || !pace_.is_out_of_time(step.suite)) return false;
    if (cut_short_.insert(step.suite).second)
      raw_.warnings.push_back({"max-time", fmt::format("{}: stopped after {} runs{}, since max-time: {:g}s is over",
                                                       text::one_line(suite.name), step.invocation,
                                                       plan_.two_sided ? " a side" : "", suite.iterations.max_time_s)});
    return true;
  }

  Status carry_out(const Step& step) {
    tell(what_of(plan_, step));
    begun_.insert({step.suite, step.side});
    PW_TRY_ASSIGN(os::Command command, command_of(plan_, step, sides_));
    if (is_run(step) && attempts_.is_first(step)) PW_TRY(check_inputs(plan_, step, command));
    if (inspection_ != nullptr) PW_TRY(inspection_->before(step));
    // Of a benchmark. It removes what the side's run before left, which nobody else may have changed until now.
    std::optional<Output> output;
    if (is_run(step)) output.emplace(plan_, step, sides_);
    Ended ended =
        is_traced(step) ? trace_command(step, command) : run_command(command, step.kind == Step::Kind::measure);
    if (inspection_ != nullptr) inspection_->after(step);
    pace_.took(step, ended.seconds);
    if (ended.result.interrupted) {
      raw_.interrupted = true;
      return Nothing{};
    }
    if (output) {
      if (const auto warning = pace_.too_short(step.suite); warning && hooks_.warning) hooks_.warning(*warning);
      return note_run(step, command, ended, *output);
    }
    if (ended.ok()) return Nothing{};
    return fail(step, failure_of(plan_, step, command, ended));
  }

  // Of an excerpt, whose lines begin with a bar: "a | b".
  static std::string last_lines_of(const Error& error) {
    const std::string joined = text::replace_all(error.excerpt, "\n  | ", " | ");
    return text::one_line(joined.starts_with("  | ") ? joined.substr(4) : joined);
  }

  // A suite that comes or goes with head need not run on the side whose config does not name it: it is new, or has
  // vanished. On head it may fail where the plan says so. Everything else is the Error.
  Status fail(const Step& step, Error error) {
    const Life life = plan_.suites[step.suite].life;
    const bool may_lack = step.side == Side::base ? life == Life::comes : life == Life::goes;
    const bool may_fail = step.side == Side::head && plan_.head_may_fail;
    if (!may_lack && !may_fail) return error;
    std::erase_if(raw_.invocations, [&step](const RawInvocation& one) {
      return one.step.suite == step.suite && one.step.side == step.side;
    });
    if (!may_lack) {
      std::string reason = error.what + (error.excerpt.empty() ? "" : ": " + last_lines_of(error));
      raw_.failed_on_head.try_emplace(step.suite, SuiteFailure{std::move(error), std::move(reason)});
      return Nothing{};
    }
    raw_.absent.emplace(step.suite, step.side);
    raw_.warnings.push_back(
        {step.side == Side::base ? "suite-is-new" : "suite-vanished",
         fmt::format("the config of {} does not name the suite '{}', which does not run there: it {} ({})",
                     perfwarden::name_of(step.side), text::one_line(plan_.suites[step.suite].name),
                     step.side == Side::base ? "is new" : "has vanished",
                     error.excerpt.empty() ? error.what : error.what + ": " + last_lines_of(error))});
    return Nothing{};
  }

  Ended run_command(os::Command& command, bool measuring) {
    if (hooks_.progress) command.on_wait = [this, measuring] { tell(what_, measuring); };
    const double began_s = clock_.monotonic_s();
    if (hooks_.watch != nullptr && command.count_events) hooks_.watch->begin(command.cpus);
    Result<os::ProcessResult> result = processes_.run(command);
    return ended_of(std::move(result), clock_.monotonic_s() - began_s);
  }

  [[nodiscard]] bool is_traced(const Step& step) const {
    return inspection_ != nullptr && step.kind == Step::Kind::warmup && step.invocation == 0;
  }

  Ended trace_command(const Step& step, os::Command& command) {
    if (hooks_.progress) command.on_wait = [this] { tell(what_); };
    const double began_s = clock_.monotonic_s();
    Result<os::TracedRun> traced = processes_.trace(command, inspection_->side_folder(step.side));
    const double seconds = clock_.monotonic_s() - began_s;
    if (!traced) return ended_of(std::move(traced).error(), seconds);
    inspection_->traced(step, std::move(traced->trace));
    return ended_of(std::move(traced->result), seconds);
  }

  // ---- builds

  // Both sides of a suite at once.
  Status build_all() {
    for (std::size_t i = 0; i < plan_.steps.size() && !raw_.interrupted && raw_.base_not_built.empty(); ++i) {
      if (plan_.steps[i].kind != Step::Kind::build) continue;
      std::vector<Step> steps{plan_.steps[i]};
      while (i + 1 < plan_.steps.size() && plan_.steps[i + 1].kind == Step::Kind::build &&
             plan_.steps[i + 1].suite == steps[0].suite)
        steps.push_back(plan_.steps[++i]);
      PW_TRY(build(steps));
    }
    return Nothing{};
  }

  Status build(const std::vector<Step>& steps) {
    tell(steps.size() == 1 ? what_of(plan_, steps[0])
                           : fmt::format("{}: building both sides", name_of(plan_, steps[0])));
    std::vector<os::Command> commands;
    for (const Step& step : steps) {
      PW_TRY_ASSIGN(os::Command command, command_of(plan_, step, sides_));
      if (hooks_.progress) command.on_wait = [this] { tell(what_); };
      commands.push_back(std::move(command));
    }
    const double began_s = clock_.monotonic_s();
    std::vector<Result<os::ProcessResult>> results = processes_.run_together(commands);
    std::optional<Error> of_base;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      Ended ended = ended_of(std::move(results[i]), clock_.monotonic_s() - began_s);
      // Two builds that use one place outside of their sides, such as an install prefix, may have met there.
      if (!ended.ok() && !ended.result.interrupted && !ended.result.timed_out && steps.size() > 1)
        ended = ended_of(processes_.run(commands[i]), clock_.monotonic_s() - began_s);
      pace_.took(steps[i], ended.seconds);
      if (ended.result.interrupted) raw_.interrupted = true;
      if (ended.ok()) build_s_[steps[i].side] += ended.result.usage.wall_s;
      if (ended.ok() || raw_.interrupted) continue;
      const Status failed = fail(steps[i], failure_of(plan_, steps[i], commands[i], ended));
      if (failed) continue;
      Error error = failed.error();
      if (steps[i].side == Side::head || !plan_.two_sided) return error;
      of_base = std::move(error);
    }
    if (of_base && !raw_.interrupted)
      raw_.base_not_built = of_base->what + (of_base->excerpt.empty() ? "" : "\n" + of_base->excerpt);
    return Nothing{};
  }

  // ---- runs

  Status note_run(const Step& step, const os::Command& command, Ended& ended, const Output& output) {
    RawInvocation invocation;
    invocation.step = step;
    invocation.usage = ended.result.usage;
    note(output.take(ended, invocation));
    const bool ok = ended.failure.empty();
    if (ok) invocation.said = text::join(last_lines(ended.result.err, k_shown_in_failure), " | ");
    const bool is_judged = ok && hooks_.first_run && attempts_.is_first(step);
    const Status useful = is_judged ? hooks_.first_run(invocation) : Status(Nothing{});
    note(attempts_.note(step, ok && useful));
    if (step.kind == Step::Kind::measure) {
      invocation.ok = ok;
      invocation.failure = ended.failure;
      if (!ok && !ended.last.empty()) {
        const std::size_t shown = std::min(ended.last.size(), k_shown_in_failure);
        const std::vector<std::string> tail(ended.last.end() - static_cast<std::ptrdiff_t>(shown), ended.last.end());
        invocation.failure += ": " + text::join(tail, " | ");
      }
      note_events(ok, ended.result.usage);
      if (ok && hooks_.watch != nullptr)
        disturbed_.note(step, hooks_.watch->end(ended.result.usage, name_of(plan_, step)));
      raw_.invocations.push_back(std::move(invocation));
    }
    if (!ok && attempts_.nothing_works(step.suite, step.side))
      return fail(step, failure_of(plan_, step, command, ended));
    if (!useful && attempts_.nothing_works(step.suite, step.side)) return fail(step, useless(command, useful.error()));
    return Nothing{};
  }

  // Of a run that ended well and wrote nothing of use: with the command in front of what it wrote.
  static Error useless(const os::Command& command, Error error) {
    error.excerpt = "  $ " + text_of(command) + (error.excerpt.empty() ? "" : "\n") + error.excerpt;
    return error;
  }

  void note(std::optional<Warning> warning) {
    if (warning) raw_.warnings.push_back(*std::move(warning));
  }

  void note_events(bool ok, const Usage& usage) {
    if (!ok || events_told_) return;
    if (usage.instructions && usage.cycles && usage.cache_misses && usage.branch_misses) return;
    events_told_ = true;
    raw_.warnings.push_back({"events-partly",
                             "some hardware events were not counted: this machine lacks them, or another program (a "
                             "profiler, a watchdog) uses the counters"});
  }

  void tell_missing_events() {
    const std::string why = processes_.why_no_events();
    if (why.empty()) return;
    events_told_ = true;
    raw_.warnings.push_back({"no-events", "instructions, cycles and misses are not counted: " + why});
  }

  // With two sides only whole pairs count.
  [[nodiscard]] bool needs_both_sides(const Step& step) const {
    const Side other = step.side == Side::base ? Side::head : Side::base;
    return to_measure(step.suite) == ToMeasure::both_sides && !raw_.absent.contains({step.suite, other}) &&
           !raw_.failed_on_head.contains(step.suite);
  }

  // ---- teardown

  void tear_down() {
    for (const Step& step : plan_.steps) {
      if (step.kind != Step::Kind::teardown || begun_.count({step.suite, step.side}) == 0) continue;
      tell(what_of(plan_, step));
      Result<os::Command> command = command_of(plan_, step, sides_);
      if (!command) continue;  // only a case's name can be refused, and a teardown has none
      if (raw_.interrupted) command->timeout_s = std::min(command->timeout_s, k_hurried_teardown_s);
      const Ended ended = run_command(*command, false);
      pace_.took(step, ended.seconds);
      if (ended.ok()) continue;
      const Error error = failure_of(plan_, step, *command, ended);
      raw_.warnings.push_back({"teardown-failed", error.what + (ended.last.empty() ? "" : ": " + ended.last.back())});
    }
  }

  // ---- progress

  // The runs that count are no steps of the plan: how many there will be is not known.
  void tell_of_count(const std::string& what) {
    if (hooks_.progress)
      hooks_.progress({pace_.done(), pace_.total() + 1, clock_.monotonic_s() - start_s_, std::nullopt, what, true});
  }

  void tell(const std::string& what, bool measuring = false) {
    what_ = what;
    if (hooks_.progress)
      hooks_.progress({pace_.done(), pace_.total(), clock_.monotonic_s() - start_s_, pace_.left_s(), what_, measuring});
  }

  const Plan& plan_;
  const Children& sides_;
  os::Processes& processes_;
  os::Clock& clock_;
  const Hooks& hooks_;
  Inspection* inspection_;  // of the hooks
  bool decided_ = false;
  std::map<std::size_t, ToMeasure> to_measure_;  // suites that differ from both_sides
  std::map<Side, double> build_s_;               // of the sides that were built
  Pace pace_;
  Attempts attempts_;
  DisturbedPairs disturbed_;
  double start_s_;
  Raw raw_;
  std::string what_;
  bool events_told_ = false;
  std::map<PairKey, bool> wanted_;
  std::set<std::size_t> cut_short_;
  std::set<SideKey> begun_;  // what teardowns have to clear
};

}  // namespace

Result<Raw> run(const Plan& plan, const Children& sides, os::Processes& processes, os::Clock& clock,
                const Hooks& hooks) {
  return Runner(plan, sides, processes, clock, hooks).go();
}

}  // namespace perfwarden::measure
